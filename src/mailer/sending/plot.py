"""Timeline -> where everything stands in a plot of the rate of outcomes."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise

from mailer.ledger.delivery import DeliveryState
from mailer.sending.timeline import Bar, Timeline

WIDTH, HEIGHT = 960.0, 260.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 8.0, 10.0, 40.0
"""The frame around the bars, in units of the plot."""

BETWEEN = 36.0
"""Room between two stretches."""

WIDEST = 48.0
"""The width of a bar where there are few."""

THINNEST = 2.0
"""So high is at least what is not accepted: a few refusals among thousands are to be seen."""

STACKED = (
    DeliveryState.ACCEPTED,
    DeliveryState.DEFERRED,
    DeliveryState.REFUSED,
    DeliveryState.IN_DOUBT,
)
"""From the bottom up."""

_UNITS = (("second", 1.0), ("minute", 60.0), ("hour", 3600.0))

_LABEL = 84.0
"""Room for the time under the plot."""

_TICKS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 604800)


@dataclass(frozen=True, slots=True)
class Mark:
    """A label at a place on an axis; `aside` is a second line."""

    at: float
    label: str
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A bar's place, and what it says to whoever points at it."""

    left: float
    width: float
    told: str


@dataclass(frozen=True, slots=True)
class Plot:
    """
    What is drawn: for each state one path of all its bars, the columns over them, the axes.

    Rates are in messages per `unit`. `breaks` are the middles of the rooms between stretches, labelled with
    the time left out.
    """

    unit: str
    paths: Sequence[tuple[DeliveryState, str]]
    columns: Sequence[Column]
    rates: Sequence[Mark]
    times: Sequence[Mark]
    breaks: Sequence[Mark]


def plot_of(timeline: Timeline, zone: tzinfo) -> Plot:
    """Return the plot of a timeline that has at least one bar, with the times of `zone`."""
    fastest = max(bar.rate for bar in timeline.bars)
    unit, seconds = next((one for one in _UNITS if fastest * one[1] >= 1), _UNITS[-1])
    top = _nice(fastest * seconds)
    scale = (HEIGHT - TOP - BOTTOM) / top
    placed = list(_placed(timeline))
    return Plot(
        unit=unit,
        paths=[
            (state, path)
            for state in STACKED
            if (path := "".join(_piece(one, bar, state, scale * seconds) for one, bar in placed))
        ],
        columns=[Column(left, width, _told(bar, zone)) for (left, width), bar in placed],
        rates=[Mark(HEIGHT - BOTTOM - value * scale, f"{value:g}") for value in _steps(top)],
        times=list(_times(timeline, zone)),
        breaks=list(_breaks(timeline)),
    )


def _room(timeline: Timeline) -> float:
    """Return the width of a second."""
    lengths = [bar.seconds for bar in timeline.bars]
    room = (WIDTH - LEFT - RIGHT - BETWEEN * (len(timeline.stretches) - 1)) / sum(lengths)
    return min(room, WIDEST / max(lengths))


def _starts(timeline: Timeline) -> Iterator[tuple[float, Sequence[Bar]]]:
    """Yield each stretch with the place where it begins."""
    second, left = _room(timeline), LEFT
    for stretch in timeline.stretches:
        yield left, stretch
        left += second * sum(bar.seconds for bar in stretch) + BETWEEN


def _placed(timeline: Timeline) -> Iterator[tuple[tuple[float, float], Bar]]:
    second = _room(timeline)
    for start, stretch in _starts(timeline):
        left = start
        for bar in stretch:
            yield (round(left, 1), round(bar.seconds * second, 1)), bar
            left += bar.seconds * second


def _piece(place: tuple[float, float], bar: Bar, state: DeliveryState, scale: float) -> str:
    """Return what one bar adds to the path of a state: a rectangle on top of those below."""
    left, width = place
    bottom = HEIGHT - BOTTOM
    for below in STACKED:
        high = bar.counts.get(below, 0) / bar.seconds * scale
        if high and below is not DeliveryState.ACCEPTED:
            high = max(high, THINNEST)
        if below is state:
            wide = max(width - (1 if width > 3 else 0), 0.5)  # noqa: PLR2004 - a gap where there is room
            return f"M{left:g} {bottom:.1f}v{-high:.1f}h{wide:.1f}v{high:.1f}z" if high else ""
        bottom -= high
    return ""


def _told(bar: Bar, zone: tzinfo) -> str:
    """Return `12:00:05: 1,198 accepted, 2 refused`."""
    words = ", ".join(
        f"{bar.counts[state]:,} {state.value.replace('_', ' ')}" for state in STACKED if bar.counts.get(state)
    )
    return f"{bar.start.astimezone(zone):%H:%M:%S}: {words or 'nothing'}"


def _times(timeline: Timeline, zone: tzinfo) -> Iterator[Mark]:
    second, day = _room(timeline), None
    for left, stretch in _starts(timeline):
        start = stretch[0].start.astimezone(zone)
        length = sum(bar.seconds for bar in stretch)
        every = next((step for step in _TICKS if step * second >= _LABEL), _TICKS[-1])
        for at in _round_times(start, length, every):
            yield Mark(
                round(left + (at - start).total_seconds() * second, 1),
                f"{at:%H:%M}" if every >= 60 else f"{at:%H:%M:%S}",  # noqa: PLR2004 - a minute
                f"{at:%Y-%m-%d}" if at.date() != day else "",
            )
            day = at.date()


def _round_times(start: datetime, length: float, every: int) -> Iterator[datetime]:
    """Yield the round times within a stretch, else its start."""
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    first = math.ceil((start - midnight).total_seconds() / every) * every
    last = int((start - midnight).total_seconds() + length)
    yield from [midnight + timedelta(seconds=at) for at in range(first, last, every)] or [start]


def _breaks(timeline: Timeline) -> Iterator[Mark]:
    starts = list(_starts(timeline))
    for (_, before), (left, after) in pairwise(starts):
        silence = (after[0].start - before[-1].start).total_seconds() - before[-1].seconds
        yield Mark(round(left - BETWEEN / 2, 1), _duration(silence))


def _duration(seconds: float) -> str:
    unit, long = next((one for one in (("d", 86400), ("h", 3600)) if seconds >= 1.9 * one[1]), ("min", 60))
    return f"{seconds / long:.0f} {unit}"


def _nice(value: float) -> float:
    """Return the smallest round number that is not below a positive one."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(
        (step * power for step in (1, 2, 4, 5, 8, 10) if value <= step * power * (1 + 1e-9)), 10 * power
    )


def _steps(top: float) -> list[float]:
    return [top * part / 4 for part in range(5)]
