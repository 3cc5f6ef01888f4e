"""A relay's reply -> Outcome (RFC 5321 §4.2)."""

import unicodedata

from mailer.message.outcome import Outcome, Verdict

LONGEST_TEXT = 500
"""Characters kept of a reply."""

CLOSING = 421
"""The relay says that it closes the connection, at any place (RFC 5321 §3.8)."""


def clean_reply(raw: bytes | str) -> str:
    """Return a reply as one line without control or invisible characters."""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    if text.isascii() and text.isprintable():
        return " ".join(text.split())[:LONGEST_TEXT]
    visible = ("" if unicodedata.category(char) in {"Cf", "Cs"} else char for char in text)
    spaced = (" " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char for char in "".join(visible))
    return " ".join("".join(spaced).split())[:LONGEST_TEXT]


def outcome_of(code: int, raw: bytes | str) -> Outcome | None:
    """Return what a reply that settles a message says; None for one outside the protocol."""
    verdicts = {2: Verdict.ACCEPTED, 4: Verdict.DEFERRED, 5: Verdict.REFUSED}
    verdict = verdicts.get(code // 100)
    return Outcome(verdict, code, clean_reply(raw)) if verdict else None
