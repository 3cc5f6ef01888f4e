import re
from collections.abc import Callable
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import getaddresses
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.address import Address, Mailbox
from mailer.errors import MessageError
from mailer.message import headers

ALICE = Address("alice", "example.org")
BOB = Address("bob", "example.org")
CONTROLS = ["\r", "\n", "\0", "\r\n", "\x0b", "\x7f", "\x85", "\u2028", "\ud800"]
HIDDEN = ["=?utf-8?q?A=0D=0ABcc=3A_x=40evil=2Etest?=", "=?utf-8?b?QQ0KQmNjOiB4?=", "=?x-none?q?=00?="]


def reread(block: bytes, name: str) -> str:
    value = message_from_bytes(block + b"\r\n", policy=policy.compat32)[name]
    return str(make_header(decode_header(value)))


def check_lines(block: bytes, longest: int = 78) -> None:
    assert block.endswith(b"\r\n")
    for line in block[:-2].split(b"\r\n"):
        assert len(line) <= longest
        assert line.strip()
        assert line == line.rstrip()
        for forbidden in (b"\r", b"\n", b"\0"):
            assert forbidden not in line


def decoded(word: bytes) -> str:
    [(data, charset)] = cast("list[tuple[bytes, str]]", decode_header(word.decode()))
    return data.decode(charset)


def words_of(block: bytes) -> list[bytes]:
    return [word for word in block.split() if word.startswith(b"=?")]


# Text for people


def test_plain_subject_stands_as_it_is() -> None:
    assert headers.unstructured("Subject", "Spring in the field") == b"Subject: Spring in the field\r\n"


def test_long_plain_subject_is_folded_before_spaces() -> None:
    text = "word " * 40 + "end"
    block = headers.unstructured("Subject", text)
    check_lines(block)
    assert block[:-2].replace(b"\r\n", b"") == f"Subject: {text}".encode()


def test_subject_without_spaces_is_never_over_the_limits() -> None:
    block = headers.unstructured("Subject", "https://example.org/" + "x" * 2000)
    check_lines(block)
    assert reread(block, "Subject") == "https://example.org/" + "x" * 2000


@pytest.mark.parametrize("text", ["Grüße aus Köln", "日本語の件名" * 20, "a" * 60 + "é" * 60, "🌱" * 80])
def test_encoded_words_are_short_and_whole(text: str) -> None:
    block = headers.unstructured("Subject", text)
    check_lines(block, longest=76)
    assert block.isascii()
    for word in words_of(block):
        assert len(word) <= 75
        decoded(word)
    assert reread(block, "Subject") == text


def test_literal_encoded_word_shows_literally() -> None:
    text = "How =?utf-8?q?this?= works"
    assert reread(headers.unstructured("Subject", text), "Subject") == text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=300))
def test_any_subject_comes_back(text: str) -> None:
    if not text.strip():
        return
    try:
        block = headers.unstructured("Subject", text)
    except MessageError:
        assert "=?" in text or re.search("[\u202a-\u202e\u2066-\u2069]", text)
        return
    check_lines(block)
    assert reread(block, "Subject") == text.strip()


def test_empty_subject_is_refused() -> None:
    with pytest.raises(MessageError, match="Subject is empty"):
        headers.unstructured("Subject", "  ")


# Injection


@pytest.mark.parametrize("bad", [f"A{control}Bcc: x@evil.test" for control in CONTROLS] + HIDDEN)
def test_control_characters_are_refused_plain_and_encoded(bad: str) -> None:
    refusals: list[Callable[[], bytes]] = [
        lambda: headers.unstructured("Subject", bad),
        lambda: headers.mailboxes("To", [Mailbox(bad, ALICE)]),
        lambda: headers.structured("List-Unsubscribe", bad),
        lambda: headers.list_id("List-Id", f"{bad} <news.example.com>"),
        lambda: headers.mailboxes("To", [Mailbox("", Address(bad, "example.org"))]),
        lambda: headers.mailboxes("To", [Mailbox("", Address("alice", bad))]),
    ]
    for refuse in refusals:
        with pytest.raises(MessageError):
            refuse()


@pytest.mark.parametrize("name", ["", "Sub ject", "Subject:", "Bcc\r\nX", "É", "-x"])
def test_bad_header_name_is_refused(name: str) -> None:
    with pytest.raises(MessageError):
        headers.unstructured(name, "x")


# Mailboxes


@pytest.mark.parametrize(
    ("display", "line"),
    [
        ("", b"To: alice@example.org\r\n"),
        ("Alice Ash", b"To: Alice Ash <alice@example.org>\r\n"),
        ("Ash, Alice", b'To: "Ash, Alice" <alice@example.org>\r\n'),
        ('Alice "A" Ash\\', b'To: "Alice \\"A\\" Ash\\\\" <alice@example.org>\r\n'),
        ("Alice  Ash", b'To: "Alice  Ash" <alice@example.org>\r\n'),
        ("Jörg", b"To: =?utf-8?q?J=C3=B6rg?= <alice@example.org>\r\n"),
    ],
)
def test_display_name_takes_the_plainest_form(display: str, line: bytes) -> None:
    assert headers.mailboxes("To", [Mailbox(display, ALICE)]) == line


