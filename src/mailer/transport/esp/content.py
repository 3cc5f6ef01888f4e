"""Message -> what an API takes instead of bytes: the same headers, the same bodies."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message as Part
from email.utils import parseaddr
from uuid import UUID

from mailer.address import Mailbox, parse_address
from mailer.message.envelope import Message

_FIELDS = frozenset({"from", "to", "subject", "reply-to"})
"""The headers that every API has fields for."""

_THEIRS = frozenset({"date", "dkim-signature", "mime-version", "return-path"})
"""The headers that a provider writes itself, because it signs and dates what it sends."""

_FOLD = re.compile(r"\r?\n(?=[ \t])")
_ID_OF_LIST = re.compile(r"<[^<>]+>\s*$")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that the HTML names by `cid:` and its `content_id`, which stands here without brackets."""

    name: str
    media_type: str
    content_id: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Content:
    """
    One recipient's copy in the fields of an API.

    `headers` are all others, in ASCII, as they stand in the message but on one line each. The lines of `text`
    and `html` end in a line feed.
    """

    sender: Mailbox
    recipient: Mailbox
    subject: str
    text: str
    html: str = ""
    reply_to: Mailbox | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    pictures: tuple[Picture, ...] = ()

    @property
    def fingerprint(self) -> UUID:
        """Return a UUID that is the same for the same copy, at whatever time it is built."""
        return UUID(bytes=hashlib.sha256(repr(self).encode()).digest()[:16], version=4)


def content_of(message: Message) -> Content:
    """Return the content of a finished message; its bytes stay the one source."""
    parsed = message_from_bytes(message.data, policy=policy.compat32)
    headers = {name: _FOLD.sub("", str(value)) for name, value in parsed.items()}
    fields = {name.lower(): value for name, value in headers.items()}
    parts = [part for part in parsed.walk() if not part.is_multipart()]
    return Content(
        sender=_mailbox(fields["from"]) if "from" in fields else Mailbox("", message.envelope.sender),
        recipient=Mailbox(_name(fields.get("to", "")), message.envelope.recipient),
        subject=_decoded(fields.get("subject", "")),
        text=_text(parts, "text/plain"),
        html=_text(parts, "text/html"),
        reply_to=_mailbox(fields["reply-to"]) if "reply-to" in fields else None,
        headers=dict(_others(headers)),
        pictures=tuple(_picture(part) for part in parts if part.get_content_maintype() == "image"),
    )


def _others(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in headers.items():
        lower = name.lower()
        if lower in _FIELDS or lower in _THEIRS or lower.startswith("content-"):
            continue
        # Its name is for people, and some providers write encoded words out again, as they should not.
        only_id = _ID_OF_LIST.search(value) if lower == "list-id" and "=?" in value else None
        yield name, only_id[0] if only_id else value


def _mailbox(value: str) -> Mailbox:
    return Mailbox(_name(value), parse_address(parseaddr(value)[1]))


def _name(value: str) -> str:
    return _decoded(parseaddr(value)[0])


def _decoded(value: str) -> str:
    return str(make_header(decode_header(value))) if "=?" in value else value


def _text(parts: list[Part], media_type: str) -> str:
    found = (part.get_payload(decode=True) for part in parts if part.get_content_type() == media_type)
    data = next(found, b"")
    assert isinstance(data, bytes)
    return data.decode().replace("\r\n", "\n")


def _picture(part: Part) -> Picture:
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)
    content_id = str(part.get("Content-ID", "")).strip().strip("<>")
    return Picture(part.get_filename() or "", part.get_content_type(), content_id, data)
