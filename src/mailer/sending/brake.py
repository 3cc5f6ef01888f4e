"""A relay's wish for a slower pace -> a rate that falls at once and recovers step by step."""

import re
from dataclasses import dataclass
from datetime import datetime

from mailer.message.outcome import Outcome, Verdict
from mailer.sending.pace import Limiter, Rate

SLOWEST = 0.1
"""Messages per second: slower than six a minute no domain is made."""

CALM = 5.0
"""Seconds after a step down in which further wishes are taken for the same one."""

EASE = 60.0
"""Seconds without such a wish after which the rate goes up by a step."""

UP, DOWN = 1.5, 0.5

_CLOSING = 421
_POLICY = re.compile(r"\b4\.7\.\d{1,3}\b")
_BUSY = re.compile(
    r"\b4\.(?:3\.2|4\.5)\b|throttl|\brate\b|too (?:many|much|fast)|slow down|(?:server|system) (?:is )?busy"
    r"|unexpected volume|limit exceeded",
    re.IGNORECASE,
)
_GREYLISTED = re.compile(r"gr[ae]y-?\s?list", re.IGNORECASE)


def asks_to_slow_down(outcome: Outcome) -> bool:
    """
    Say whether a deferral is about the pace rather than about one recipient.

    That is 421, any 4.7.x (RFC 3463 §3.8, security and policy, where Gmail, Yahoo and Outlook have their
    limits), 4.3.2 and 4.4.5 (busy), and words to this effect, such as the 454 of Amazon SES. Greylisting is
    not: it ends by itself, at any pace.
    """
    if outcome.verdict is not Verdict.DEFERRED or _GREYLISTED.search(outcome.text):
        return False
    return outcome.code == _CLOSING or bool(_POLICY.search(outcome.text) or _BUSY.search(outcome.text))


@dataclass(frozen=True, slots=True)
class SlowDown:
    """A domain that is written to more slowly: its rate, since when (UTC), and the reply that asked."""

    domain: str
    rate: Rate
    since: datetime
    reason: str

    def to_json(self) -> dict[str, str]:
        """Return it as reports write it."""
        since = self.since.isoformat(timespec="seconds")
        return {"domain": self.domain, "rate": str(self.rate), "since": since, "reason": self.reason}


class Brake:
    """
    Halves a domain's pace at each wish, not below SLOWEST, and lets it recover to what it was before.

    `before` is that pace in messages per second. Times are seconds of a clock that never runs backwards.
    """

    def __init__(self, before: float, now: float, flying: int) -> None:
        self._before = before
        self._pace = max(SLOWEST, before * DOWN)
        self._changed = now
        self.limiter = Limiter(_spaced(self._pace))
        self.limiter.begin(flying)
        if flying == 0:
            self.limiter.recall(now, 1)

    @property
    def rate(self) -> Rate:
        """Return the pace as people read it: `5/s`, `12/m`."""
        return Rate(round(self._pace), 1.0) if self._pace >= 1 else Rate(round(self._pace * 60), 60.0)

    @property
    def is_off(self) -> bool:
        """Say whether the pace has recovered."""
        return self._pace >= self._before

    def tighten(self, now: float) -> None:
        """Heed another wish."""
        if now - self._changed >= CALM:
            self._set(self._pace * DOWN)
            self._changed = now

    def ease(self, now: float) -> bool:
        """Go up by the steps that are due; say whether there were any."""
        steps = int((now - self._changed) / EASE)
        if steps <= 0:
            return False
        self._set(min(self._before, self._pace * UP**steps))
        self._changed += steps * EASE
        return True

    def _set(self, pace: float) -> None:
        self._pace = max(SLOWEST, pace)
        self.limiter.change(_spaced(self._pace))


def _spaced(pace: float) -> Rate:
    """Return a rate that keeps this pace without bursts longer than a second's."""
    return Rate(int(pace), 1.0) if pace >= 1 else Rate(1, 1 / pace)
