"""One compiled issue and one sender, to build messages of; and messages read again, from their bytes."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from mailer.address import Address, parse_address
from mailer.compile.compiled import CompiledIssue
from mailer.message.build import build_message, prepare_messages
from mailer.message.envelope import Message
from mailer.message.sender import Sender
from mailer.message.token import recipient_key

SECRET = bytes(range(32))
DATE = datetime(2026, 11, 2, 17, 30, tzinfo=UTC)
ENDPOINT = "https://news.example.com"
ADDRESS = "alice@example.org"
KEY = recipient_key(SECRET, ADDRESS)

EXPECTED = [
    "From",
    "List-Id",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Precedence",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
]
"""The headers of a plain newsletter's message, in order."""

_HEADER = re.compile(rb"([^\s:]+):((?:[^\r\n]|\r\n(?=[ \t]))*)\r\n")


def compiled(**changed: Any) -> CompiledIssue:
    plain: dict[str, Any] = {
        "slug": "2026-11-02-owls",
        "subject": "The owls are back",
        "html": "<!DOCTYPE html><p>Hello {{ recipient.first_name | default('there') }}, it's Grüße time."
        '<a href="{{ unsubscribe_url }}">Leave</a> <a href="{{ view_url }}">View</a></p>',
        "text": "Hello {{ recipient.first_name | default('there') }}, it's Grüße time.\n\n"
        "Leave: {{ unsubscribe_url }}\nView: {{ view_url }}\n",
        "headers": (
            ("From", "Field Notes <news@example.com>"),
            ("List-Id", "Field Notes <news.example.com>"),
        ),
    }
    return CompiledIssue(**plain | changed)


def sender(**changed: Any) -> Sender:
    plain: dict[str, Any] = {
        "return_path": Address("bounces", "example.com"),
        "list_name": "subscribers",
        "unsubscribe_url": ENDPOINT,
        "unsubscribe_mailto": "leave@example.com",
        "view_url": "https://example.com/news/2026-11-02-owls/",
    }
    return Sender(**plain | changed)


def built(
    issue: CompiledIssue | None = None,
    sent_by: Sender | None = None,
    *,
    address: str = ADDRESS,
    name: str = "Alice Ash",
    values: Mapping[str, str] | None = None,
    date: datetime = DATE,
    copy: str = "",
) -> Message:
    template = prepare_messages(issue or compiled(), sent_by or sender(), SECRET, copy=copy)
    key = recipient_key(SECRET, parse_address(address).canonical)
    return build_message(template, key=key, address=address, name=name, values=values or {}, date=date)


def reread(message: Message) -> EmailMessage:
    """Return the message as the standard library understands its bytes."""
    return message_from_bytes(message.data, policy=policy.default)


def raw_headers(message: Message) -> list[tuple[str, bytes]]:
    """Return names and values as they stand in the bytes, unfolded; the head is nothing but these."""
    head = message.data.partition(b"\r\n\r\n")[0] + b"\r\n"
    assert _HEADER.sub(b"", head) == b""
    return [(name.decode(), value.replace(b"\r\n", b"").strip()) for name, value in _HEADER.findall(head)]


def raw_header(message: Message, name: str) -> bytes:
    [value] = [value for found, value in raw_headers(message) if found == name]
    return value


def header_names(message: Message) -> list[str]:
    return [name for name, _ in raw_headers(message)]


def part(message: Message, subtype: str) -> str:
    """Return what a reader's program shows of the part `text/<subtype>`."""
    [found] = [one for one in reread(message).walk() if one.get_content_type() == f"text/{subtype}"]
    content = found.get_content()
    assert isinstance(content, str)
    return content


def check_bytes(message: Message) -> None:
    """Hold the bytes to HDR-07 and HDR-22: what any relay carries unchanged."""
    head, _, body = message.data.partition(b"\r\n\r\n")
    assert message.data.isascii()
    assert b"\0" not in message.data
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", message.data)
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert max(map(len, body.split(b"\r\n"))) <= 76
    for line in head.split(b"\r\n"):
        assert line.strip(), "a folded line of nothing but white space ends the head for some programs"
