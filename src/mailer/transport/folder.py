"""What the transports share that write messages into a folder: nobody but its owner reads there."""

import os
from pathlib import Path

from mailer.errors import ConfigError, ConnectError
from mailer.message.outcome import Outcome, Verdict
from mailer.transport.url import TransportAddress


def folder_of(address: TransportAddress, base: Path) -> Path:
    """Return the folder that a URL names, counted from `base`; raises ConfigError where it names none."""
    if not address.path or address.host not in {"", "localhost"}:
        raise ConfigError(
            f"a {address.scheme}: URL names a folder", hint=f"write for example {address.scheme}:outbox"
        )
    return base / Path(address.path).expanduser()


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read; readers' addresses are in it."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(data)


def unwritable(folder: Path, scheme: str, error: OSError) -> ConnectError:
    """Return the error for a folder that takes no messages."""
    return ConnectError(
        f"cannot write messages into {folder}: {error.strerror}",
        hint=f"name a folder that can be written, for example --transport {scheme}:outbox",
    )


def let_go(aside: Path, place: Path, *, may_go: bool) -> Outcome | None:
    """Move what was written aside to its place, so that nothing half-written is seen; or drop it."""
    if not may_go:
        aside.unlink(missing_ok=True)
        return None
    try:
        aside.replace(place)
    except OSError as error:
        return Outcome(Verdict.DEFERRED, 0, f"cannot write {place.name}: {error.strerror}")
    return Outcome(Verdict.ACCEPTED, 250, f"written to {place.name}")
