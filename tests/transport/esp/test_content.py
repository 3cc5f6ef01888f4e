"""Finished message -> the fields of an API: nothing is lost on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.message.given import DATE, built, compiled

from mailer.address import Address, Mailbox
from mailer.message.envelope import Envelope, Message
from mailer.message.headers import mailboxes, unstructured
from mailer.transport.esp.content import content_of

NAMES = st.text(st.characters(categories=["L", "N", "Zs", "P", "S"]), max_size=60).map(str.strip)


def message(head: bytes) -> Message:
    envelope = Envelope(Address("bounces", "example.com"), Address("alice", "example.org"))
    return Message("key", envelope, "<1@example.com>", head + b"\r\nHello\r\n")


@given(NAMES)
def test_names_come_through_whatever_is_in_them(name: str) -> None:
    line = mailboxes("To", [Mailbox(name, Address("alice", "example.org"))])
    assert content_of(message(line)).recipient == Mailbox(name, Address("alice", "example.org"))


@given(NAMES.filter(bool))
def test_subjects_come_through_whatever_is_in_them(subject: str) -> None:
    assert content_of(message(unstructured("Subject", subject))).subject == subject


def test_the_recipient_is_whom_the_envelope_names() -> None:
    head = b"To: Somebody Else <other@example.net>\r\n"
    assert content_of(message(head)).recipient == Mailbox("Somebody Else", Address("alice", "example.org"))


def test_folded_headers_stand_on_one_line_as_they_were() -> None:
    head = b"List-Unsubscribe: <https://news.example.com/u/1>,\r\n <mailto:leave@example.com>\r\n"
    headers = content_of(message(head)).headers
    assert headers == {"List-Unsubscribe": "<https://news.example.com/u/1>, <mailto:leave@example.com>"}


def test_what_the_provider_writes_itself_is_left_to_it() -> None:
    head = b"Date: Mon, 02 Nov 2026 17:30:00 +0000\r\nDKIM-Signature: v=1\r\nMIME-Version: 1.0\r\nX-A: b\r\n"
    assert content_of(message(head)).headers == {"X-A": "b"}


def test_the_fingerprint_is_of_the_copy_and_not_of_the_moment() -> None:
    first, later = content_of(built()), content_of(built(date=DATE.replace(year=2027)))
    assert first.fingerprint == later.fingerprint
    others = [
        built(address="bob@example.org"),
        built(name="A"),
        built(compiled(subject="Else")),
        built(copy="1"),
    ]
    assert len({content_of(one).fingerprint for one in [*others, built()]}) == 5


@pytest.mark.parametrize("text", ["one\r\n.two\r\n", "Grüße\r\n\r\nEnde\r\n"])
def test_text_has_plain_line_ends(text: str) -> None:
    data = b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + text.encode()
    envelope = Envelope(Address("a", "example.com"), Address("b", "example.com"))
    assert content_of(Message("k", envelope, "<1@x>", data)).text == text.replace("\r\n", "\n")
