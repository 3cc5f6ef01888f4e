"""CompiledIssue + recipient -> Message: the one place where a message is put together."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import quote

from mailer.address import Mailbox, parse_address, parse_mailbox
from mailer.compile.compiled import CompiledIssue
from mailer.errors import IssueError, MessageError
from mailer.message import headers
from mailer.message.envelope import Envelope, Message
from mailer.message.mime import alternative, boundary_for, encode_constants, mime_headers
from mailer.message.personalize import Links, Personalizer, prepare
from mailer.message.related import Album, album_of
from mailer.message.sender import Sender
from mailer.message.token import message_id, unsubscribe_token

Sign = Callable[[bytes, datetime], bytes]
"""Returns a whole message signed, at the moment of sending."""

_NOBODY = "a" * 26
"""A recipient key that stands for all: every token of a list has the same length."""

_VALUE = rb".*(?:\r\n[ \t].*)*\r\n"
_OWN_HEAD = re.compile(
    b"".join(b"%s:%s" % (name, _VALUE) for name in (b"To", b"Subject", b"Date", b"Message-ID"))
)
"""The headers that are different for each recipient, each `\n` after a `\r`."""

_NO_SUBJECT = "write a subject that nobody's values leave empty: {{ … | default('…') }}"

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
    of their own, and their unsubscribe link unsubscribes nobody. `constants` are the chunks of HTML and text
    that are encoded already, `album` the pictures that go with the HTML, `head` the headers before the
    recipient's own. `ways_out` are the bytes of List-Unsubscribe and what follows, between the places of the
    token.
    """

    issue: CompiledIssue
    personalizer: Personalizer
    sender: Sender
    secret: bytes = field(repr=False)
    head: bytes
    ways_out: Sequence[bytes]
    constants: Mapping[str, bytes] = field(repr=False)
    boundary: str
    album: Album
    domain: str
    copy: str = ""
    sign: Sign | None = None


def prepare_messages(
    issue: CompiledIssue,
    sender: Sender,
    secret: bytes,
    *,
    copy: str = "",
    sample: bool = False,
    sign: Sign | None = None,
) -> MessageTemplate:
    """
    Compile what the messages of an issue share.

    Raises MessageError for a header that cannot be written, IssueError for a subject.
    """
    constant = dict(issue.headers)
    _check_once([name for name, _ in issue.headers])
    personalizer = prepare(issue, sample=sample)
    if not issue.has_own_subjects:
        _subject_line(issue, personalizer.fill_subject({}, Links("")))
    boundary = boundary_for(issue.slug)
    return MessageTemplate(
        issue=issue,
        personalizer=personalizer,
        sender=sender,
        secret=secret,
        head=b"".join(_constant(name, value) for name, value in issue.headers),
        ways_out=_rest_of_head(
            sender, boundary, unsubscribe_token(secret, list_name=sender.scope, key=_NOBODY)
        ),
        constants=encode_constants(personalizer.constants),
        boundary=boundary,
        album=album_of(issue.images, boundary_for(f"{issue.slug} related")),
        domain=parse_mailbox(constant["From"]).address.domain,
        copy=copy,
        sign=sign,
    )


def build_message(
    template: MessageTemplate, *, key: str, address: str, name: str, values: Mapping[str, str], date: datetime
) -> Message:
    """
    Return one recipient's copy; `date` is the moment of sending.

    Raises MessageError for a missing value without default and for what cannot be written, IssueError for a
    subject that cannot.
    """
    recipient = parse_address(address)
    token = _token(template, key)
    filled = template.personalizer.fill(values, _links(template.sender, token))
    identity = message_id(
        template.secret, issue=template.issue.slug, key=key, domain=template.domain, copy=template.copy
    )
    own = b"".join(
        [
            headers.mailboxes("To", [Mailbox(name, recipient)]),
            _subject_line(template.issue, filled.subject),
            _date_line(int(date.timestamp()), date.tzinfo),
            f"Message-ID: {identity}\r\n".encode(),
        ]
    )
    if not _OWN_HEAD.fullmatch(own) or b"\0" in own or own.count(b"\r") != own.count(b"\n"):
        raise MessageError("the headers came out wrong; the message was not built")
    body = alternative(
        filled.text_chunks,
        filled.html_chunks,
        constants=template.constants,
        boundary=template.boundary,
        related=template.album.related_to(filled.html_chunks),
    )
    data = b"".join([template.head, own, token.encode().join(template.ways_out), *body])
    signed = template.sign(data, date) if template.sign else data
    envelope = Envelope(template.sender.return_path, recipient)
    return Message(key, envelope, identity, signed, dotless=True, date=date)


