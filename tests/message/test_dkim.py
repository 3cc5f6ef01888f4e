"""A signature that others accept, that covers what it should, and that breaks where something is changed."""

import os
import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.message.dkim_keys import dkimpy_accepts, opendkim_accepts, signer
from tests.message.given import DATE, KEY, SECRET, built, check_bytes, compiled, header_names, sender

from mailer.message.build import build_message, prepare_messages
from mailer.message.envelope import Message

FROM = ("From", "Field Notes <news@example.com>")
EVERY_HEADER = compiled(
    headers=(
        FROM,
        ("Reply-To", "Grüße <editors@example.com>"),
        ("List-Id", "Field Notes <news.example.com>"),
        ("Feedback-ID", "owls:list:news:fieldnotes"),
    )
)

needs_opendkim = pytest.mark.skipif(
    shutil.which("opendkim") is None and os.environ.get("MAILER_TEST_TOOLS") != "required",
    reason="opendkim (Debian: apt-get install opendkim) is not installed",
)


def signed(**changed: str) -> Message:
    template = prepare_messages(EVERY_HEADER, sender(), SECRET, sign=signer())
    values = {"first_name": changed.get("first_name", "Zoë")}
    return build_message(
        template,
        key=KEY,
        address="alice@example.org",
        name=changed.get("name", "Alice"),
        values=values,
        date=DATE,
    )


def tags(message: Message) -> dict[str, str]:
    """Return the tags of the signature, white space left out."""
    found = re.match(rb"DKIM-Signature:((?:[^\r\n]|\r\n[ \t])*)\r\n", message.data)
    assert found
    parts = re.sub(r"\s", "", found[1].decode()).split(";")
    return dict(part.split("=", 1) for part in parts)


def test_another_implementation_accepts_the_signature() -> None:
    assert dkimpy_accepts(signed().data)


def test_a_signed_message_is_carried_by_any_relay() -> None:
    message = signed()

    check_bytes(message)
    assert header_names(message)[0] == "DKIM-Signature"
    assert max(map(len, message.data.partition(b"From:")[0].split(b"\r\n"))) <= 78


def test_the_signature_says_what_receivers_ask_for() -> None:
    found = tags(signed())

    assert found["v"] == "1"
    assert found["a"] == "rsa-sha256"
    assert found["c"] == "relaxed/simple"
    assert (found["d"], found["s"]) == ("example.com", "autumn")
    assert found["t"] == str(int(DATE.timestamp()))
    assert found.keys() == {"v", "a", "c", "t", "d", "s", "h", "bh", "b"}


def test_the_signature_covers_each_header_that_matters() -> None:
    names = tags(signed())["h"].split(":")

    assert {names.count(name) for name in ("From", "List-Unsubscribe", "List-Unsubscribe-Post")} == {2}
    assert set(names) == {
        *("From", "To", "Cc", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type"),
        *("Content-Transfer-Encoding", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"),
        "Feedback-ID",
    }


Change = Callable[[bytes], bytes]


def add(line: bytes) -> Change:
    return lambda data: line + b"\r\n" + data


def change(old: bytes, new: bytes) -> Change:
    def changed(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new, 1)

    return changed


BREAKING: dict[str, Change] = {
    "another way out": change(b"<https://news.example.com/u/", b"<https://evil.test/u/"),
    "a second way out": add(b"List-Unsubscribe: <https://evil.test/>"),
    "a second one-click": add(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click"),
    "no one-click": change(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", b""),
    "a second sender": add(b"From: Mallory <m@evil.test>"),
    "another subject": change(b"Subject: The", b"Subject: No"),
    "another reply-to": change(b"<editors@", b"<writers@"),
    "another list": change(b"<news.example.com>", b"<spam.example.com>"),
    "a copy to others": add(b"Cc: all@evil.test"),
    "another encoding": add(b"Content-Transfer-Encoding: base64"),
    "another boundary": change(b'boundary="=_', b'boundary="=__'),
    "another word": change(b"time.", b"tome."),
    "a line more": lambda data: data + b"Buy!\r\n",
    "another moment": change(b" t=", b" t=1"),
}


@pytest.mark.parametrize("what", BREAKING)
def test_a_change_breaks_the_signature(what: str) -> None:
    assert not dkimpy_accepts(BREAKING[what](signed().data))


HARMLESS: dict[str, Change] = {
    "a relay's own line": add(b"Received: from a by b; Mon, 02 Nov 2026 17:30:01 +0000"),
    "another fold": change(b"Field Notes <news@", b"Field Notes\r\n <news@"),
    "capitals in a name": change(b"\r\nSubject:", b"\r\nSUBJECT:"),
    "empty lines at the end": lambda data: data + b"\r\n\r\n",
}


@pytest.mark.parametrize("what", HARMLESS)
def test_what_relays_do_leaves_the_signature_whole(what: str) -> None:
    assert dkimpy_accepts(HARMLESS[what](signed().data))


@pytest.mark.parametrize("body", [b"", b"\r\n", b"a", b"a\r\n", b"a\r\n\r\n\r\n", b"\r\n\r\na \r\n"])
def test_any_end_of_a_body_is_signed_as_others_read_it(body: bytes) -> None:
    data = b"From: a@example.com\r\nX-A:  b \r\nList-Id:\r\n\t<a.b> \r\n\r\n" + body

    assert dkimpy_accepts(signer()(data, DATE))


@settings(max_examples=25, deadline=None)
@given(
    name=st.text(st.sampled_from("aÄ, .\"<'"), max_size=60),
    value=st.text(st.sampled_from("aü. =\n"), max_size=90),
)
def test_any_recipient_gets_a_valid_signature(name: str, value: str) -> None:
    assert dkimpy_accepts(signed(name=name, first_name=value).data)


def test_the_same_message_signed_later_differs_in_its_signature_alone() -> None:
    data = built().data
    first, second = signer()(data, DATE), signer()(data, DATE + timedelta(hours=1))

    assert first != second
    assert first.endswith(data)
    assert second.endswith(data)


@needs_opendkim
def test_opendkim_accepts_the_signature(tmp_path: Path) -> None:
    data = signed().data

    assert opendkim_accepts(data, tmp_path)
    assert opendkim_accepts(HARMLESS["another fold"](data), tmp_path)


@needs_opendkim
@pytest.mark.parametrize("what", ["a second way out", "another way out", "a second sender", "another word"])
def test_opendkim_refuses_what_was_changed(tmp_path: Path, what: str) -> None:
    assert not opendkim_accepts(BREAKING[what](signed().data), tmp_path)
