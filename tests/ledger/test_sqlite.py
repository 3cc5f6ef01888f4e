"""The SQLite ledger does what every ledger does."""

from tests.ledger.spec import LedgerSpec


class TestSqlite(LedgerSpec):
    pass