def check_subject(template: MessageTemplate, values: Mapping[str, str]) -> None:
    """Raise what `build_message` would raise about a recipient's subject."""
    _subject_line(template.issue, template.personalizer.fill_subject(values, Links("")))


def links_for(template: MessageTemplate, key: str) -> Links:
    """Return the links of one recipient: https where there is an endpoint, else by mail."""
    return _links(template.sender, _token(template, key))


def _subject_line(issue: CompiledIssue, subject: str) -> bytes:
    try:
        return headers.unstructured("Subject", subject)
    except MessageError as error:
        if issue.subject_position is None:
            raise
        raise IssueError(error.message, issue.subject_position, hint=error.hint or _NO_SUBJECT) from None


def _constant(name: str, value: str) -> bytes:
    if name not in _CONSTANT:
        raise MessageError(f"{name} is no header that an issue can set")
    return _CONSTANT[name](name, value)


def _check_once(names: Sequence[str]) -> None:
    """Refuse a header that would stand twice (RFC 5322 §3.6)."""
    if twice := {name for name in names if names.count(name) > 1}:
        raise MessageError(f"the message would have {', '.join(sorted(twice))} twice")


@lru_cache(maxsize=8)
def _date_line(second: int, zone: tzinfo | None) -> bytes:
    """Return the line that all messages of a second have."""
    return headers.structured("Date", format_datetime(datetime.fromtimestamp(second, zone)))


def _token(template: MessageTemplate, key: str) -> str:
    return unsubscribe_token(
        template.secret, list_name=template.sender.scope, key=key, test=bool(template.copy)
    )


def _links(sender: Sender, token: str) -> Links:
    return Links(_one_click(sender, token) or _by_mail(sender, token), sender.view_url)


def _one_click(sender: Sender, token: str) -> str:
    """Return the address for leaving with one click, empty where there is none."""
    base = sender.unsubscribe_url.rstrip("/")
    return f"{base}/u/{token}" if base else ""


def _by_mail(sender: Sender, token: str) -> str:
    """Return the address for leaving by mail, empty where there is none."""
    address = sender.unsubscribe_mailto
    return f"mailto:{quote(address, safe='@')}?subject=unsubscribe%20{token}" if address else ""


def _rest_of_head(sender: Sender, boundary: str, token: str) -> Sequence[bytes]:
    """Return the headers that differ in the token alone, to the end of the head, cut where `token` stands."""
    lines = [
        *_unsubscribe(_one_click(sender, token), _by_mail(sender, token)),
        headers.structured("Precedence", "bulk"),
        headers.structured("X-Auto-Response-Suppress", "OOF, AutoReply"),
        mime_headers(boundary),
        b"\r\n",
    ]
    return b"".join(lines).split(token.encode())


def _unsubscribe(url: str, mailto: str) -> Iterator[bytes]:
    """Yield List-Unsubscribe (RFC 2369) and, for https only, List-Unsubscribe-Post (RFC 8058 §3.1)."""
    ways = [way for way in (url, mailto) if way]
    if ways:
        yield headers.structured("List-Unsubscribe", ", ".join(f"<{way}>" for way in ways))
    if url.startswith("https:"):
        yield headers.structured("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
