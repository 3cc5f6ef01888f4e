"""
Frozen send -> what became of everybody: the one engine behind `send` and `resume`.

For each batch: due, build, intent on disk, the point of no return, outcome on disk. Whatever ends a run early
is written down as the reason of its pause.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailer.errors import ConnectError, MailerError, TransportError
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Delivery, DeliveryState, Figures, SendState
from mailer.message.build import Sign
from mailer.message.envelope import Message
from mailer.message.outcome import Outcome, Verdict
from mailer.sending.breaker import Breaker
from mailer.sending.clock import Clock, Stop
from mailer.sending.frozen import Builder
from mailer.sending.pace import Limiter
from mailer.sending.retry import is_transient, next_attempt, reconnect_wait
from mailer.transport.base import Transport

CHUNK = 100
"""How many deliveries are read from the ledger at a time."""

SLICE = 0.5
"""Seconds after which a wait looks up: was the run asked to stop, paused or cancelled?"""

INTERRUPTED = "interrupted"
WAITING = "waiting"
"""How the reason of a pause begins that only time ends."""

_FIGURE = {DeliveryState.PLANNED: "remaining"}
_STATE = {
    Verdict.ACCEPTED: DeliveryState.ACCEPTED,
    Verdict.DEFERRED: DeliveryState.DEFERRED,
    Verdict.REFUSED: DeliveryState.REFUSED,
    Verdict.UNKNOWN: DeliveryState.IN_DOUBT,
}


@dataclass(frozen=True, slots=True)
class Means:
    """
    What a run works with.

    `secret` signs tokens and Message-IDs, `sign` whole messages (None: nobody does). `progress` is told
    the figures after each batch. `patience` is how many seconds a run waits at the most for the next deferred
    delivery.
    """

    ledger: Ledger
    transport: Transport
    secret: bytes = field(repr=False)
    limiter: Limiter | None = None
    clock: Clock = field(default_factory=Clock)
    progress: Callable[[Figures], None] = lambda _: None
    patience: float = 60.0
    sign: Sign | None = None


class _Paused(Exception):
    """The run ends before the send is finished; the message says why."""


class Run:
    """One run of a frozen send, by the one process that holds the ledger's sender lock."""

    def __init__(self, send: str, build: Builder, means: Means, stop: Stop) -> None:
        self._send = send
        self._build = build
        self._means = means
        self._stop = stop
        self._ledger = means.ledger
        self._breaker = Breaker()
        self._failures = 0
        self._figures = means.ledger.figures(send)

    def work(self) -> None:
        """Hand over whatever is due until nothing is left or something holds it up."""
        self._ledger.set_state(self._send, SendState.SENDING)
        try:
            while deliveries := self._due():
                self._hand_over_timed(deliveries)
        except _Paused as pause:
            self._end(SendState.PAUSED, str(pause))
        else:
            self._end(SendState.FINISHED)
        finally:
            self._means.transport.close()

    def _due(self) -> Sequence[Delivery]:
        """Return deliveries to try, after waiting for deferred ones that are due soon; nothing at the end."""
        while True:
            now = self._means.clock.now()
            if found := self._ledger.due(self._send, now=now, limit=max(CHUNK, self._batch)):
                return found
            next_at = self._ledger.next_due(self._send)
            if next_at is None:
                return ()
            self._wait_for_deferred(next_at, (next_at - now).total_seconds())

    def _wait_for_deferred(self, next_at: datetime, seconds: float) -> None:
        if seconds > self._means.patience:
            count = self._ledger.figures(self._send).deferred
            raise _Paused(f"{WAITING}: {count} deferred, to be tried again from {next_at:%Y-%m-%d %H:%M} UTC")
        self._wait(seconds)

    @property
    def _batch(self) -> int:
        limiter = self._means.limiter
        size = self._means.transport.batch_size
        return min(size, limiter.batch) if limiter else size

    def _hand_over_timed(self, deliveries: Sequence[Delivery]) -> None:
        """Hand over, and add the time it took: a killed run loses at most one such stretch."""
        started = self._means.clock.monotonic()
        try:
            for first in range(0, len(deliveries), self._batch):
                self._hand_over(deliveries[first : first + self._batch])
        finally:
            self._ledger.add_seconds(self._send, self._means.clock.monotonic() - started)

    def _hand_over(self, batch: Sequence[Delivery]) -> None:
        self._heed_stop()
        if messages := self._built(batch):
            self._keep_pace(len(messages))
            begun, outcomes = self._deliver(messages)
            self._settle(batch, begun, dict(zip((one.key for one in messages), outcomes, strict=True)))
        self._means.progress(self._figures)
        if self._breaker.tripped:
            raise _Paused(self._breaker.tripped)

    def _built(self, batch: Sequence[Delivery]) -> list[Message]:
        """Return the messages; whoever's cannot be built is refused, and the others go on."""
        messages = []
        for delivery in batch:
            try:
                messages.append(self._build(delivery))
            except MailerError as error:
                self._ledger.refuse(self._send, delivery.key, str(error), now=self._means.clock.now())
                self._note(delivery, Verdict.REFUSED)
        return messages

    def _deliver(self, messages: Sequence[Message]) -> tuple[set[str], list[Outcome | None]]:
        """Return the keys whose intent was written and the outcomes, after as many reconnects as it takes."""
        begun: set[str] = set()
        while True:
            try:
                outcomes = self._attempt(messages, begun)
            except TransportError as error:
                self._ledger.give_back(self._send, sorted(begun))
                begun.clear()
                self._reconnect(error)
            else:
                self._failures = 0
                return begun, outcomes

    def _attempt(self, messages: Sequence[Message], begun: set[str]) -> list[Outcome | None]:
        """Hand over, adding to `begun` each key whose intent is written."""
        transport = self._means.transport

        def commit(ready: Sequence[Message]) -> Sequence[Message]:
            ids = {message.key: message.message_id for message in ready}
            now = self._means.clock.now()
            begun.update(self._ledger.begin(self._send, ids, transport=transport.url, now=now))
            return [message for message in ready if message.key in begun]

        transport.open()
        outcomes = transport.deliver(messages, commit)
        answered = zip(messages, outcomes, strict=True)
        # An answer before the point of no return, to RCPT for example, is an attempt too.
        if early := [message for message, outcome in answered if outcome and message.key not in begun]:
            commit(early)
        if begun and not any(outcomes):
            raise ConnectError(f"{transport.url} took nothing")
        return [
            outcome if message.key in begun else None
            for message, outcome in zip(messages, outcomes, strict=True)
        ]

    def _reconnect(self, error: TransportError) -> None:
        """Wait before the next attempt, or give up."""
        self._failures += 1
        wait = reconnect_wait(self._failures) if is_transient(error) else None
        if wait is None:
            raise _Paused("; ".join(filter(None, (str(error), error.hint)))) from error
        self._means.transport.close()
        self._wait(wait)

    def _settle(
        self, batch: Sequence[Delivery], begun: set[str], outcomes: dict[str, Outcome | None]
    ) -> None:
        answers = {key: outcome for key, outcome in outcomes.items() if outcome}
        deferred = (one for one in batch if one.key in answers and _is_deferred(answers[one.key]))
        now = self._means.clock.now()
        times = {one.key: next_attempt(one.attempts + 1, now) for one in deferred}
        next_at = {key: time for key, time in times.items() if time}
        self._ledger.settle(self._send, answers, now=now, next_at=next_at)
        if untouched := sorted(begun - answers.keys()):
            self._ledger.give_back(self._send, untouched)
        if not begun:
            self._heed_others()
        self._count(batch, begun, outcomes, capped=times.keys() - next_at.keys())

    def _count(
        self,
        batch: Sequence[Delivery],
        begun: set[str],
        outcomes: dict[str, Outcome | None],
        *,
        capped: Iterable[str],
    ) -> None:
        """Keep the figures: whoever was to go and did not begin has been suppressed meanwhile."""
        for delivery in batch:
            outcome = outcomes.get(delivery.key)
            if outcome:
                self._note(delivery, Verdict.REFUSED if delivery.key in capped else outcome.verdict)
            elif delivery.key in outcomes and delivery.key not in begun:
                self._figures = _moved(self._figures, delivery.state, DeliveryState.SUPPRESSED)

    def _note(self, delivery: Delivery, verdict: Verdict) -> None:
        self._breaker.note(verdict)
        self._figures = _moved(self._figures, delivery.state, _STATE[verdict])

    def _keep_pace(self, messages: int) -> None:
        if limiter := self._means.limiter:
            while (seconds := limiter.delay(self._means.clock.monotonic(), messages)) > 0:
                self._wait(seconds)
            limiter.note(self._means.clock.monotonic(), messages)

    def _wait(self, seconds: float) -> None:
        """Sleep, looking up often enough to heed a stop, a pause and a cancel."""
        clock = self._means.clock
        until = clock.monotonic() + seconds
        while (left := until - clock.monotonic()) > 0:
            clock.sleep(min(left, SLICE))
            self._heed_stop()
            if seconds > SLICE:
                self._heed_others()

    def _heed_stop(self) -> None:
        if self._stop.requested:
            raise _Paused(INTERRUPTED)

    def _heed_others(self) -> None:
        """End the run where another process has paused or cancelled the send."""
        send = self._ledger.find_send(self._send)
        if send.state is not SendState.SENDING:
            raise _Paused(send.reason)

    def _end(self, state: SendState, reason: str = "") -> None:
        """Write how the run ended, unless another process has paused or cancelled the send meanwhile."""
        if state is SendState.FINISHED or self._ledger.find_send(self._send).state is SendState.SENDING:
            self._ledger.set_state(self._send, state, reason)


def _is_deferred(outcome: Outcome) -> bool:
    return outcome.verdict is Verdict.DEFERRED


def _moved(figures: Figures, old: DeliveryState, new: DeliveryState) -> Figures:
    """Return the figures after one delivery has changed its state."""
    changes = dict.fromkeys((_FIGURE.get(old, old.value), _FIGURE.get(new, new.value)), 0)
    changes[_FIGURE.get(old, old.value)] -= 1
    changes[_FIGURE.get(new, new.value)] += 1
    return replace(figures, **{name: getattr(figures, name) + change for name, change in changes.items()})
