"""Deliveries -> outcomes, over one connection."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from threading import Thread

from mailer.errors import ConnectError, MailerError, TransportError
from mailer.ledger.delivery import Delivery, Intent
from mailer.message.envelope import Message
from mailer.message.outcome import Outcome
from mailer.sending.frozen import Builder
from mailer.sending.office import SLICE, Answer, Office, Slip
from mailer.sending.retry import Chance, patience_after
from mailer.transport.base import Transport


@dataclass(frozen=True, slots=True)
class _Batch:
    """Deliveries and their messages, in the same order."""

    deliveries: list[Delivery] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)


_NOTHING = _Batch()


class Courier(Thread):
    """
    A thread with a transport of its own: takes deliveries, builds, hands over, and tells what came of it.

    What has an outcome is handed in together with the next intents, so that a kill finds one intent (or, with
    a transport that takes many at once, one batch) of each courier.
    """

    def __init__(
        self, office: Office, transport: Transport, build: Builder, *, most: int, chance: Chance
    ) -> None:
        super().__init__(daemon=True)
        self._office = office
        self._transport = transport
        self._build = build
        self._next_mark: Callable[[], str] = getattr(transport, "next_mark", str)  # see Remembering
        self._most = most
        self._chance = chance
        self._failures = 0
        self._ahead = _NOTHING
        self._finished: dict[str, Outcome] = {}
        self._answer: Answer = Answer()
        self._begun: Collection[str] | None = ()

    def run(self) -> None:
        """Work until there is nothing left or the transport is broken for good."""
        error: BaseException | None = None
        try:
            self._work()
        except BaseException as found:  # noqa: BLE001 - whatever it is, the run has to hear of it
            error = found
        self._transport.close()
        self._office.hand_in(Slip(finished=self._finished, left=True, error=error))

    def _work(self) -> None:
        while batch := self._next():
            try:
                self._carry(batch)
            except TransportError as error:
                self._office.drop(self._ahead.deliveries)
                self._put_back([*batch.deliveries, *self._ahead.deliveries])
                self._ahead = _NOTHING
                self._failures += 1
                wait = patience_after(error, self._failures, self._chance())
                if wait is None:
                    raise
                self._transport.close()
                self._office.wait(wait)
            else:
                self._failures = 0

    def _put_back(self, deliveries: Sequence[Delivery]) -> None:
        """Lay out for all what this courier did not hand over, once the ledger has it back."""
        self._office.hand_in(Slip(returned=[one.key for one in deliveries], answer=self._answer))
        self._answer.get()
        self._office.put_back(deliveries)

    def _next(self) -> _Batch | None:
        """Return what to hand over next, once it is its time; None at the end."""
        while not self._office.closed:
            batch, self._ahead = self._ahead, _NOTHING
            if not batch.messages:
                batch = self._take(wait=False)
            if not batch.messages:
                self._tell_finished()
                batch = self._take(wait=True)
            if batch.messages and self._is_time(len(batch.messages)):
                return batch
        return None

    def _look_ahead(self) -> Message | None:
        """Return the message that comes next, where one may leave at once."""
        if self._most == 1 and not self._ahead.messages and self._office.is_free:
            self._ahead = self._take(wait=False)
        return self._ahead.messages[0] if self._ahead.messages else None

    def _take(self, *, wait: bool) -> _Batch:
        """Take deliveries and build; whoever's message cannot be built is refused, and the others go on."""
        batch = _Batch()
        most = min(self._most, self._transport.batch_size)
        for delivery in self._office.take(most, wait=wait):
            try:
                batch.messages.append(self._build(delivery))
                batch.deliveries.append(delivery)
            except MailerError as error:
                self._office.drop([delivery])
                self._office.hand_in(Slip(refused={delivery.key: str(error)}))
        return batch

    def _is_time(self, messages: int) -> bool:
        """Wait until so many messages may leave; false where the office closes before that."""
        while (seconds := self._office.claim(messages)) > 0:
            self._tell_finished()
            self._office.wait(min(seconds, SLICE))
            if self._office.closed:
                return False
        return True

    def _tell_finished(self) -> None:
        """Hand in what would otherwise wait for the next intent."""
        if self._finished:
            self._office.hand_in(Slip(finished=self._finished))
            self._finished = {}

    def _carry(self, batch: _Batch) -> None:
        """Hand over; the intent is on its way to the disk meanwhile."""
        outcomes: Sequence[Outcome | None] = [None] * len(batch.messages)
        try:
            self._transport.open()
            self._ask(batch.messages)
            outcomes = self._transport.deliver(batch.messages, self._commit, self._look_ahead)
        finally:
            self._office.arrived(batch.deliveries, outcomes)
            begun = self._granted()
        answered = zip(batch.messages, outcomes, strict=True)
        self._finished = {
            message.key: outcome for message, outcome in answered if outcome and message.key in begun
        }
        left = [one for one in batch.deliveries if one.key in begun and one.key not in self._finished]
        if left and not self._finished and len(left) <= self._transport.batch_size:
            raise ConnectError(f"{self._transport.url} took nothing")
        if left:
            self._put_back(left)

    def _ask(self, messages: Sequence[Message]) -> None:
        """Ask for the intents, handing in what is finished."""
        self._begun = None
        starting = {one.key: Intent(one.message_id, one.date, len(one.data)) for one in messages}
        mark = self._next_mark()
        self._office.hand_in(Slip(finished=self._finished, starting=starting, mark=mark, answer=self._answer))
        self._finished = {}

    def _granted(self) -> Collection[str]:
        """Return who may go, once their intent is on disk."""
        if self._begun is None:
            self._begun = self._answer.get()
        return self._begun

    def _commit(self, ready: Sequence[Message]) -> Sequence[Message]:
        begun = self._granted()
        return [message for message in ready if message.key in begun]
