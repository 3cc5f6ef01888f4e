"""A clock that only sleeps move, and a transport whose outcomes are written down beforehand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from mailer.address import parse_address
from mailer.errors import TransportError
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Counts, Delivery, DeliveryState, PlannedRecipient, Send, SendIdentity
from mailer.message.envelope import Envelope, Message
from mailer.message.outcome import Outcome, Verdict
from mailer.sending.clock import Clock
from mailer.transport.base import Ahead, Commit, nothing_ahead

START = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
ACCEPTED = Outcome(Verdict.ACCEPTED, 250, "ok")
DEFERRED = Outcome(Verdict.DEFERRED, 451, "later")
REFUSED = Outcome(Verdict.REFUSED, 550, "no such user")
UNKNOWN = Outcome(Verdict.UNKNOWN, 0, "connection lost")

Step = Outcome | TransportError | None
"""What happens to one attempt: an outcome, a broken transport before anything went out, or left untouched."""


@dataclass
class FakeTime:
    """Seconds since the start, moved by sleeping alone; `on_sleep` looks on."""

    seconds: float = 0.0
    on_sleep: Callable[[], object] = lambda: None

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        self.on_sleep()

    @property
    def clock(self) -> Clock:
        return Clock(
            now=lambda: START + timedelta(seconds=self.seconds),
            monotonic=lambda: self.seconds,
            sleep=self.sleep,
        )


@dataclass
class ScriptedTransport:
    """
    Follows `script`: for an address its first steps; accepted after that, and where it is not named.

    Keys in `early` get theirs before the point of no return, as at RCPT. `opened` are errors of the first
    attempts to open. `handed_over` has (seconds, addresses) of each call.
    """

    time: FakeTime
    script: dict[str, list[Step]] = field(default_factory=dict)
    opened: list[TransportError | None] = field(default_factory=list)
    batch_size: int = 1
    after: Callable[[str], object] = lambda address: None
    early: set[str] = field(default_factory=set)
    handed_over: list[tuple[float, list[str]]] = field(default_factory=list)
    url: str = "memory:"
    rehearsal: bool = True
    loopback: bool = True
    smtputf8: bool = True

    def open(self) -> None:
        error = self.opened.pop(0) if self.opened else None
        if error:
            raise error

    def deliver(
        self, messages: Sequence[Message], commit: Commit, ahead: Ahead = nothing_ahead
    ) -> list[Outcome | None]:
        early = {message.key: self._step(message) for message in messages if self._is_early(message)}
        free = commit([message for message in messages if message.key not in early])
        steps = [early.get(one.key) or (self._step(one) if one in free else None) for one in messages]
        for step in steps:
            if isinstance(step, TransportError):
                raise step
        addresses = [str(message.envelope.recipient) for message in free]
        self.handed_over.append((self.time.seconds, addresses))
        for address in addresses:
            self.after(address)
        return [step for step in steps if not isinstance(step, TransportError)]

    def close(self) -> None:
        pass

    @property
    def attempts(self) -> list[str]:
        return [address for _, addresses in self.handed_over for address in addresses]

    def _is_early(self, message: Message) -> bool:
        return message.key in self.early

    def _step(self, message: Message) -> Step:
        steps = self.script.get(str(message.envelope.recipient))
        return steps.pop(0) if steps else ACCEPTED


def build(delivery: PlannedRecipient | Delivery) -> Message:
    envelope = Envelope(parse_address("news@news.test"), parse_address(delivery.address))
    return Message(delivery.key, envelope, f"<{delivery.key}@news.test>", b"Subject: x\r\n\r\nx\r\n")


def freeze(ledger: Ledger, *names: str, send: str = "s1") -> str:
    """Freeze a send to `NAME@x.test` for each name, their keys being the names."""
    identity = SendIdentity("spring", "readers", rehearsal=True)
    found = Send(send, identity, "sha256:0", "memory:", START, counts=Counts(listed=len(names)))
    ledger.freeze(found, [PlannedRecipient(name, f"{name}@x.test") for name in names])
    return send


def states(ledger: Ledger, send: str = "s1") -> dict[str, DeliveryState]:
    return {delivery.key: delivery.state for delivery in ledger.deliveries(send)}
