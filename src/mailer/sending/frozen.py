"""Frozen send -> the function that builds each recipient's message; it reads no file."""

from collections.abc import Callable
from datetime import datetime

from mailer.compile.compiled import CompiledIssue
from mailer.compile.merge.probe import compile_probe
from mailer.ledger.delivery import Delivery, PlannedRecipient, Send
from mailer.message.build import MessageTemplate, Sign, build_message, check_subject, prepare_messages
from mailer.message.envelope import Message
from mailer.message.sender import Sender
from mailer.transport.base import Particular, Transport

Builder = Callable[[PlannedRecipient | Delivery], Message]
"""Builds one recipient's message; MailerError where that cannot be done."""


def builder_of(send: Send, secret: bytes, now: Callable[[], datetime], sign: Sign | None = None) -> Builder:
    """Return the builder of a frozen send; `now` gives the moment of sending, `sign` signs (None: nobody)."""
    issue, sender = CompiledIssue.from_json(send.content), Sender.from_json(send.settings)
    return builder_with(prepare_messages(issue, sender, secret, sign=sign), now)


def require_carried(template: MessageTemplate, transport: Transport) -> None:
    """Raise TransportError where a transport can carry nobody's copy of an issue."""
    if isinstance(transport, Particular):
        transport.require(template)


def checker_with(template: MessageTemplate) -> Callable[[PlannedRecipient], object] | None:
    """Return what raises for those whose message cannot be built, sooner than that; None where all can."""
    probe = compile_probe(template.issue)
    has_own_subjects = template.issue.has_own_subjects
    if not (has_own_subjects or probe.may_fail):
        return None

    def check(recipient: PlannedRecipient) -> None:
        if has_own_subjects:
            check_subject(template, recipient.values)
        if probe.may_fail:
            probe.signature(recipient.values)

    return check


def builder_with(template: MessageTemplate, now: Callable[[], datetime]) -> Builder:
    """Return the builder that uses a template."""

    def build(recipient: PlannedRecipient | Delivery) -> Message:
        return build_message(
            template,
            key=recipient.key,
            address=recipient.address,
            name=recipient.name,
            values=recipient.values,
            date=now(),
        )

    return build
