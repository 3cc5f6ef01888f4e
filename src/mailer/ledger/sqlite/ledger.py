"""The ledger in one SQLite file, whole: its parts, its name and the sender's lock."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from mailer.errors import LedgerError
from mailer.ledger.sqlite.deliveries import Deliveries
from mailer.ledger.sqlite.lock import locked
from mailer.ledger.sqlite.stafftests import StaffTests

LEFT_OVER = "the sender stopped before the relay's answer was written down"
"""The reply of a delivery whose intent was found without an outcome."""


class SqliteLedger(Deliveries, StaffTests):
    """Meets the protocol Ledger; for any number of threads, and of processes beside it."""

    def close(self) -> None:
        """Let go of the file."""
        self._book.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make one transaction of all that is changed inside."""
        with self._book.transaction():
            yield

    @property
    def ledger_id(self) -> str:
        """Return the name made up with the ledger, empty where there is none yet."""
        row = self._book.row("book")
        return row["id"] if row else ""

    @contextmanager
    def sender(self) -> Iterator[int]:
        """Hold the sender's lock; entering turns left-over intents into in_doubt and gives their number."""
        self._book.require_writable()
        with locked(self._book.path, self._holder, self._way_out):
            doubtful = self._enter()
            self._sending = True
            try:
                yield doubtful
            finally:
                self._sending = False
                # The lock is what counts: the name is only for people.
                with suppress(LedgerError):
                    self._book.change("leave_sender")

    def _enter(self) -> int:
        since = datetime.now(UTC).isoformat(timespec="seconds")
        with self._book.transaction():
            self._book.change("enter_sender", sender=f"process {os.getpid()}, since {since},")
            return self._book.change("doubt", reply=LEFT_OVER)

    def _holder(self) -> str:
        row = self._book.row("book")
        return (row["sender"] if row else "") or "another process"

    def _way_out(self) -> str:
        row = self._book.row("sending_now")
        send = row["id"] if row else "SEND"
        return f"`mailer status {send}` shows how far it is, `mailer pause {send}` stops it"
