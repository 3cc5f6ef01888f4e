"""CompiledIssue + recipient -> Message: the one place where a message is put together."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import quote

from mailer.address import Mailbox, parse_address, parse_mailbox
from mailer.compile.compiled import CompiledIssue
from mailer.errors import MessageError
from mailer.message import headers
from mailer.message.envelope import Envelope, Message
from mailer.message.mime import alternative, boundary_for
from mailer.message.personalize import Links, Personalizer, prepare
from mailer.message.sender import Sender
from mailer.message.token import message_id, unsubscribe_token

_FIELD = re.compile(rb"(?P<name>[!-9;-~]+):[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*")
_CONSTANT: Mapping[str, Callable[[str, str], bytes]] = {
    "From": lambda name, value: headers.mailboxes(name, [parse_mailbox(value)]),
    "Reply-To": lambda name, value: headers.mailboxes(name, [parse_mailbox(value)]),
    "List-Id": headers.list_id,
    "Feedback-ID": headers.structured,
}
"""How each constant header of a compiled issue is written."""


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """
    What all messages of a send share, prepared once.

    `secret` signs tokens and Message-IDs. `copy` is empty for deliveries; the copies that staff get have one
    of their own, and their unsubscribe link unsubscribes nobody.
    """

    issue: CompiledIssue
    personalizer: Personalizer
    sender: Sender
    secret: bytes = field(repr=False)
    constant: bytes
    domain: str
    copy: str = ""


def prepare_messages(
    issue: CompiledIssue, sender: Sender, secret: bytes, *, copy: str = "", sample: bool = False
) -> MessageTemplate:
    """Compile what the messages of an issue share; MessageError for a header that cannot be written."""
    constant = dict(issue.headers)
    return MessageTemplate(
        issue=issue,
        personalizer=prepare(issue, sample=sample),
        sender=sender,
        secret=secret,
        constant=b"".join(_constant(name, value) for name, value in issue.headers),
        domain=parse_mailbox(constant["From"]).address.domain,
        copy=copy,
    )


def build_message(
    template: MessageTemplate, *, key: str, address: str, name: str, values: Mapping[str, str], date: datetime
) -> Message:
    """
    Return one recipient's copy; `date` is the moment of sending.

    Raises MessageError for a missing value without default and for what cannot be written.
    """
    recipient = parse_address(address)
    links = links_for(template, key)
    filled = template.personalizer.fill(values, links)
    identity = message_id(
        template.secret, issue=template.issue.slug, key=key, domain=template.domain, copy=template.copy
    )
    mime, body = alternative(filled.text, filled.html, boundary=boundary_for(identity))
    head = b"".join(
        [
            template.constant,
            headers.mailboxes("To", [Mailbox(name, recipient)]),
            headers.unstructured("Subject", filled.subject),
            headers.structured("Date", format_datetime(date)),
            headers.structured("Message-ID", identity),
            *_unsubscribe(links.unsubscribe_url, _mailto(template, key)),
            headers.structured("Precedence", "bulk"),
            headers.structured("X-Auto-Response-Suppress", "OOF, AutoReply"),
            mime,
        ]
    )
    _check_head(head)
    envelope = Envelope(template.sender.return_path, recipient)
    return Message(key, envelope, identity, head + b"\r\n" + body)


def _constant(name: str, value: str) -> bytes:
    if name not in _CONSTANT:
        raise MessageError(f"{name} is no header that an issue can set")
    return _CONSTANT[name](name, value)


def links_for(template: MessageTemplate, key: str) -> Links:
    """Return the links of one recipient: https where there is an endpoint, else by mail."""
    base = template.sender.unsubscribe_url.rstrip("/")
    url = f"{base}/u/{_token(template, key)}" if base else _mailto(template, key)
    return Links(url, template.sender.view_url)


def _token(template: MessageTemplate, key: str) -> str:
    return unsubscribe_token(
        template.secret, list_name=template.sender.scope, key=key, test=bool(template.copy)
    )


def _mailto(template: MessageTemplate, key: str) -> str:
    address = template.sender.unsubscribe_mailto
    return (
        f"mailto:{quote(address, safe='@')}?subject=unsubscribe%20{_token(template, key)}" if address else ""
    )


def _unsubscribe(url: str, mailto: str) -> Iterator[bytes]:
    """Yield List-Unsubscribe (RFC 2369) and, for https only, List-Unsubscribe-Post (RFC 8058 §3.1)."""
    ways = [way for way in dict.fromkeys((url, mailto)) if way]
    if ways:
        yield headers.structured("List-Unsubscribe", ", ".join(f"<{way}>" for way in ways))
    if url.startswith("https:"):
        yield headers.structured("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")


def _check_head(head: bytes) -> None:
    """Read the finished headers once more: nothing but whole fields, none of them twice (RFC 5322 §3.6)."""
    names = [found["name"].decode().title() for found in _FIELD.finditer(head)]
    if twice := {name for name in names if names.count(name) > 1}:
        raise MessageError(f"the message would have {', '.join(sorted(twice))} twice")
    if _FIELD.sub(b"", head) or b"\0" in head:
        raise MessageError("the headers came out wrong; the message was not built")
