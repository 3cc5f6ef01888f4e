"""Open book -> a whole, checked copy of it in one file; others may write meanwhile."""

import os
import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from mailer.errors import LedgerError
from mailer.ledger.sqlite.book import Book
from mailer.ledger.sqlite.fault import FAULTS, told
from mailer.ledger.sqlite.statement import statements


def back_up(book: Book, file: Path) -> None:
    """
    Write a copy of the ledger to `file`, for its owner only; an older backup there is replaced.

    The copy knows that it is one: no live send goes out from it. Raises LedgerError, and leaves nothing then.
    """
    if not book.path.exists():
        raise LedgerError(f"there is no ledger {book.path} yet: there is nothing to back up")
    _require_free(file, book.path)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name[:40]}.")
        os.close(handle)
        temporary = Path(name)
        try:
            with told(file):
                _copy(book, temporary)
            _keep(temporary, file)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise LedgerError(
            f"the backup {file} cannot be written: {error.strerror}", hint="choose another folder"
        ) from error


def _copy(book: Book, temporary: Path) -> None:
    now = datetime.now(UTC)
    with closing(sqlite3.connect(temporary, isolation_level=None)) as copy:
        book.copy_to(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
        copy.execute(statements()["call_backup"], {"at": f"{now:%Y-%m-%d %H:%M} UTC"})
        (whole,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
        astray = copy.execute("PRAGMA foreign_key_check").fetchone()
    if whole != "ok" or astray:
        message, hint = FAULTS["SQLITE_CORRUPT"]
        raise LedgerError(f"ledger {book.path}: {message}; its backup was not kept", hint=hint)


def _keep(temporary: Path, file: Path) -> None:
    """Give a copy its name once it is on the disk."""
    with temporary.open("rb+") as written:
        os.fsync(written.fileno())
    temporary.replace(file)


def _require_free(file: Path, ledger: Path) -> None:
    """Raise LedgerError where `file` is something else than an older backup."""
    if not file.exists():
        return
    if file.samefile(ledger):
        raise LedgerError(f"{file} is the ledger itself", hint="name another file for its backup")
    if not _is_backup(file):
        raise LedgerError(f"{file} is there already, and is no backup", hint="name another file")


def _is_backup(file: Path) -> bool:
    try:
        address = f"{file.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as found:
            (made,) = found.execute("SELECT backed_up FROM book").fetchone()
            return bool(made)
    except (sqlite3.Error, TypeError):
        return False
