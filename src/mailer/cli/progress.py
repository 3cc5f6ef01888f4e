"""How far a run is: a few lines that are drawn again on a terminal, a line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import click
from rich.console import Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from mailer.cli.console import console, note
from mailer.ledger.delivery import Figures
from mailer.sending.brake import SlowDown
from mailer.sending.meter import Meter, done, figures_in_words

OFTEN, SELDOM = 0.2, 30.0
"""Seconds between two drawings on a terminal, and between two lines elsewhere."""

SLOWED = 4
"""Domains that are told as slowed down."""

_CLEAR = "\r\x1b[K"

SlowDowns = Callable[[], Sequence[SlowDown]]


class Progress(Protocol):
    """What shows how far a run is: called with its figures, hidden while something else is shown."""

    def __call__(self, figures: Figures) -> None:
        """Show figures, if it is time."""

    def hide(self) -> None:
        """Leave the screen to others until the next figures."""


class Drawing:
    """Progress on a terminal."""

    def __init__(self, slow_downs: SlowDowns) -> None:
        self._slow_downs = slow_downs
        self._meter = Meter()
        self._live: Live | None = None
        self._next = 0.0

    def __call__(self, figures: Figures) -> None:
        """Draw figures, if it is time."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + OFTEN
        self._meter.note(now, figures)
        if self._live is None:
            click.echo(_CLEAR, nl=False, err=True)
            self._live = Live(
                console=console(err=True), transient=True, auto_refresh=False, redirect_stdout=False
            )
            self._live.start()
        self._live.update(drawn(figures, self._meter.words(figures), self._slow_downs()), refresh=True)

    def hide(self) -> None:
        """Take the drawing off the screen."""
        if self._live:
            self._live.stop()
            self._live = None
        self._next = 0.0


class Lines:
    """Progress where nobody can draw; short runs have none."""

    def __init__(self, slow_downs: SlowDowns, now: Callable[[], float] = time.monotonic) -> None:
        self._slow_downs = slow_downs
        self._now = now
        self._meter = Meter()
        self._next = now() + SELDOM

    def __call__(self, figures: Figures) -> None:
        """Write a line, if it is time."""
        now = self._now()
        self._meter.note(now, figures)
        if now < self._next:
            return
        self._next = now + SELDOM
        words = (
            f"{done(figures):,} of {figures.planned:,}: {figures_in_words(figures)}",
            self._meter.words(figures),
            *map(_slowed, self._slow_downs()[:SLOWED]),
        )
        note("; ".join(filter(None, words)))

    def hide(self) -> None:
        """Do nothing: a line stands where it stands."""


@contextmanager
def progress(slow_downs: SlowDowns) -> Iterator[Progress]:
    """Give what shows how far a run is; `slow_downs` tells which domains are slowed down now."""
    shown = Drawing(slow_downs) if sys.stderr.isatty() else Lines(slow_downs)
    try:
        yield shown
    finally:
        shown.hide()


def drawn(figures: Figures, pace: str, slow_downs: Sequence[SlowDown]) -> RenderableType:
    """Return the lines of a drawing; whatever relays said is text, never markup."""
    ahead = Table.grid(padding=(0, 1))
    bar = ProgressBar(
        total=max(1, figures.planned), completed=done(figures), width=24, complete_style="green"
    )
    ahead.add_row(bar, f"{done(figures):,} of {figures.planned:,}", pace)
    lines = [figures_in_words(figures), *map(_slowed, slow_downs[:SLOWED])]
    if rest := slow_downs[SLOWED:]:
        lines.append(f"and {len(rest)} more domains slowed down")
    return Group(ahead, *(Text(line, no_wrap=True, overflow="ellipsis") for line in lines))


def _slowed(one: SlowDown) -> str:
    return f"{one.domain} slowed down to {one.rate}: {one.reason}"
