"""Between a run and its couriers: deliveries go out, slips come back."""

import time
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Lock
from types import MappingProxyType
from typing import Any, NamedTuple

from mailer.ledger.delivery import Delivery, Intent
from mailer.message.outcome import Outcome
from mailer.sending.brake import asks_to_slow_down
from mailer.sending.clock import Clock, Stop
from mailer.sending.domains import Domains, domain_of
from mailer.sending.pace import Limiter
from mailer.sending.refusals import reason_of

SLICE = 0.5
"""Seconds after which a wait looks up: was the run asked to stop, paused or cancelled?"""

MOMENT = 0.001
"""Seconds of the real clock that a transaction waits for more to write."""

Answer = SimpleQueue[Collection[str]]
"""Where a courier hears which deliveries may go."""


_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Slip(NamedTuple):
    """
    What a courier asks to be written down, all in one transaction.

    The keys are those of recipients. `refused` gives the reason why a message cannot be built, `starting` the
    intents, all under one `mark` where the other side knows one, `returned` whoever was not handed over after
    all. To `answer` goes who of `starting` may go. With the last slip a courier has `left`, with the `error`
    that made it.
    """

    finished: Mapping[str, Outcome] = _NOTHING
    refused: Mapping[str, str] = _NOTHING
    returned: Collection[str] = ()
    starting: Mapping[str, Intent] = _NOTHING
    mark: str = ""
    answer: Answer | None = None
    left: bool = False
    error: BaseException | None = None


