"""Outcomes -> the reason to stop for, if any."""

from collections import deque

from mailer.message.outcome import Verdict

FIRST = 10
"""So many refusals, and nothing else, from the start of a run."""

WINDOW = 200
SHARE = 0.10
"""Refusals among the last `WINDOW` outcomes."""

SILENT = 3
"""So many messages in a row without a clear answer: each of them leaves somebody in doubt."""


class Breaker:
    """Stops a run whose recipients are refused in numbers: wrong list, wrong sender, blocked address."""

    def __init__(self) -> None:
        self._outcomes = self._refused = self._silent = 0
        self._window: deque[bool] = deque(maxlen=WINDOW)

    def note(self, verdict: Verdict) -> None:
        """Remember what became of one message."""
        refused = verdict is Verdict.REFUSED
        self._outcomes += 1
        self._refused += refused
        self._silent = self._silent + 1 if verdict is Verdict.UNKNOWN else 0
        self._window.append(refused)

    @property
    def tripped(self) -> str:
        """Return why the run has to pause, or an empty string."""
        if self._silent >= SILENT:
            return f"no clear answer came to the last {self._silent} messages"
        if self._outcomes == self._refused >= FIRST:
            return f"the first {self._refused} recipients were all refused"
        if not self._refused or len(self._window) < WINDOW:
            return ""
        refused = sum(self._window)
        if refused >= SHARE * WINDOW:
            return f"{refused} of the last {WINDOW} recipients were refused"
        return ""
