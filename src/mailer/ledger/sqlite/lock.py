"""The sender's lock: one process at a time sends from a ledger."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mailer.errors import LedgerError, LedgerLocked

BLINK = 0.1
"""Seconds for which another process may hold the lock only to see whether somebody sends."""


@contextmanager
def locked(path: Path, holder: Callable[[], str], hint: Callable[[], str]) -> Iterator[None]:
    """
    Hold a lock on a file beside the ledger, which the kernel frees when the process dies.

    Raises LedgerLocked where another process holds it; `holder` tells who, `hint` what to do.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - only who sends takes the lock

    lock = FileLock(_file(path), timeout=BLINK, poll_interval=BLINK / 10, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise LedgerLocked(f"ledger {path}: {holder()} is sending from it", hint=hint()) from None
    except OSError as error:
        raise LedgerError(
            f"ledger {path}: the sender's lock cannot be taken: {error}",
            hint="keep the ledger on a disk of this machine: not every network share can lock",
        ) from error
    try:
        yield
    finally:
        lock.release()


def is_locked(path: Path) -> bool:
    """Say whether a process holds the lock; also where that cannot be seen from here."""
    from filelock import FileLock, Timeout  # noqa: PLC0415 - only who looks at a send under way

    if not _file(path).exists():
        return False
    try:
        with FileLock(_file(path), timeout=0, thread_local=False):
            return False
    except (Timeout, OSError):
        return True


def _file(path: Path) -> Path:
    return path.with_name(f"{path.name}.sender")
