"""Seconds of a send and what came in each -> bars of equal length, in stretches without long silence."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailer.ledger.delivery import DeliveryState

Moment = tuple[datetime, DeliveryState, int]
"""A second, what deliveries came to in it, and how many of them."""

MOST_BARS = 120

MOST_STRETCHES = 6

SILENCE = 300.0
"""Seconds without an outcome that part two stretches, at the least."""

STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)
"""Seconds that a bar may last."""


@dataclass(frozen=True, slots=True)
class Bar:
    """How many deliveries came into which state within `seconds` from `start` on."""

    start: datetime
    seconds: float
    counts: Mapping[DeliveryState, int]

    @property
    def rate(self) -> float:
        """Return outcomes per second."""
        return sum(self.counts.values()) / self.seconds


@dataclass(frozen=True, slots=True)
class Timeline:
    """Stretches of bars that last `step` seconds; the only bar of a stretch may be shorter."""

    step: float
    stretches: Sequence[Sequence[Bar]]

    @property
    def bars(self) -> Iterator[Bar]:
        """Yield every bar."""
        return (bar for stretch in self.stretches for bar in stretch)


def timeline_of(moments: Sequence[Moment]) -> Timeline:
    """Return the bars of these moments, which are in order of time."""
    stretches = _stretches(moments)
    lengths = [_seconds(stretch) for stretch in stretches]
    step = next((step for step in STEPS if sum(lengths) <= step * MOST_BARS), 86400 * 7)
    return Timeline(step, [_bars(stretch, step) for stretch in stretches])


def _stretches(moments: Sequence[Moment]) -> list[Sequence[Moment]]:
    """Cut moments where nothing came for long; for longer and longer, until there are few stretches."""
    silence = SILENCE
    while True:
        breaks = [
            number
            for number in range(1, len(moments))
            if (moments[number][0] - moments[number - 1][0]).total_seconds() > silence
        ]
        if len(breaks) < MOST_STRETCHES:
            starts, ends = [0, *breaks], [*breaks, len(moments)]
            return [moments[start:end] for start, end in zip(starts, ends, strict=True) if start < end]
        silence *= 2


def _seconds(stretch: Sequence[Moment]) -> float:
    return (stretch[-1][0] - stretch[0][0]).total_seconds() + 1


def _bars(stretch: Sequence[Moment], step: float) -> list[Bar]:
    start, length = stretch[0][0], _seconds(stretch)
    counts = [Counter[DeliveryState]() for _ in range(math.ceil(length / step))]
    for at, state, number in stretch:
        counts[int((at - start).total_seconds() // step)][state] += number
    each = step if len(counts) > 1 else length
    return [Bar(start + timedelta(seconds=step * place), each, found) for place, found in enumerate(counts)]
