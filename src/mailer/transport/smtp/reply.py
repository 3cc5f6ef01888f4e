"""A relay's reply -> Outcome (RFC 5321 §4.2)."""

from mailer.message.outcome import Outcome, Verdict
from mailer.transport.answer import clean_reply

CLOSING = 421
"""The relay says that it closes the connection, at any place (RFC 5321 §3.8)."""

_VERDICTS = {2: Verdict.ACCEPTED, 4: Verdict.DEFERRED, 5: Verdict.REFUSED}
"""What the first digit of a code says."""


def outcome_of(code: int, raw: bytes | str) -> Outcome | None:
    """Return what a reply that settles a message says; None for one outside the protocol."""
    verdict = _VERDICTS.get(code // 100)
    return Outcome(verdict, code, clean_reply(raw)) if verdict else None
