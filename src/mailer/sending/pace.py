"""Times of messages -> how long the next ones have to wait."""

import re
from collections import deque
from dataclasses import dataclass

from mailer.errors import MailerError

UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_RATE = re.compile(r"\s*([1-9][0-9]{0,8})\s*/\s*([smhd])\s*")


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` messages in any window of `seconds`."""

    count: int
    seconds: float

    def __str__(self) -> str:
        """Return the rate as its author writes it: `10/s`."""
        unit = next(name for name, seconds in UNITS.items() if seconds == self.seconds)
        return f"{self.count}/{unit}"


def parse_rate(text: str) -> Rate:
    """Return the rate that `10/s`, `600/m`, `5000/h` or `20000/d` writes; MailerError for anything else."""
    found = _RATE.fullmatch(text)
    if not found:
        raise MailerError(
            f"'{text}' is not a rate",
            hint="Write messages per second, minute, hour or day: 10/s, 600/m, 5000/h or 20000/d.",
        )
    return Rate(int(found[1]), UNITS[found[2]])


class Limiter:
    """
    A sliding window: in no stretch of `rate.seconds`, wherever it begins, more than `rate.count` messages.

    Times are seconds of a clock that never runs backwards. It stands at the one place where messages leave.
    """

    def __init__(self, rate: Rate) -> None:
        self.rate = rate
        self._times: deque[float] = deque(maxlen=rate.count)

    @property
    def batch(self) -> int:
        """Return how many messages may leave at one instant at the most."""
        return self.rate.count

    def delay(self, now: float, messages: int = 1) -> float:
        """Return the seconds until `messages` may leave together; at most `batch` of them."""
        freed = len(self._times) + messages - self.rate.count
        return max(0.0, self._times[freed - 1] + self.rate.seconds - now) if freed > 0 else 0.0

    def note(self, now: float, messages: int = 1) -> None:
        """Remember that `messages` left at `now`."""
        self._times.extend([now] * messages)
