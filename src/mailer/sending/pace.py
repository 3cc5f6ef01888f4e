"""Times of messages -> how long the next ones have to wait."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from mailer.errors import MailerError

UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}

PARTS = 1000
"""Into so many parts a window is divided at the most: what it remembers does not grow with its count."""

_RATE = re.compile(r"([1-9][0-9]{0,8})\s*/\s*(s|sec|second|m|min|minute|h|hour|d|day)")


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` messages in any window of `seconds`."""

    count: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Return messages per second, in the long run."""
        return self.count / self.seconds

    def __str__(self) -> str:
        """Return the rate as its author writes it: `10/s`."""
        unit = next(name for name, seconds in UNITS.items() if seconds == self.seconds)
        return f"{self.count}/{unit}"


Rates = tuple[Rate, ...]
"""All of them hold at once."""


def parse_rates(text: str) -> Rates:
    """Return the rates that `10/s` or `10/s, 5000/h, 50000/day` writes; MailerError for anything else."""
    found = [_RATE.fullmatch(part.strip()) for part in text.split(",")]
    rates = tuple(Rate(int(one[1]), UNITS[one[2][0]]) for one in found if one)
    if len(rates) < len(found):
        raise MailerError(
            f"'{text}' is not a rate",
            hint="write messages per second, minute, hour or day: 10/s, 600/m, 5000/h or 20000/d;"
            " or several that hold at once: 10/s, 5000/h",
        )
    return rates


@dataclass(slots=True)
class _Part:
    """Messages that left from `first` to `last`, counted as if all of them had left at `last`."""

    first: float
    last: float
    number: int


class _Window:
    """What left in the last `rate.seconds`."""

    __slots__ = ("_grain", "_inside", "_parts", "rate")

    def __init__(self, rate: Rate) -> None:
        self.rate = rate
        self._grain = rate.seconds / PARTS if rate.count > PARTS else 0.0
        self._parts: deque[_Part] = deque()
        self._inside = 0

    def __iter__(self) -> Iterator[_Part]:
        return iter(self._parts)

    def __len__(self) -> int:
        return self._inside

    def delay(self, now: float, messages: int, flying: int) -> float:
        self.forget(now)
        too_many = self._inside + flying + messages - self.rate.count
        if too_many <= 0:
            return 0.0
        for part in self._parts:
            too_many -= part.number
            if too_many <= 0:
                return part.last + self.rate.seconds - now
        return self.rate.seconds  # what is on its way counts from the moment it has arrived

    def add(self, at: float, messages: int) -> None:
        newest = self._parts[-1] if self._parts else None
        if newest and at - newest.first <= self._grain:
            newest.last = max(at, newest.last)
            newest.number += messages
        else:
            self._parts.append(_Part(at, at, messages))
        self._inside += messages

    def forget(self, now: float) -> None:
        while self._parts and self._parts[0].last + self.rate.seconds <= now:
            self._inside -= self._parts.popleft().number


class Limiter:
    """
    Sliding windows: in no stretch of `seconds` of any rate, wherever it begins, more than its `count`.

    It stands at the one place where messages leave. A message is on its way from `begin` to `end`, and counts
    until a window's length after its end: the other side, who notes it somewhere between the two, sees no
    window exceeded either. Times are seconds of a clock that never runs backwards.
    """

    __slots__ = ("_flying", "_windows")

    def __init__(self, *rates: Rate) -> None:
        self._windows = [_Window(rate) for rate in rates]
        self._flying = 0

    @property
    def batch(self) -> int:
        """Return how many messages may leave at one instant at the most."""
        return min(window.rate.count for window in self._windows)

    @property
    def longest(self) -> float:
        """Return the seconds of the longest window."""
        return max(window.rate.seconds for window in self._windows)

    def is_idle(self, now: float) -> bool:
        """Say whether nothing is on its way and nothing counts any more."""
        for window in self._windows:
            window.forget(now)
        return not self._flying and not any(map(len, self._windows))

    def delay(self, now: float, messages: int = 1) -> float:
        """Return the seconds until `messages` may leave together, or until it is time to ask again."""
        return max(window.delay(now, messages, self._flying) for window in self._windows)

    def begin(self, messages: int = 1) -> None:
        """Remember that `messages` are on their way."""
        self._flying += messages

    def end(self, now: float, messages: int = 1) -> None:
        """Remember that `messages`, which had begun, have arrived."""
        self._flying -= messages
        self.recall(now, messages)

    def drop(self, messages: int = 1) -> None:
        """Forget `messages` that had begun and did not leave after all."""
        self._flying -= messages

    def recall(self, at: float, messages: int) -> None:
        """Remember that `messages` left at a time before now; the earliest is told first."""
        for window in self._windows:
            window.add(at, messages)

    def change(self, *rates: Rate) -> None:
        """Keep other rates from now on, remembering what the longest window so far does."""
        known = max(self._windows, key=lambda window: window.rate.seconds)
        self._windows = [_Window(rate) for rate in rates]
        for part in known:
            self.recall(part.last, part.number)
