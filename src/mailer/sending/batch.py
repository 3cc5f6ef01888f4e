"""What a courier hands over at once, and who of it may go."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from mailer.ledger.delivery import Delivery
from mailer.message.envelope import Message
from mailer.sending.office import Answer


@dataclass(slots=True)
class Batch:
    """
    Deliveries and their messages, in the same order.

    Once their intents are asked for, the `answer` tells who may go.
    """

    deliveries: list[Delivery] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    answer: Answer | None = None
    _begun: Collection[str] | None = None

    @property
    def begun(self) -> Collection[str]:
        """Return whose intents are on disk, once that is known."""
        if self._begun is None and self.answer:
            self._begun = self.answer.get()
        return self._begun or ()

    @property
    def open(self) -> Sequence[Delivery]:
        """Return the deliveries but for those that may not go any more."""
        return [one for one in self.deliveries if self.answer is None or one.key in self.begun]

    def commit(self, ready: Sequence[Message]) -> Sequence[Message]:
        """Return those that may pass the point of no return."""
        begun = self.begun
        return [message for message in ready if message.key in begun]
