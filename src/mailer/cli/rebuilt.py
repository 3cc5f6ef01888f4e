"""One delivery of a send, built again for `mailer build SEND --as ADDRESS`."""

from collections.abc import Iterator
from typing import Any

from mailer.address import Address
from mailer.cli.console import note
from mailer.errors import MailerError
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Delivery
from mailer.message.build import Sign
from mailer.message.token import recipient_key
from mailer.project import Project
from mailer.project.transports import signers_of
from mailer.sending.rebuild import Rebuilt, rebuild


def rebuilt_for(project: Project, ledger: Ledger, send: str, wanted: Address) -> tuple[Delivery, Rebuilt]:
    """Return what a person was handed over in a send; MailerError where they are not in it."""
    secret = project.key_for(ledger)
    history = ledger.history(recipient_key(secret, wanted.canonical))
    delivery = next((one for found, one in history if found.id == send), None)
    if delivery is None:
        raise MailerError(f"{wanted} is not in send {send}", hint=f"see `mailer status {send} --deliveries`")
    signs = _signs(project, delivery)
    return delivery, rebuild(ledger.find_send(send), delivery, secret, signs)


def _signs(project: Project, delivery: Delivery) -> Iterator[Sign | None]:
    """Yield nobody first: the key of a signature is not needed where there was none."""
    yield None
    yield from signers_of(delivery.transport, project.config)


def note_rebuilt(delivery: Delivery, rebuilt: Rebuilt) -> None:
    """Tell what the files are: the very message with its time and answer, or why it may be another."""
    if rebuilt.doubt:
        note(f"warning: {rebuilt.doubt}")
    elif delivery.dated:
        answer = " ".join(f"{delivery.state} {delivery.code or ''} {delivery.reply}".split())
        when = delivery.dated.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        note(f"the very message handed over at {when}, {delivery.message_id}: {answer}")


def rebuilt_json(delivery: Delivery, rebuilt: Rebuilt) -> dict[str, Any]:
    """Return what the document of `build` holds of a delivery."""
    return {
        "send": delivery.send,
        "message_id": delivery.message_id,
        "handed_over": rebuilt.handed_over,
        "exact": rebuilt.exact,
    }
