"""What the relay said about one message."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """
    The relay's answer, in one word.

    `UNKNOWN` is no clear answer: the point of no return was passed, and then the connection was lost or
    something came that says neither yes nor no. Such a delivery is in doubt.
    """

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    The verdict with the relay's code (0 where it has none) and text (one line, no control characters).

    `provider_id` is what a provider calls the message, where it says so: its events name that.
    """

    verdict: Verdict
    code: int = 0
    text: str = ""
    provider_id: str = ""
