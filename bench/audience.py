"""People of any number -> a frozen send in a ledger."""

from datetime import UTC, datetime
from pathlib import Path

from bench.message import Person, person

from mailer.ledger.delivery import Counts, PlannedRecipient, Send, SendIdentity
from mailer.ledger.registry import open_ledger


def freeze(folder: Path, messages: int) -> None:
    """Freeze a send to so many into `ledger.sqlite3`."""
    ledger = open_ledger("sqlite:ledger.sqlite3", base=folder)
    counts = Counts(listed=messages)
    send = Send(
        "s1", SendIdentity("hedges", "readers"), "sha256:0", "smtp:", datetime.now(UTC), counts=counts
    )
    ledger.freeze(send, (recipient(person(number)) for number in range(messages)))
    ledger.close()


def recipient(one: Person) -> PlannedRecipient:
    """Return somebody as a row of an audience."""
    return PlannedRecipient(one.key, one.address, "Ada Lovelace", one.values)
