"""Deliveries -> outcomes, over one connection."""

from collections.abc import Callable, Sequence
from threading import Thread

from mailer.errors import ConnectError, MailerError, TransportError
from mailer.ledger.delivery import Delivery, Intent
from mailer.message.envelope import Message
from mailer.message.outcome import Outcome
from mailer.sending.batch import Batch
from mailer.sending.frozen import Builder
from mailer.sending.office import SLICE, Answer, Office, Slip
from mailer.sending.retry import Chance, patience_after
from mailer.transport.base import Transport


class Courier(Thread):
    """
    A thread with a transport of its own: takes deliveries, builds, hands over, and tells what came of it.

    What has an outcome is handed in together with the next intents, so that a kill finds one intent (or, with
    a transport that takes many at once, one batch) of each courier. There are two where the transport begins
    with the next message before it knows what became of this one.
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
        self._ahead: Batch | None = None
        self._finished: dict[str, Outcome] = {}

    def run(self) -> None:
        """Work until there is nothing left or the transport is broken for good."""
        error: BaseException | None = None
        try:
            self._work()
        except BaseException as found:  # noqa: BLE001 - whatever it is, the run has to hear of it
            error = found
        self._transport.close()
        returned = [one.key for one in self._let_go_of_ahead()]
        self._office.hand_in(Slip(finished=self._finished, returned=returned, left=True, error=error))

    def _work(self) -> None:
        while batch := self._next():
            try:
                self._carry(batch)
            except TransportError as error:
                self._put_back([*batch.open, *self._let_go_of_ahead()])
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
        answer = Answer()
        self._office.hand_in(Slip(returned=[one.key for one in deliveries], answer=answer))
        answer.get()
        self._office.put_back(deliveries)

    def _let_go_of_ahead(self) -> Sequence[Delivery]:
        """Count what was to come next as never begun; return what of it is still open."""
        ahead, self._ahead = self._ahead or Batch(), None
        if ahead.answer:
            self._office.arrived(ahead.deliveries, [None] * len(ahead.deliveries))
        else:
            self._office.drop(ahead.deliveries)
        return ahead.open

    def _next(self) -> Batch | None:
        """Return what to hand over next, once it is its time; None at the end."""
        while not self._office.closed:
            batch, self._ahead = self._ahead or self._take(wait=False), None
            if not batch.messages:
                self._tell_finished()
                batch = self._take(wait=True)
            if batch.answer or (batch.messages and self._is_time(len(batch.messages))):
                return batch
        return None

    def _look_ahead(self) -> Message | None:
        """Return the message that comes next, where one may leave at once; ask for its intent."""
        if self._most == 1 and self._ahead is None and self._office.is_free:
            self._ahead = self._take(wait=False)
            if self._ahead.messages and self._office.claim(1) <= 0:
                self._ask(self._ahead)
        return self._ahead.messages[0] if self._ahead and self._ahead.answer else None

    def _take(self, *, wait: bool) -> Batch:
        """Take deliveries and build; whoever's message cannot be built is refused, and the others go on."""
        batch = Batch()
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

    def _carry(self, batch: Batch) -> None:
        """Hand over; the intent is on its way to the disk meanwhile."""
        outcomes: Sequence[Outcome | None] = [None] * len(batch.messages)
        try:
            self._transport.open()
            if not batch.answer:
                self._ask(batch)
            outcomes = self._transport.deliver(batch.messages, batch.commit, self._look_ahead)
        finally:
            self._office.arrived(batch.deliveries, outcomes)
            begun = batch.begun
        answered = zip(batch.messages, outcomes, strict=True)
        finished = {message.key: outcome for message, outcome in answered if outcome and message.key in begun}
        self._finished |= finished
        left = [one for one in batch.deliveries if one.key in begun and one.key not in finished]
        if left and not finished and len(left) <= self._transport.batch_size:
            raise ConnectError(f"{self._transport.url} took nothing")
        if left:
            self._put_back(left)

    def _ask(self, batch: Batch) -> None:
        """Ask for the intents, handing in what is finished."""
        batch.answer = Answer()
        starting = {one.key: Intent(one.message_id, one.date, len(one.data)) for one in batch.messages}
        finished, self._finished = self._finished, {}
        mark = self._next_mark()
        self._office.hand_in(Slip(finished=finished, starting=starting, mark=mark, answer=batch.answer))
