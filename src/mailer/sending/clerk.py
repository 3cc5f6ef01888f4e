"""Slips of the couriers -> one transaction of the ledger."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TypeVar

from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Delivery, DeliveryState, Figures, Intent, SendState
from mailer.message.outcome import Outcome, Verdict
from mailer.sending.breaker import Breaker
from mailer.sending.clock import Clock
from mailer.sending.office import Slip
from mailer.sending.retry import next_attempt

Value = TypeVar("Value")

_STRETCH = 1.0
"""Seconds after which the time spent is written down, and all being taken, the ledger is asked for more."""

_FIGURE = {state: state.value for state in DeliveryState} | {DeliveryState.PLANNED: "remaining"}
_STATE = {
    Verdict.ACCEPTED: DeliveryState.ACCEPTED,
    Verdict.DEFERRED: DeliveryState.DEFERRED,
    Verdict.REFUSED: DeliveryState.REFUSED,
    Verdict.UNKNOWN: DeliveryState.IN_DOUBT,
}


class Paused(Exception):
    """The run ends before the send is finished; the message says why."""


class Clerk:
    """
    The only one who writes a run into the ledger, and keeps its figures.

    `taken` are the deliveries that were read from the ledger and are not settled yet. What could not be
    written is kept for the next time.
    """

    def __init__(self, ledger: Ledger, send: str, *, transport: str, clock: Clock) -> None:
        self._ledger = ledger
        self._send = send
        self._transport = transport
        self._clock = clock
        self._unwritten: list[Slip] = []
        self._begun: set[str] = set()
        self._nothing_until = 0.0
        self._since = clock.monotonic()
        self.breaker = Breaker()
        self._counts = Counter(asdict(ledger.figures(send)))
        self.taken: dict[str, Delivery] = {}

    @property
    def figures(self) -> Figures:
        """Return how many deliveries stand where."""
        return Figures(**self._counts)

    def due(self, most: int, places: int | None = None) -> list[Delivery]:
        """Take up to `most` more deliveries whose time has come, or planned ones of the first `places`."""
        if self.taken and self._clock.monotonic() < self._nothing_until:
            return []
        limit = most + len(self.taken)
        found = self._ledger.due(self._send, now=self._clock.now(), limit=limit, places=places)
        if len(found) < limit:
            self._nothing_until = self._clock.monotonic() + _STRETCH
        fresh = [delivery for delivery in found if delivery.key not in self.taken][:most]
        self.taken |= {delivery.key: delivery for delivery in fresh}
        return fresh

    def write(self, slips: Sequence[Slip], *, grant: bool) -> None:
        """
        Write slips down in one transaction, and answer them.

        Nobody may go without `grant`, or once the breaker has tripped: outcomes count before intents. Raises
        Paused where another process has paused or cancelled the send.
        """
        self._unwritten += slips
        for slip in slips:
            self._note(slip)
        asked = slips if grant and not self.breaker.tripped else []
        starting = _joined(slip.starting for slip in asked)
        begun: Collection[str] = ()
        try:
            begun = self._record(starting, {slip.mark: slip.starting for slip in asked if slip.mark})
        finally:
            for slip in slips:
                if slip.answer:
                    slip.answer.put(begun)
        if starting and not begun:
            self.heed_others()
        for key in starting.keys() - begun:
            self._move(key, DeliveryState.SUPPRESSED)

    def heed_others(self) -> None:
        """Raise Paused where another process has paused or cancelled the send."""
        send = self._ledger.find_send(self._send)
        if send.state is not SendState.SENDING:
            raise Paused(send.reason)

    def write_time(self, *, at_least: float = 0.0) -> None:
        """Add the time spent since it was last written; a killed run loses about a _STRETCH at most."""
        seconds = self._clock.monotonic() - self._since
        if seconds > at_least:
            self._ledger.add_seconds(self._send, seconds)
            self._since += seconds

    def skip_time(self) -> None:
        """Leave the time since it was last written out of the time spent."""
        self._since = self._clock.monotonic()

    def _note(self, slip: Slip) -> None:
        for outcome in slip.finished.values():
            self.breaker.note(outcome.verdict)
        for _ in slip.refused:
            self.breaker.note(Verdict.REFUSED)

    def _record(self, starting: Mapping[str, Intent], marks: Mapping[str, Collection[str]]) -> frozenset[str]:
        """Write all that is unwritten, the intents, and who goes under which mark; return who may go."""
        now = self._clock.now()
        finished = _joined(slip.finished for slip in self._unwritten)
        refused = _joined(slip.refused for slip in self._unwritten)
        next_at = self._next_times(finished, now)
        back = [key for slip in self._unwritten for key in slip.returned if key in self._begun]
        with self._ledger.together():
            if finished:
                self._ledger.settle(self._send, finished, now=now, next_at=next_at)
            if back:
                self._ledger.give_back(self._send, back)
            for key, reason in refused.items():
                self._ledger.refuse(self._send, key, reason, now=now)
            self.write_time(at_least=_STRETCH)
            begun = self._begin(starting, now)
            for mark, keys in marks.items():
                if going := [key for key in keys if key in begun]:
                    self._ledger.note_batch(self._send, mark, going, now=now)
        self._unwritten.clear()
        self._begun |= begun
        for key, outcome in finished.items():
            capped = outcome.verdict is Verdict.DEFERRED and key not in next_at
            self._move(key, DeliveryState.REFUSED if capped else _STATE[outcome.verdict])
        for key in refused:
            self._move(key, DeliveryState.REFUSED)
        for key in back:
            self._give_back(key)
        return begun

    def _begin(self, starting: Mapping[str, Intent], now: datetime) -> frozenset[str]:
        if not starting:
            return frozenset()
        return frozenset(self._ledger.begin(self._send, starting, transport=self._transport, now=now))

    def _next_times(self, finished: Mapping[str, Outcome], now: datetime) -> dict[str, datetime]:
        """Return when to try the deferred ones again; those at the cap are left out."""
        deferred = (key for key, outcome in finished.items() if outcome.verdict is Verdict.DEFERRED)
        times = ((key, next_attempt(self.taken[key].attempts + 1, now)) for key in deferred)
        return {key: time for key, time in times if time}

    def _move(self, key: str, state: DeliveryState) -> None:
        """Let a delivery go that is settled."""
        self._begun.discard(key)
        self._count(self.taken.pop(key).state, state)

    def _count(self, old: DeliveryState, new: DeliveryState) -> None:
        self._counts[_FIGURE[old]] -= 1
        self._counts[_FIGURE[new]] += 1

    def _give_back(self, key: str) -> None:
        """Hold a delivery as the ledger has it again."""
        delivery = self.taken[key]
        self._begun.discard(key)
        self._count(delivery.state, DeliveryState.PLANNED)
        self.taken[key] = delivery._replace(state=DeliveryState.PLANNED)


def _joined(parts: Iterable[Mapping[str, Value]]) -> dict[str, Value]:
    joined: dict[str, Value] = {}
    for part in parts:
        joined |= part
    return joined