class Office:
    """
    What the run and its couriers share; once `closed`, nobody begins anything.

    Deliveries go out in order, except that those to a domain which has to wait are set aside, for others to
    go before them.
    """

    def __init__(self, clock: Clock, limiter: Limiter | None, domains: Domains, stop: Stop) -> None:
        self._clock = clock
        self._limiter = limiter
        self._domains = domains
        self._stop = stop
        self._turn = Lock()
        self._door = Lock()
        self._deliveries: deque[Delivery] = deque()
        self._aside: dict[str, deque[Delivery]] = {}  # by domain
        self._set_aside = 0
        self._freed: deque[str] = deque()  # domains whose first delivery set aside may go
        self._look_at = 0.0
        # One for each of _deliveries and of _freed, and one for the end.
        self._calls: SimpleQueue[None] = SimpleQueue()
        self._slips: SimpleQueue[Slip | None] = SimpleQueue()
        self._closed = False

    @property
    def closed(self) -> bool:
        """Say whether nothing more is to be begun."""
        return self._closed or self._stop.requested

    @property
    def waiting(self) -> int:
        """Return how many deliveries nobody has taken yet, but for those set aside."""
        return len(self._deliveries) + len(self._freed)

    @property
    def aside(self) -> int:
        """Return how many deliveries wait for their domain."""
        return self._set_aside - len(self._freed)

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

    def release(self) -> float:
        """
        Let go of what was set aside and may leave now; return the seconds until it is time to look again.

        For one thread only.
        """
        with self._turn:
            now = self._clock.monotonic()
            if now < self._look_at:
                return self._look_at - now
            self._domains.recover(now)
            seconds = SLICE
            for domain in self._aside.keys() - self._freed:
                delay = self._domains.delay(domain, now)
                if delay <= 0:
                    self._free(domain)
                seconds = min(seconds, max(delay, MOMENT))
            self._look_at = now + seconds
            return seconds

    def close(self) -> None:
        """Send the couriers home after what they have in hand."""
        self._closed = True
        self._calls.put(None)

    def take(self, most: int, *, wait: bool) -> list[Delivery]:
        """Return up to `most` deliveries; nothing where none is there, or, after a wait, at the end."""
        if not wait:
            return self._take(most, wait=False)
        # One waits at a time, so that a few deliveries fill one batch: else, from Python 3.13 on, the queue
        # hands one to each who waits.
        with self._door:
            return self._take(most, wait=True)

    def _take(self, most: int, *, wait: bool) -> list[Delivery]:
        taken: list[Delivery] = []
        while len(taken) < most and not self.closed:
            try:
                self._calls.get(block=wait and not taken)
            except Empty:
                break
            if self._closed:
                self._calls.put(None)  # for the next courier
            elif delivery := self._next():
                taken.append(delivery)
        return taken

    def _next(self) -> Delivery | None:
        """Return the next delivery; None where its domain has to wait."""
        with self._turn:
            now = self._clock.monotonic()
            if self._freed:
                domain = self._freed.popleft()
            else:
                delivery = self._deliveries.popleft()
                domain = domain_of(delivery.address)
                if domain not in self._aside:
                    if self._domains.delay(domain, now) <= 0:
                        self._domains.begin(domain, now)
                        return delivery
                    self._aside[domain] = deque()
                    self._look_at = 0.0
                    self._slips.put(None)  # look up: somebody has to be let go later
                self._aside[domain].append(delivery)
                self._set_aside += 1
            return self._next_of(domain, now)

    def _next_of(self, domain: str, now: float) -> Delivery | None:
        """Return the first delivery of a domain that was set aside, where it may go now."""
        waiting = self._aside.get(domain)
        if not waiting or self._domains.delay(domain, now) > 0:
            return None
        delivery = waiting.popleft()
        self._set_aside -= 1
        self._domains.begin(domain, now)
        if not waiting:
            del self._aside[domain]
        elif self._domains.delay(domain, now) <= 0:
            self._free(domain)
        return delivery

    def _free(self, domain: str) -> None:
        self._freed.append(domain)
        self._calls.put(None)

    def hand_in(self, slip: Slip) -> None:
        """Ask for something to be written down."""
        self._slips.put(slip)

    def collect(self, couriers: int, seconds: float = SLICE) -> list[Slip]:
        """
        Return every slip there is, after waiting for the first one for at most so many seconds.

        Then those of the other couriers get a moment to come in: few large transactions cost less than many.
        """
        slips: list[Slip | None] = []
        with suppress(Empty):
            slips.append(self._slips.get(timeout=seconds))
            until = time.monotonic() + MOMENT
            while len(slips) < couriers:
                slips.append(self._slips.get(timeout=max(0.0, until - time.monotonic())))
        return [slip for slip in slips if slip]

    def claim(self, messages: int) -> float:
        """Return 0 where so many messages may leave now, and count them; else the seconds until they may."""
        if self._limiter is None:
            return 0.0
        with self._turn:
            seconds = self._limiter.delay(self._clock.monotonic(), messages)
            if seconds <= 0:
                self._limiter.begin(messages)
            return seconds

    def arrived(self, deliveries: Sequence[Delivery], outcomes: Sequence[Outcome | None]) -> None:
        """Count deliveries that were taken and claimed: as gone with an outcome, as never begun without."""
        with self._turn:
            now = self._clock.monotonic()
            for delivery, outcome in zip(deliveries, outcomes, strict=True):
                domain = domain_of(delivery.address)
                if outcome is None:
                    self._domains.drop(domain, now)
                else:
                    self._domains.end(domain, now)
                    self._heed(domain, outcome, now)
            if self._limiter:
                ended = sum(outcome is not None for outcome in outcomes)
                self._limiter.end(now, ended)
                self._limiter.drop(len(outcomes) - ended)

    def _heed(self, domain: str, outcome: Outcome, now: float) -> None:
        if asks_to_slow_down(outcome):
            reason = reason_of(outcome.code, outcome.text)
            self._domains.slow(domain, reason, now, self._clock.now())

    def drop(self, deliveries: Iterable[Delivery]) -> None:
        """Count deliveries that were taken, and not claimed, as never begun."""
        with self._turn:
            now = self._clock.monotonic()
            for delivery in deliveries:
                self._domains.drop(domain_of(delivery.address), now)

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
