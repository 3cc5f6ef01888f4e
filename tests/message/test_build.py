"""What stands in the bytes of a message, by rules HDR and LST."""

import builtins
import re
from datetime import datetime
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime
from unittest.mock import Mock
from zoneinfo import ZoneInfo

import pytest
from tests.message.given import (
    ADDRESS,
    DATE,
    EXPECTED,
    KEY,
    SECRET,
    built,
    check_bytes,
    compiled,
    header_names,
    part,
    raw_header,
    reread,
    sender,
)

from mailer.compile.merge.send import compile_send_template
from mailer.errors import MessageError
from mailer.message import personalize
from mailer.message.build import build_message, prepare_messages
from mailer.message.token import recipient_key

FROM = ("From", "Field Notes <news@example.com>")
LONG_NAME = "Überaus lange Namen und Worte, die in keine Zeile passen " * 4
GREETING = compiled(subject="{{ recipient.first_name | default('Hello') }}, the owls are back")


def decoded(value: bytes) -> str:
    return str(make_header(decode_header(value.decode())))


# The head as a whole


def test_each_header_stands_once_and_in_order() -> None:
    message = built()

    assert header_names(message) == EXPECTED
    assert reread(message).defects == []
    check_bytes(message)


def test_values_of_a_plain_message() -> None:
    message = built()

    assert raw_header(message, "From") == b"Field Notes <news@example.com>"
    assert raw_header(message, "To") == b"Alice Ash <alice@example.org>"
    assert raw_header(message, "Subject") == b"The owls are back"
    assert raw_header(message, "List-Id") == b"Field Notes <news.example.com>"
    assert raw_header(message, "Precedence") == b"bulk"
    assert raw_header(message, "X-Auto-Response-Suppress") == b"OOF, AutoReply"
    assert raw_header(message, "MIME-Version") == b"1.0"
    assert str(message.envelope.sender) == "bounces@example.com"
    assert str(message.envelope.recipient) == ADDRESS
    assert message.key == KEY


def test_a_header_that_stands_twice_is_refused_and_named() -> None:
    with pytest.raises(MessageError, match="Reply-To"):
        built(compiled(headers=(FROM, ("Reply-To", "a@example.com"), ("Reply-To", "b@example.com"))))


def test_a_header_that_the_build_writes_itself_cannot_come_from_the_issue() -> None:
    with pytest.raises(MessageError, match="Subject"):
        built(compiled(headers=(FROM, ("Subject", "Another"))))


@pytest.mark.parametrize("value", ["a@example.com, b@example.com", "Alice", "", "x@nodot"])
def test_from_is_exactly_one_address(value: str) -> None:
    with pytest.raises(MessageError):
        built(compiled(headers=(("From", value),)))


def test_optional_headers_stand_only_where_they_are_set() -> None:
    more = (FROM, ("Reply-To", "Editors <editors@example.com>"), ("Feedback-ID", "owls:list:news:fieldnotes"))
    message = built(compiled(headers=more))

    assert raw_header(message, "Reply-To") == b"Editors <editors@example.com>"
    assert raw_header(message, "Feedback-ID") == b"owls:list:news:fieldnotes"
    assert {"Reply-To", "Feedback-ID"}.isdisjoint(header_names(built()))


def test_a_long_feedback_id_stands_verbatim() -> None:
    value = ":".join(["x" * 60] * 4)

    assert (
        raw_header(built(compiled(headers=(FROM, ("Feedback-ID", value)))), "Feedback-ID").decode() == value
    )


# Date and Message-ID


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"])
def test_the_date_is_the_given_moment_with_a_numeric_zone(zone: str) -> None:
    date = datetime(2026, 7, 1, 9, 5, 7, tzinfo=ZoneInfo(zone))
    written = raw_header(built(date=date), "Date").decode()

    assert re.fullmatch(r"Wed, 01 Jul 2026 09:05:07 [+-]\d{4}", written)
    assert parsedate_to_datetime(written) == date


def test_the_same_message_again_has_the_same_bytes() -> None:
    assert built(values={"first_name": "Ada"}).data == built(values={"first_name": "Ada"}).data


def test_the_message_id_is_the_same_on_every_attempt_and_no_other_message_has_it() -> None:
    plain = built()
    later = built(date=datetime(2027, 1, 1, tzinfo=ZoneInfo("Asia/Tokyo")), values={"first_name": "Ada"})
    others = [
        built(address="bob@example.org"),
        built(compiled(slug="2026-12-07-wrens")),
        built(copy="one"),
        built(copy="two"),
    ]

    assert later.message_id == plain.message_id
    assert len({plain.message_id, *(other.message_id for other in others)}) == 5


@pytest.mark.parametrize("copy", ["", "staff-1"])
def test_the_message_id_is_of_the_senders_domain_and_tells_nothing(copy: str) -> None:
    message = built(copy=copy)
    written = raw_header(message, "Message-ID").decode()

    assert written == message.message_id
    assert re.fullmatch(r"<[0-9a-f]{40}@example\.com>", written)
    assert "alice" not in written


# Subject and To


@pytest.mark.parametrize("subject", ["Grüße aus dem Norden, " * 12, "日本語の件名" * 30, "🦉" * 90, "Ω"])
def test_a_subject_of_any_letters_is_whole_in_short_encoded_words(subject: str) -> None:
    message = built(compiled(subject=subject))
    written = raw_header(message, "Subject")

    assert decoded(written) == subject.strip()
    assert max(map(len, written.split())) <= 75
    assert all(re.fullmatch(rb"=\?utf-8\?[qb]\?[^?\s]+\?=", word) for word in written.split())
    check_bytes(message)


