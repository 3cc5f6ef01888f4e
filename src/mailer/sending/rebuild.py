"""Frozen send + what its ledger keeps of one delivery -> the very message that was handed over."""

from collections.abc import Iterable
from dataclasses import dataclass

from mailer.ledger.delivery import Delivery, Send
from mailer.message.build import Sign
from mailer.message.envelope import Message
from mailer.sending.frozen import builder_of


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """
    A message built again.

    `handed_over` says whether it ever left; `exact` whether this is it, as far as Message-ID and number of
    bytes tell.
    """

    message: Message
    handed_over: bool
    exact: bool

    @property
    def is_another(self) -> bool:
        """Say whether this is certainly not what was handed over."""
        return self.handed_over and not self.exact

    @property
    def doubt(self) -> str:
        """Return why this may not be what the reader got; empty where it is."""
        if not self.handed_over:
            return "it was not handed over; this is what it would be"
        if self.is_another:
            return (
                "this is not byte for byte what was handed over: the key (MAILER_KEY or .mailer/key), the"
                " transport's dkim or mailer itself has changed since"
            )
        return ""


def rebuild(send: Send, delivery: Delivery, secret: bytes, signs: Iterable[Sign | None]) -> Rebuilt:
    """
    Build the message of a delivery from the frozen content, dated as it was.

    Whoever of `signs` makes as many bytes as were handed over has signed it (None: nobody did).
    """
    handed_over = delivery.dated is not None
    date = delivery.dated or send.created
    for sign in signs:
        message = builder_of(send, secret, lambda: date, sign)(delivery)
        exact = (message.message_id, len(message.data)) == (delivery.message_id, delivery.size)
        if exact or not handed_over:
            break
    return Rebuilt(message, handed_over, handed_over and exact)
