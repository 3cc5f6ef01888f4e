"""Deliveries -> outcomes, over one connection."""

from collections.abc import Collection, Sequence
from threading import Thread

from mailer.errors import ConnectError, MailerError, TransportError
from mailer.ledger.delivery import Delivery
from mailer.message.envelope import Message
from mailer.message.outcome import Outcome
from mailer.sending.frozen import Builder
from mailer.sending.office import Answer, Office, Slip
from mailer.sending.retry import Chance, is_transient, reconnect_wait
from mailer.transport.base import Transport


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
        self._most = most
        self._chance = chance
        self._failures = 0
        self._in_hand: list[Delivery] = []
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
        while messages := self._next():
            try:
                self._carry(messages)
            except TransportError as error:
                self._put_back(self._in_hand)
                self._failures += 1
                if not is_transient(error):
                    raise
                wait = reconnect_wait(self._failures, self._chance())
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

    def _next(self) -> list[Message]:
        """Return what to hand over next, once it is its time; nothing at the end."""
        while not self._office.closed:
            deliveries = self._office.take(self._most, wait=False)
            if not deliveries:
                self._tell_finished()
                deliveries = self._office.take(self._most, wait=True)
            messages = self._built(deliveries)
            if messages and self._is_time(len(messages)):
                return messages
        return []

    def _built(self, deliveries: Sequence[Delivery]) -> list[Message]:
        """Return the messages; whoever's cannot be built is refused, and the others go on."""
        self._in_hand = []
        messages = []
        for delivery in deliveries:
            try:
                messages.append(self._build(delivery))
                self._in_hand.append(delivery)
            except MailerError as error:
                self._office.hand_in(Slip(refused={delivery.key: str(error)}))
        return messages

    def _is_time(self, messages: int) -> bool:
        """Wait until so many messages may leave; false where the office closes before that."""
        while (seconds := self._office.claim(messages)) > 0:
            self._tell_finished()
            self._office.wait(seconds)
            if self._office.closed:
                return False
        return True

    def _tell_finished(self) -> None:
        """Hand in what would otherwise wait for the next intent."""
        if self._finished:
            self._office.hand_in(Slip(finished=self._finished))
            self._finished = {}

    def _carry(self, messages: Sequence[Message]) -> None:
        """Hand over; the intent is on its way to the disk meanwhile."""
        try:
            self._transport.open()
            self._ask(messages)
            outcomes = self._transport.deliver(messages, self._commit)
        finally:
            begun = self._granted()
        self._finished = {
            message.key: outcome
            for message, outcome in zip(messages, outcomes, strict=True)
            if outcome and message.key in begun
        }
        untouched = [one for one in self._in_hand if one.key in begun and one.key not in self._finished]
        if untouched:
            if not self._finished:
                raise ConnectError(f"{self._transport.url} took nothing")
            self._put_back(untouched)

    def _ask(self, messages: Sequence[Message]) -> None:
        """Ask for the intents, handing in what is finished."""
        self._begun = None
        starting = {message.key: message.message_id for message in messages}
        self._office.hand_in(Slip(finished=self._finished, starting=starting, answer=self._answer))
        self._finished = {}

    def _granted(self) -> Collection[str]:
        """Return who may go, once their intent is on disk."""
        if self._begun is None:
            self._begun = self._answer.get()
        return self._begun

    def _commit(self, ready: Sequence[Message]) -> Sequence[Message]:
        begun = self._granted()
        return [message for message in ready if message.key in begun]