def test_a_name_of_any_letters_is_whole_in_short_encoded_words() -> None:
    message = built(name=LONG_NAME)
    *words, address = raw_header(message, "To").split()

    assert address == b"<alice@example.org>"
    assert max(map(len, words)) <= 75
    assert decoded(b" ".join(words)) == LONG_NAME.strip()
    check_bytes(message)


def test_without_a_name_the_address_stands_alone() -> None:
    assert raw_header(built(name=""), "To") == b"alice@example.org"


def test_an_address_with_letters_beyond_ascii_is_not_mangled() -> None:
    message = built(address="jörg@bücher.example.com", name="Jörg")

    assert "<jörg@xn--bcher-kva.example.com>".encode() in raw_header(message, "To")
    assert not message.envelope.recipient.is_ascii
    assert message.data.replace("jörg@".encode(), b"").isascii()


@pytest.mark.parametrize("subject", ["", "  ", "{{ recipient.first_name | default('') }}"])
def test_an_empty_subject_is_refused(subject: str) -> None:
    with pytest.raises(MessageError, match="Subject is empty"):
        built(compiled(subject=subject))


@pytest.mark.parametrize("control", ["\u202e", "\u202a", "\u2066", "\u2069"])
def test_a_subject_does_not_turn_the_reading_direction(control: str) -> None:
    with pytest.raises(MessageError, match="Subject"):
        built(compiled(subject=f"Invoice {control}fdp.exe"))


# The parts


def test_text_first_html_last_both_utf8_and_quoted_printable() -> None:
    text, html = reread(built()).iter_parts()

    assert text.get_content_type() == "text/plain"
    assert html.get_content_type() == "text/html"
    for one in (text, html):
        assert one.get_content_charset() == "utf-8"
        assert one["Content-Transfer-Encoding"] == "quoted-printable"
        assert one.defects == []


def test_the_parts_are_the_filled_content() -> None:
    values = {"first_name": "Zoë & <b>Co</b>"}
    template = prepare_messages(compiled(), sender(), SECRET)
    message = build_message(template, key=KEY, address=ADDRESS, name="", values=values, date=DATE)
    body_html, body_text = part(message, "html"), part(message, "plain")

    assert "Hello Zoë &amp; &lt;b&gt;Co&lt;/b&gt;, it's Grüße time." in body_html
    assert "Hello Zoë & <b>Co</b>, it's Grüße time." in body_text
    assert body_html.startswith("<!DOCTYPE html>")
    assert "View: https://example.com/news/2026-11-02-owls/" in body_text


def test_a_line_of_any_length_is_carried() -> None:
    html = "<p>" + "ü" * 5000 + "</p>"
    message = built(compiled(html=html))

    assert part(message, "html").rstrip() == html
    check_bytes(message)


@pytest.mark.parametrize("control", ["\0", "\x0b", "\x92", "\x1b"])
def test_a_control_character_in_the_body_is_refused(control: str) -> None:
    with pytest.raises(MessageError, match="control character"):
        built(values={"first_name": f"you{control}re"})


# The whole send


def test_a_send_remembers_nothing_of_its_recipients() -> None:
    template = prepare_messages(GREETING, sender(), SECRET)
    before = dict(template.constants)
    for number in range(20):
        values = {"first_name": f"R{number}"}
        build_message(template, key=KEY, address=ADDRESS, name="", values=values, date=DATE)

    assert template.constants == before
    assert not any("R1" in text for text in before)


def test_moments_that_are_equal_are_written_in_their_own_zones() -> None:
    zones = [ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "UTC")]
    written = [raw_header(built(date=DATE.astimezone(zone)), "Date")[-5:] for zone in zones]

    assert written == [b"+0000", b"+0100", b"+0000"]


def test_a_signature_is_the_last_step() -> None:
    def sign(data: bytes, date: datetime) -> bytes:
        return b"Signed: %d %d\r\n" % (len(data), date.year) + data

    template = prepare_messages(compiled(), sender(), SECRET, sign=sign)
    message = build_message(template, key=KEY, address=ADDRESS, name="Alice Ash", values={}, date=DATE)

    assert message.data == sign(built().data, DATE)


def test_templates_are_compiled_once_for_all_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    compile_template = Mock(wraps=compile_send_template)
    monkeypatch.setattr(personalize, "compile_send_template", compile_template)
    compile_source = Mock(wraps=builtins.compile)
    monkeypatch.setattr(builtins, "compile", compile_source)
    template = prepare_messages(GREETING, sender(), SECRET)
    for number in range(50):
        address = f"reader{number}@example.org"
        build_message(
            template,
            key=recipient_key(SECRET, address),
            address=address,
            name="",
            values={"first_name": f"R{number}"},
            date=DATE,
        )

    assert compile_template.call_count == 3
    assert compile_source.call_count == 3


def test_no_line_begins_with_a_dot_so_none_has_to_be_doubled() -> None:
    message = built(
        compiled(text=".\n..\n{{ recipient.first_name }}", html="<p>\n.</p>"), values={"first_name": ".\n."}
    )
    assert message.dotless
    assert b"\n." not in message.data
    assert not message.data.startswith(b".")
