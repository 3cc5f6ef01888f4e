"""A SQLite file, opened: named statements in, rows out, one transaction at a time."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from mailer.errors import LedgerError
from mailer.ledger.sqlite.fault import told
from mailer.ledger.sqlite.statement import statements

Values = Mapping[str, Any]


class Book:
    """
    The connection to one file, for any number of threads.

    Statements are called by the names they have in sql/sqlite/. A thread in a transaction keeps the others
    waiting, which is what lets several share one connection.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, *, read_only: bool = False) -> None:
        self.path = path
        self.read_only = read_only
        self._connection = connection
        self._turn = RLock()
        if read_only:
            connection.execute("PRAGMA query_only = ON")

    def close(self) -> None:
        """Close the file."""
        with self._turn, told(self.path):
            self._connection.close()

    def require_writable(self) -> None:
        """Raise LedgerError where the file was opened for reading only."""
        if self.read_only:
            raise LedgerError(f"ledger {self.path}: it was opened for reading only")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write everything inside at once, on disk at the end, or nothing of it; part of one it is inside."""
        self.require_writable()
        with self._turn, told(self.path):
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                # A full disk makes SQLite roll back by itself.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def copy_to(self, other: sqlite3.Connection) -> None:
        """Copy the file as it is at one moment into an empty database."""
        with self._turn, told(self.path):
            self._connection.backup(other)

    def rows(self, name: str, **values: Any) -> list[sqlite3.Row]:
        """Return what a statement finds."""
        with self._turn, told(self.path):
            return self._connection.execute(statements()[name], values).fetchall()

    def row(self, name: str, **values: Any) -> sqlite3.Row | None:
        """Return the first row that a statement finds, or None."""
        return next(iter(self.rows(name, **values)), None)

    def change(self, name: str, **values: Any) -> int:
        """Run a statement and return how many rows it changed."""
        with self._turn, told(self.path):
            return self._connection.execute(statements()[name], values).rowcount

    def change_each(self, name: str, each: Iterable[Values | Sequence[Any]]) -> int:
        """Run a statement once for each of `each` and return how many rows were changed."""
        with self._turn, told(self.path):
            return max(0, self._connection.executemany(statements()[name], each).rowcount)
