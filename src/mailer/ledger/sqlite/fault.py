"""What SQLite complains of -> a LedgerError that says what to do."""

import os
import sqlite3
from pathlib import Path

from mailer.errors import LedgerError

FAULTS = {
    "SQLITE_BUSY": (
        "another process is writing to it and did not finish in time",
        "nothing was written: run the same command again in a moment",
    ),
    "SQLITE_CANTOPEN": (
        "it cannot be opened",
        "see whether its folder exists and may be read and written",
    ),
    "SQLITE_CORRUPT": (
        "the file is damaged",
        "keep a copy of it together with its -wal file, then put a backup in its place",
    ),
    "SQLITE_FULL": (
        "the disk is full",
        "make room, then run the same command again: what was written before is whole",
    ),
    "SQLITE_IOERR": (
        "the disk did not read or write what it should",
        "see to the disk, then run the same command again: what was written before is whole",
    ),
    "SQLITE_NOTADB": (
        "the file is no ledger: it is not a SQLite database",
        "move the file away, or name another one as `ledger`",
    ),
    "SQLITE_READONLY": (
        "it may not be written to",
        "make the file and its folder writable, or name another one as `ledger`",
    ),
}
"""SQLite's primary result code -> (what is wrong, what to do next). Any other code is a fault of ours."""


class told:  # noqa: N801 - it reads as a verb: with told(path)
    """Raise what SQLite complains of inside as a LedgerError about `path`; let faults of ours through."""

    __slots__ = ("_path",)

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Raise the LedgerError."""
        if isinstance(error, UnicodeEncodeError):
            raise LedgerError("bytes that are no text cannot be written down", hint="use UTF-8") from error
        fault = _fault(error) if isinstance(error, sqlite3.Error) else None
        if fault:
            message, hint = fault
            raise LedgerError(f"ledger {self._path}: {message}", hint=hint) from error


def _fault(error: sqlite3.Error) -> tuple[str, str] | None:
    """Look an error up by its extended code: SQLITE_IOERR_WRITE is told as SQLITE_IOERR."""
    name = getattr(error, "sqlite_errorname", "")
    return next((fault for code, fault in FAULTS.items() if name.startswith(code)), None)


def require_writable(path: Path) -> None:
    """
    Raise LedgerError where `path` could not be written, before anything is tried.

    The mode's write bits count for everybody: root could write in spite of them, but whoever took them away
    did not want that.
    """
    for place in (_nearest_folder(path), path):
        if place.exists() and not _writable(place):
            hint = FAULTS["SQLITE_READONLY"][1]
            raise LedgerError(f"ledger {path}: {place} may not be written to", hint=hint)


def require_file(path: Path) -> None:
    """Raise LedgerError where `path` is a folder or the like; it may be missing."""
    if path.exists() and not path.is_file():
        message, hint = FAULTS["SQLITE_NOTADB"]
        raise LedgerError(f"ledger {path}: {message}", hint=hint)


def _nearest_folder(path: Path) -> Path:
    return next(folder for folder in path.parents if folder.exists())


def _writable(place: Path) -> bool:
    return bool(place.stat().st_mode & 0o222) and os.access(place, os.W_OK)
