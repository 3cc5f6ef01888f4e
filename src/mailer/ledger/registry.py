"""Ledger URL -> Ledger."""

from collections.abc import Callable, Mapping
from pathlib import Path

from mailer.errors import ConfigError, did_you_mean
from mailer.ledger.base import Ledger
from mailer.ledger.sqlite.ledger import SqliteLedger
from mailer.ledger.sqlite.opening import open_to_read, open_to_write


def open_ledger(
    url: str, *, base: Path, read_only: bool = False, named: str = "`ledger` in mailer.toml"
) -> Ledger:
    """
    Open the ledger at `url`, which stands where `named` says; a path in it counts from `base`, the project.

    Read-only, a ledger that is not there yet reads as an empty one and nothing is made on disk. Raises
    ConfigError for a URL of no known scheme and LedgerError where the ledger cannot be opened.
    """
    scheme, separator, place = url.partition(":")
    opener = SCHEMES.get(scheme) if separator else None
    if opener is None:
        # What follows the scheme may hold a password and is not repeated.
        wrong = f"unknown scheme '{scheme}'{did_you_mean(scheme, SCHEMES)}" if separator else "no scheme"
        raise ConfigError(f"{named}: {wrong}", hint=f"known: {', '.join(KNOWN)}")
    try:
        return opener(place, base, read_only)
    except ValueError as error:
        raise ConfigError(f"{named}: {error}", hint="for example sqlite:.mailer/ledger.sqlite3") from None


def _open_sqlite(place: str, base: Path, read_only: bool) -> Ledger:  # noqa: FBT001 - the table's signature
    if not place or place.startswith("//"):
        raise ValueError("a file is written as sqlite:PATH, without slashes before it")
    path = (base / place).resolve()
    return SqliteLedger(open_to_read(path) if read_only else open_to_write(path))


SCHEMES: Mapping[str, Callable[[str, Path, bool], Ledger]] = {"sqlite": _open_sqlite}
"""The opener of each scheme: (what follows the colon, project folder, read only) -> Ledger, or ValueError."""

KNOWN = ("sqlite:PATH",)
