"""Ledger -> one more backup in a folder, the oldest ones of the same ledger removed."""

import re
from datetime import datetime
from pathlib import Path

from mailer.errors import LedgerError
from mailer.ledger.base import Ledger


def back_up(ledger: Ledger, folder: Path, *, keep: int, now: datetime) -> Path:
    """
    Write a backup named after the ledger and the moment; return where it is.

    Of this ledger's backups in `folder` the newest `keep` stay. Raises LedgerError.
    """
    name = re.sub(r"[^\w-]", "-", ledger.ledger_id)
    file = folder / f"{name}-{now:%Y%m%d-%H%M%S}.sqlite3"
    ledger.back_up(file)
    ours = re.compile(re.escape(name) + r"-\d{8}-\d{6}\.sqlite3")
    try:
        for old in sorted(one for one in folder.iterdir() if ours.fullmatch(one.name))[:-keep]:
            old.unlink()
    except OSError as error:
        raise LedgerError(f"an old backup in {folder} cannot be removed: {error.strerror}") from error
    return file
