"""Between a run and its couriers: deliveries go out, slips come back."""

import time
from collections import deque
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Lock

from mailer.ledger.delivery import Delivery, Intent
from mailer.message.outcome import Outcome
from mailer.sending.clock import Clock, Stop
from mailer.sending.pace import Limiter

SLICE = 0.5
"""Seconds after which a wait looks up: was the run asked to stop, paused or cancelled?"""

MOMENT = 0.001
"""Seconds of the real clock that a transaction waits for more to write."""

Answer = SimpleQueue[Collection[str]]
"""Where a courier hears which deliveries may go."""


@dataclass(frozen=True, slots=True)
class Slip:
    """
    What a courier asks to be written down, all in one transaction.

    The keys are those of recipients. `refused` gives the reason why a message cannot be built, `starting` the
    intents, `returned` whoever was not handed over after all. To `answer` goes who of `starting` may go. With
    the last slip a courier has `left`, with the `error` that made it.
    """

    finished: Mapping[str, Outcome] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    returned: Collection[str] = ()
    starting: Mapping[str, Intent] = field(default_factory=dict)
    answer: Answer | None = None
    left: bool = False
    error: BaseException | None = None


class Office:
    """What the run and its couriers share; once `closed`, nobody begins anything."""

    def __init__(self, clock: Clock, limiter: Limiter | None, stop: Stop) -> None:
        self._clock = clock
        self._limiter = limiter
        self._stop = stop
        self._turn = Lock()
        self._deliveries: deque[Delivery] = deque()
        self._calls: SimpleQueue[None] = SimpleQueue()  # one for each delivery, and one for the end
        self._slips: SimpleQueue[Slip] = SimpleQueue()
        self._closed = False

    @property
    def closed(self) -> bool:
        """Say whether nothing more is to be begun."""
        return self._closed or self._stop.requested

    @property
    def waiting(self) -> int:
        """Return how many deliveries nobody has taken yet."""
        return len(self._deliveries)

    def give_out(self, deliveries: Iterable[Delivery]) -> None:
        """Lay deliveries out for the couriers."""
        for delivery in deliveries:
            self._deliveries.append(delivery)
            self._calls.put(None)

    def put_back(self, deliveries: Iterable[Delivery]) -> None:
        """Lay deliveries out again, before all others."""
        for delivery in reversed([*deliveries]):
            self._deliveries.appendleft(delivery)
            self._calls.put(None)

    def close(self) -> None:
        """Send the couriers home after what they have in hand."""
        self._closed = True
        self._calls.put(None)

    def take(self, most: int, *, wait: bool) -> list[Delivery]:
        """Return up to `most` deliveries; nothing where none is there, or, after a wait, at the end."""
        taken: list[Delivery] = []
        with suppress(Empty):
            while len(taken) < most and not self.closed:
                self._calls.get(block=wait and not taken)
                if self._closed:
                    self._calls.put(None)  # for the next courier
                else:
                    taken.append(self._deliveries.popleft())
        return taken

    def hand_in(self, slip: Slip) -> None:
        """Ask for something to be written down."""
        self._slips.put(slip)

    def collect(self, couriers: int) -> list[Slip]:
        """
        Return every slip there is, after waiting for the first one for at most a SLICE.

        Then those of the other couriers get a moment to come in: few large transactions cost less than many.
        """
        slips: list[Slip] = []
        with suppress(Empty):
            slips.append(self._slips.get(timeout=SLICE))
            until = time.monotonic() + MOMENT
            while len(slips) < couriers:
                slips.append(self._slips.get(timeout=max(0.0, until - time.monotonic())))
        return slips

    def claim(self, messages: int) -> float:
        """Return 0 where so many messages may leave now, and count them; else the seconds until they may."""
        if self._limiter is None:
            return 0.0
        with self._turn:
            now = self._clock.monotonic()
            seconds = self._limiter.delay(now, messages)
            if seconds <= 0:
                self._limiter.note(now, messages)
            return seconds

    @property
    def is_free(self) -> bool:
        """Say whether a message may leave now."""
        if self._limiter is None:
            return not self.closed
        with self._turn:
            return not self.closed and self._limiter.delay(self._clock.monotonic()) <= 0

    def wait(self, seconds: float) -> None:
        """Sleep, but not much longer than until the office closes."""
        until = self._clock.monotonic() + seconds
        while not self.closed and (left := until - self._clock.monotonic()) > 0:
            self._clock.sleep(min(left, SLICE))
