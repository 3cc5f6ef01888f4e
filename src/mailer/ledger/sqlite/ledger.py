"""The ledger in one SQLite file, whole: its parts, its name and the sender's lock."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from mailer.errors import LedgerError
from mailer.ledger.sqlite.backup import back_up
from mailer.ledger.sqlite.batches import Batches
from mailer.ledger.sqlite.lock import is_locked, locked
from mailer.ledger.sqlite.mark import Home, Mark, misplaced, place_of, read_mark, write_mark
from mailer.ledger.sqlite.stafftests import StaffTests

LEFT_OVER = "the sender stopped before the relay's answer was written down"
"""The reply of a delivery whose intent was found without an outcome."""

ADOPT = "`mailer ledger adopt` tells what it may lack, and lets live sends go out from it"
"""What to do about a ledger that is not at home."""


class SqliteLedger(Batches, StaffTests):
    """Meets the protocol Ledger; for any number of threads, and of processes beside it."""

    def close(self) -> None:
        """Let go of the file."""
        self._book.close()

    def together(self) -> AbstractContextManager[None]:
        """Make one transaction of all that is changed inside."""
        return self._book.transaction()

    @property
    def ledger_id(self) -> str:
        """Return the name made up with the ledger, empty where there is none yet."""
        row = self._book.row("book")
        return row["id"] if row else ""

    @property
    def misplaced(self) -> str:
        """Return why no live send may go out from this file: a copy, a restored one; empty where one may."""
        path = self._book.path
        return misplaced(Home.of(self._book.row("book")), read_mark(path), place_of(path))

    def adopt(self, ledger_id: str) -> None:
        """Let live sends go out from this file, whatever it was, under the name `ledger_id`."""
        with self.sender():
            self._mark(secrets.token_hex(8))
            self._book.change("adopt", id=ledger_id)

    def knows_key(self, name: str) -> bool:
        """Say whether people are known here by the key of this name; a book without one takes it."""
        row = self._book.row("book")
        known = row["key_name"] if row else ""
        if not known and not self._book.read_only:
            self._book.change("note_key", key_name=name)
        return known in {"", name}

    def change_key(self, name: str, key_of: Callable[[str], str]) -> None:
        """Give everybody in here the recipient key that `key_of` makes of their address."""
        with self.sender(), self._book.transaction():
            people = self._book.rows("people")
            renamed = [{"old": row["key"], "new": key_of(row["address"])} for row in people]
            self._book.change_each("rename_deliveries", renamed)
            self._book.change_each("rename_suppressions", renamed)
            self._book.change("note_key", key_name=name)
            self._rows.clear()

    def back_up(self, file: Path) -> None:
        """Write a whole, checked copy to `file`."""
        back_up(self._book, file)

    @contextmanager
    def sender(self, *, live: bool = False) -> Iterator[int]:
        """Hold the sender's lock; entering turns left-over intents into in_doubt and gives their number."""
        self._book.require_writable()
        with locked(self._book.path, self._holder, self._way_out):
            if live:
                self._require_home()
            doubtful = self._enter()
            if live:
                self._mark()
            self._sending = True
            try:
                yield doubtful
            finally:
                self._sending = False
                if live:
                    # Late is no fault: the ledger is ahead of its mark then.
                    with suppress(LedgerError):
                        self._mark()
                # The lock is what counts: the name is only for people.
                with suppress(LedgerError):
                    self._book.change("leave_sender")

    @property
    def has_sender(self) -> bool:
        """Say whether a process, this one too, holds the sender's lock; also where that cannot be seen."""
        return self._sending or is_locked(self._book.path)

    def _enter(self) -> int:
        since = datetime.now(UTC).isoformat(timespec="seconds")
        with self._book.transaction():
            self._book.change("enter_sender", sender=f"process {os.getpid()}, since {since},")
            return self._book.change("doubt", reply=LEFT_OVER)

    def _require_home(self) -> None:
        if reason := self.misplaced:
            raise LedgerError(f"ledger {self._book.path}: {reason}; nothing was sent", hint=ADOPT)

    def _mark(self, instance: str = "") -> None:
        """
        Write a new mark beside the ledger, under a new instance where one is given.

        The ledger counts first, so that a kill in between leaves it ahead of the mark, never behind.
        """
        path, home = self._book.path, Home.of(self._book.row("book"))
        name = instance or home.instance or secrets.token_hex(8)
        before = read_mark(path) if instance else None
        epoch = max(home.epoch, before.epoch if before else 0) + 1
        self._book.change("count_live", instance=name, epoch=epoch)
        write_mark(path, Mark(name, epoch, f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"))
        self._book.change("know_place", place=place_of(path))

    def _holder(self) -> str:
        row = self._book.row("book")
        return (row["sender"] if row else "") or "another process"

    def _way_out(self) -> str:
        row = self._book.row("sending_now")
        send = row["id"] if row else "SEND"
        return f"`mailer status {send}` shows how far it is, `mailer pause {send}` stops it"
