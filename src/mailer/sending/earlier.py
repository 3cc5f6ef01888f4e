"""`send:SEND[:STATE,…]` -> the recipients of an earlier send."""

from collections.abc import Iterator
from dataclasses import dataclass

from mailer.address import parse_address
from mailer.errors import MailerError, did_you_mean
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Delivery, DeliveryState, Send
from mailer.position import Position
from mailer.recipients.recipient import Recipient

PREFIX = "send:"


@dataclass(frozen=True, slots=True)
class EarlierSend:
    """A list that is made of an earlier send: all of its deliveries, or those in `states`."""

    send: Send
    states: tuple[DeliveryState, ...] = ()

    @property
    def scopes(self) -> tuple[str, ...]:
        """Return the list names whose suppressions hold here too."""
        return self.send.scopes


def find_earlier(ledger: Ledger, text: str) -> EarlierSend:
    """Return what `send:SEND` or `send:SEND:refused,deferred` names; MailerError where there is no such."""
    prefix, _, states = text.removeprefix(PREFIX).partition(":")
    named = parse_states(states)
    return EarlierSend(ledger.find_send(prefix), named)


def parse_states(text: str) -> tuple[DeliveryState, ...]:
    """Return the states that `refused,in_doubt` names; MailerError for another word."""
    return tuple(_state(word.strip()) for word in text.split(",")) if text else ()


def earlier_recipients(ledger: Ledger, earlier: EarlierSend) -> Iterator[Recipient]:
    """Return the recipients, in the order of their list; whoever was suppressed then has opted out."""
    for place, delivery in enumerate(ledger.deliveries(earlier.send.id, earlier.states), start=1):
        yield _recipient(delivery, Position(f"{PREFIX}{earlier.send.id}", place))


def _recipient(delivery: Delivery, position: Position) -> Recipient:
    suppressed = delivery.state is DeliveryState.SUPPRESSED
    return Recipient(
        parse_address(delivery.address),
        position,
        name=delivery.name,
        values=delivery.values,
        opted_out=(delivery.reply or f"suppressed in {delivery.send}") if suppressed else "",
    )


def _state(word: str) -> DeliveryState:
    try:
        return DeliveryState(word)
    except ValueError:
        known = [state.value for state in DeliveryState]
        raise MailerError(
            f"'{word}' is not a state of a delivery{did_you_mean(word, known)}",
            hint=f"there are {', '.join(known)}",
        ) from None
