"""What the parts of the SQLite ledger share: the book, and the send they are asked about."""

from sqlite3 import Row

from mailer.errors import LedgerError
from mailer.ledger.sqlite.book import Book
from mailer.ledger.sqlite.row import json_digest


class Part:
    """Some of the ledger's methods over one open book."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._sending = False
        self._numbers: dict[str, int] = {}
        self._rows: dict[int, dict[str, int]] = {}

    def _number(self, send: str) -> int:
        """Return the number of the send with this very id, which stays the same for good."""
        if send not in self._numbers:
            self._numbers[send] = int(self._send(send)["number"])
        return self._numbers[send]

    def _send(self, send: str) -> Row:
        """Return number, issue, state and scopes of the send with this very id."""
        row = self._book.row("send", id=send)
        if row is None:
            raise LedgerError(f"there is no send '{send}'", hint="`mailer status` lists the sends")
        return row

    def _issue(self, slug: str, *, rehearsal: bool) -> int:
        """Return the number of an issue, adding it where it is new."""
        self._book.change("add_issue", slug=slug, rehearsal=rehearsal)
        row = self._book.row("issue_number", slug=slug, rehearsal=rehearsal)
        assert row is not None
        return int(row["number"])

    def _content(self, body: str) -> int:
        """Return the number of a content, adding it where it is new."""
        digest = json_digest(body)
        self._book.change("add_content", digest=digest, body=body)
        row = self._book.row("content_number", digest=digest)
        assert row is not None
        return int(row["number"])
