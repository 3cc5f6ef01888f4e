"""Ledger + mailer.toml -> may people be mailed from it, and what to do where not."""

from mailer.config.key import VARIABLE, name_of_key
from mailer.errors import LedgerError
from mailer.ledger.base import Ledger


def why_not_live(ledger: Ledger, ledger_id: str) -> str:
    """
    Return why no live send may go out from `ledger`, in words; empty where one may.

    `ledger_id` is the one that mailer.toml names; empty, any ledger will do that is at home here.
    """
    found = ledger.ledger_id
    if ledger_id and found != ledger_id:
        return f"mailer.toml names the ledger {ledger_id}, and this one is {_told(ledger)}"
    return f"the ledger is out of place: {ledger.misplaced}" if ledger.misplaced else ""


def require_live(ledger: Ledger, ledger_id: str) -> None:
    """Raise LedgerError where people may not be mailed from `ledger`: it knows not who has got what."""
    if reason := why_not_live(ledger, ledger_id):
        raise LedgerError(
            f"{reason}; nothing was sent",
            hint="bring the ledger back: it knows who has got what; or let live sends go out from this one:"
            " `mailer ledger adopt` tells first what it may lack",
        )


def require_key(ledger: Ledger, key: bytes) -> bytes:
    """Return the key; LedgerError where `ledger` knows people by another one: all are strangers then."""
    if not ledger.knows_key(name_of_key(key)):
        raise LedgerError(
            f"the ledger knows people by another key than that of {VARIABLE}, or .mailer/key:"
            " all would be strangers to it",
            hint="bring that key back, unsubscribe links need it too; where it is lost, `mailer ledger adopt`"
            " lets the ledger know people by the new one",
        )
    return key


def line_to_add(ledger: Ledger) -> str:
    """Return what to tell the user where mailer.toml names no ledger."""
    return f'write this line above the first table of mailer.toml: ledger_id = "{ledger.ledger_id}"'


def _told(ledger: Ledger) -> str:
    return ledger.ledger_id if ledger.sends() else f"empty ({ledger.ledger_id or 'not made yet'})"
