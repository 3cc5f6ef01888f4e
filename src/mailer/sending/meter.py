"""Figures of a run over time -> its rate and the time that is left, in words."""

from collections import deque
from datetime import timedelta

from mailer.ledger.delivery import Figures

WINDOW = 15.0
"""Seconds that the rate is taken over."""

EARLIEST = 1.0
"""Seconds before which a rate would say nothing."""


class Meter:
    """
    Measures how fast outcomes come in.

    Times are seconds of a clock that never runs backwards. What was done before the first figures, by earlier
    runs, does not count.
    """

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def note(self, now: float, figures: Figures) -> None:
        """Remember figures, one set for each second."""
        outcomes = figures.accepted + figures.deferred + figures.refused + figures.in_doubt
        if self._samples and now - self._samples[-1][0] < EARLIEST:
            return
        self._samples.append((now, outcomes))
        while now - self._samples[0][0] > WINDOW and len(self._samples) > 2:  # noqa: PLR2004 - a line has two ends
            self._samples.popleft()

    @property
    def rate(self) -> float:
        """Return outcomes per second; 0 where that is not known yet."""
        if not self._samples:
            return 0.0
        (start, before), (end, after) = self._samples[0], self._samples[-1]
        return max(0, after - before) / (end - start) if end > start else 0.0

    def words(self, figures: Figures) -> str:
        """Return `1,020/s, 0:00:04 left`, as much of it as is known."""
        if not self.rate:
            return ""
        shown = f"{self.rate:,.0f}/s" if self.rate >= 10 else f"{self.rate:,.1f}/s"  # noqa: PLR2004 - digits
        if not figures.remaining:
            return shown
        return f"{shown}, {timedelta(seconds=round(figures.remaining / self.rate))} left"


def done(figures: Figures) -> int:
    """Return how many deliveries nothing is to be done about any more."""
    return figures.planned - figures.remaining - figures.deferred


def figures_in_words(figures: Figures) -> str:
    """Return what became of messages so far."""
    return (
        f"{figures.accepted:,} accepted, {figures.deferred:,} deferred, {figures.refused:,} refused,"
        f" {figures.in_doubt:,} in doubt"
    )
