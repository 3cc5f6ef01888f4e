"""No name, subject or merge value makes a header, a mailbox or a part of its own."""

import re
from collections.abc import Callable
from email.utils import getaddresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.message.given import (
    ADDRESS,
    EXPECTED,
    built,
    check_bytes,
    compiled,
    header_names,
    part,
    raw_header,
    raw_headers,
    reread,
    sender,
)

from mailer.errors import MessageError
from mailer.message.envelope import Message

FROM = ("From", "Field Notes <news@example.com>")
GREETING = compiled(subject="{{ recipient.first_name | default('Hello') }}, the owls are back")

INJECTIONS = [
    "A\r\nBcc: x@evil.test",
    "A\nBcc: x@evil.test",
    "A\rBcc: x@evil.test",
    "A\r\n\r\n<p>Body",
    "A\0B",
    "A\u2028Bcc: x@evil.test",
    "A\x85Bcc: x@evil.test",
    "=?utf-8?q?A=0D=0ABcc=3A_x=40evil=2Etest?=",
    "=?UTF-8?Q?A=0D=0ABcc=3A_x=40evil=2Etest?=",
    "=?utf-8?b?QQ0KQmNjOiB4QGV2aWwudGVzdA==?=",
    "=?utf-8*en?q?A=0ABcc=3A_x?=",
    "Grüße =?utf-8?q?A=0D=0ABcc=3A_x=40evil=2Etest?=",
]


def in_name(bad: str) -> Message:
    return built(name=bad)


def in_subject(bad: str) -> Message:
    return built(compiled(subject=bad.replace("{", "")))


def in_merge_field_of_the_subject(bad: str) -> Message:
    return built(GREETING, values={"first_name": bad})


def in_from(bad: str) -> Message:
    return built(compiled(headers=(("From", f"{bad} <news@example.com>"),)))


def in_reply_to(bad: str) -> Message:
    return built(compiled(headers=(FROM, ("Reply-To", f'"{bad}" <news@example.com>'))))


def in_feedback_id(bad: str) -> Message:
    return built(compiled(headers=(FROM, ("Feedback-ID", bad))))


def in_list_id(bad: str) -> Message:
    return built(compiled(headers=(FROM, ("List-Id", f"{bad} <news.example.com>"))))


def in_address(bad: str) -> Message:
    return built(address=f"alice@example.org{bad}")


def in_unsubscribe_url(bad: str) -> Message:
    return built(sent_by=sender(unsubscribe_url=f"https://example.com/{bad}"))


@pytest.mark.parametrize("bad", INJECTIONS)
@pytest.mark.parametrize(
    "place",
    [
        in_name,
        in_subject,
        in_merge_field_of_the_subject,
        in_from,
        in_reply_to,
        in_feedback_id,
        in_list_id,
        in_address,
        in_unsubscribe_url,
    ],
)
def test_nothing_makes_a_header_of_its_own(place: Callable[[str], Message], bad: str) -> None:
    try:
        message = place(bad)
    except MessageError:
        return
    assert place in {in_subject, in_merge_field_of_the_subject}, "only a subject's white space is folded"
    assert set(header_names(message)) <= set(EXPECTED)
    assert not re.search(rb"(?i)(?:^|\n)bcc", message.data.partition(b"\r\n\r\n")[0])
    assert reread(message)["Bcc"] is None


def test_a_value_with_a_line_break_stays_in_the_body() -> None:
    message = built(values={"first_name": "A\r\n--x\r\nBcc: y@evil.test\r\n\r\n.\r\nQUIT"})

    assert header_names(message) == EXPECTED
    assert [one.get_content_type() for one in reread(message).walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert not re.search(rb"(?m)^\.", message.data)
    assert "Bcc: y@evil.test" in part(message, "plain")


@pytest.mark.parametrize(
    "name",
    [
        'A" <x@evil.test>, "B',
        "x@evil.test, y",
        "a <b@evil.test>",
        "a; b: c,",
        "\\",
        "(a",
        '"',
        'Ä" <x@y.test>',
    ],
)
def test_a_name_is_never_a_second_mailbox(name: str) -> None:
    message = built(name=name)

    assert [address for _, address in getaddresses([raw_header(message, "To").decode()])] == [ADDRESS]
    assert [box.addr_spec for box in reread(message)["To"].addresses] == [ADDRESS]
    assert header_names(message) == EXPECTED


ANY_TEXT = st.one_of(
    st.text(max_size=120),
    st.lists(
        st.sampled_from(
            [
                "\r\n",
                "\n",
                " ",
                "Bcc: x",
                "=?utf-8?q?",
                "=0D=0A",
                "?=",
                '"',
                "<x@y.test>",
                ",",
                "é",
                "{{",
                "%}",
            ]
        ),
        max_size=12,
    ).map("".join),
)


@settings(max_examples=150, deadline=None)
@given(name=ANY_TEXT, value=ANY_TEXT, subject=ANY_TEXT)
def test_any_values_give_exactly_the_expected_headers_or_are_refused(
    name: str, value: str, subject: str
) -> None:
    values = {"first_name": value, "subject": subject}
    try:
        message = built(compiled(subject="Owls {{ recipient.subject }}"), name=name, values=values)
    except MessageError:
        return

    check_bytes(message)
    assert header_names(message) == EXPECTED
    assert list(reread(message).keys()) == EXPECTED
    assert len(getaddresses([raw_header(message, "To").decode()])) == 1
    assert all(b"\n" not in value for _, value in raw_headers(message))
