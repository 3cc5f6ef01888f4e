"""
A ledger and the mark beside it -> why its live sends do not go out from here, or nothing.

Each live run writes the mark anew, and the ledger remembers it. Whoever copies or restores one of the two, or
both, leaves a trace: another instance, an older count, or a file that the system made at another time.
"""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from sqlite3 import Row

from mailer.errors import LedgerError

MACHINE = Path("/etc/machine-id")
"""Linux's name of this machine; what is not there does not count."""

BEHIND = "what was recorded since then is not in it"
ASIDE = "what was recorded there is not in it"


@dataclass(frozen=True, slots=True)
class Mark:
    """`epoch` counts how often the mark was written, `at` is when it was, as people read it."""

    instance: str
    epoch: int
    at: str


@dataclass(frozen=True, slots=True)
class Home:
    """What the ledger itself knows; without an instance no live send has gone out from it."""

    instance: str = ""
    epoch: int = 0
    place: str = ""
    backed_up: str = ""

    @classmethod
    def of(cls, row: Row | None) -> "Home":
        """Read the row of the book, where there is one."""
        if row is None:
            return cls()
        return cls(row["instance"], row["live_epoch"], row["place"], row["backed_up"])


def misplaced(home: Home, mark: Mark | None, place: str) -> str:
    """Return why no live send may go out from this ledger; empty where all is as it was left."""
    if home.backed_up:
        return f"it is a backup made on {home.backed_up}: {BEHIND}"
    if mark is None:
        return f"it was brought here from another place: {ASIDE}" if home.instance else ""
    last = f"the live run of {mark.at}"
    if mark.instance != home.instance:
        kind = "not the one" if home.instance else "new, and not the one"
        return f"it is {kind} that stood here at {last}: {ASIDE}"
    if mark.epoch > home.epoch:
        return f"it is older than {last}: {BEHIND}"
    if home.place and place != home.place:
        return f"it was copied, moved or restored since {last}: {BEHIND}"
    return ""


def read_mark(ledger: Path) -> Mark | None:
    """Return the mark beside a ledger, or None; one that is no mark is nobody's."""
    try:
        found = json.loads(_beside(ledger).read_bytes())
        return Mark(str(found["instance"]), int(found["epoch"]), str(found["at"]))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LedgerError(
            f"ledger {ledger}: the mark beside it cannot be read: {error.strerror}",
            hint=f"see to {_beside(ledger)}",
        ) from error
    except (ValueError, KeyError, TypeError):
        return Mark("", 0, "an unknown day")


def write_mark(ledger: Path, mark: Mark) -> None:
    """Write the mark whole, on disk when it returns. Raises LedgerError."""
    path = _beside(ledger)
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(asdict(mark), file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise LedgerError(
            f"ledger {ledger}: the mark beside it cannot be written: {error.strerror}",
            hint="make room in its folder, and make it writable",
        ) from error


def place_of(ledger: Path) -> str:
    """
    Return what tells the mark's file from a copy of it: inode, time of its last change, machine.

    Unlike the time of the last write, nobody can set that of the last change (POSIX st_ctime).
    """
    try:
        found = _beside(ledger).stat()
    except OSError:
        return ""
    words = f"{found.st_ino} {found.st_ctime_ns} {_machine()}"
    return sha256(words.encode()).hexdigest()[:32]


def _machine() -> str:
    try:
        return MACHINE.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _beside(ledger: Path) -> Path:
    return ledger.with_name(f"{ledger.name}.instance")