@pytest.mark.parametrize(
    "display",
    [
        'A" <x@evil.test>, "B',
        "x@evil.test, y",
        "a <b@evil.test>",
        "(comment) x",
        "group: a;",
        "=?utf-8?q?A?= <x@evil.test>",
        'Jörg" <x@evil.test>, "B',
        "x" * 200,
        ", ".join(["long"] * 50),
        "\\",
        "'",
    ],
)
def test_name_never_makes_a_second_mailbox(display: str) -> None:
    block = headers.mailboxes("To", [Mailbox(display, ALICE)])
    check_lines(block)
    [mailbox] = message_from_bytes(block + b"\r\n", policy=policy.default)["To"].addresses
    assert mailbox.addr_spec == "alice@example.org"
    [(name, address)] = getaddresses([message_from_bytes(block + b"\r\n")["To"]])
    assert address == "alice@example.org"
    assert str(make_header(decode_header(name))) == display


def test_several_mailboxes_are_parted_by_commas() -> None:
    block = headers.mailboxes("Reply-To", [Mailbox("Alice", ALICE), Mailbox("", BOB)])
    assert block == b"Reply-To: Alice <alice@example.org>, bob@example.org\r\n"


def test_address_is_never_encoded() -> None:
    block = headers.mailboxes("To", [Mailbox("Jörg", Address("jörg", "example.org"))])
    assert "<jörg@example.org>".encode() in block


@pytest.mark.parametrize("local", ["a b", "a<b", "a,b", 'a"b', "a@b", "a(b", ""])
def test_address_that_would_need_quoting_is_refused(local: str) -> None:
    with pytest.raises(MessageError):
        headers.mailboxes("To", [Mailbox("", Address(local, "example.org"))])


# Headers for programs


def test_long_list_unsubscribe_stands_verbatim() -> None:
    url = "https://news.example.com/unsubscribe/" + "x" * 300
    block = headers.structured("List-Unsubscribe", f"<{url}>, <mailto:leave@example.com?subject=abc>")
    assert f"<{url}>".encode() in block
    assert b"=?" not in block
    assert block.count(b"\r\n ") == 1
    check_lines(block, longest=998)


def test_comma_inside_an_address_is_no_place_to_fold() -> None:
    url = "<https://example.com/" + "a,b" * 40 + ">"
    assert headers.structured("List-Help", url) == f"List-Help: {url}\r\n".encode()


def test_line_over_998_octets_is_refused() -> None:
    with pytest.raises(MessageError, match="998"):
        headers.structured("List-Unsubscribe", "<https://example.com/" + "x" * 1000 + ">")


def test_structured_header_refuses_what_is_not_ascii() -> None:
    with pytest.raises(MessageError, match="ASCII"):
        headers.structured("List-Unsubscribe", "<https://exämple.com/>")


def test_list_id_encodes_only_its_name() -> None:
    block = headers.list_id("List-Id", '"Grüße" <news.example.com>')
    assert block == b"List-Id: =?utf-8?q?Gr=C3=BC=C3=9Fe?= <news.example.com>\r\n"
    assert headers.list_id("List-Id", "<news.example.com>") == b"List-Id: <news.example.com>\r\n"


@pytest.mark.parametrize("value", ["news", "<a b>", "<a><b>", "<" + "x" * 256 + ">", ""])
def test_list_id_of_another_form_is_refused(value: str) -> None:
    with pytest.raises(MessageError):
        headers.list_id("List-Id", value)


# The quick way for plain cases


NEVER = re.compile(r"(?!)")
NAMES = st.one_of(
    st.text(st.sampled_from("Aab <>@.,\"'=?-é\t"), max_size=90),
    st.lists(st.sampled_from(["Ada", "Lovelace", "x" * 29, "x" * 30, "x" * 31, "x" * 39]), max_size=4).map(
        " ".join
    ),
)
LOCALS = st.one_of(st.text(st.sampled_from("aZ09._+-'é "), max_size=12), st.just("x" * 60))


@given(text=st.one_of(NAMES, st.text(max_size=90)))
def test_a_plain_subject_is_written_as_the_careful_way_does(text: str) -> None:
    assert outcome(lambda: headers.unstructured("Subject", text)) == carefully(
        lambda: headers.unstructured("Subject", text)
    )


@given(
    display=NAMES,
    local=LOCALS,
    domain=st.sampled_from(["example.org", "x", "a..b", "-", "É.org", "x" * 50 + ".org"]),
)
def test_a_plain_mailbox_is_written_as_the_careful_way_does(display: str, local: str, domain: str) -> None:
    box = Mailbox(display, Address(local, domain))

    assert outcome(lambda: headers.mailboxes("To", [box])) == carefully(
        lambda: headers.mailboxes("To", [box])
    )


def outcome(write: Callable[[], bytes]) -> bytes | str:
    try:
        return write()
    except MessageError as error:
        return str(error)


def carefully(write: Callable[[], bytes]) -> bytes | str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(headers, "_PLAIN_TEXT", NEVER)
        patch.setattr(headers, "_PLAIN_MAILBOX", NEVER)
        return outcome(write)
