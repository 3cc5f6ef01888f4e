import quopri
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.errors import MessageError
from mailer.message.mime import alternative, boundary_for, quoted_printable

BODY_TEXT = st.text(
    st.one_of(st.characters(exclude_categories=["Cs", "Cc"]), st.sampled_from(" \t.=-\nF")), max_size=400
)


@given(BODY_TEXT)
def test_text_comes_back_from_lines_any_relay_carries(text: str) -> None:
    encoded = quoted_printable(text)
    assert encoded.isascii()
    for line in encoded.split(b"\r\n"):
        assert len(line) <= 76
        assert b"\n" not in line
        assert b"\r" not in line
        assert not line.startswith((b".", b"From "))
        assert line == line.rstrip(b" \t")
    expected = text if text.endswith("\n") or not text else text + "\n"
    assert quopri.decodestring(encoded).replace(b"\r\n", b"\n").decode() == expected


@pytest.mark.parametrize("filler", [".", "é", "=", " ", "a.", "From ", "🌱"])
def test_long_lines_break_between_characters_of_the_encoding(filler: str) -> None:
    for width in range(60, 90):
        text = "a" * (width % 4) + filler * width
        encoded = quoted_printable(text)
        assert max(map(len, encoded.split(b"\r\n"))) <= 76
        assert quopri.decodestring(encoded).decode() == text + "\r\n"


def test_every_line_end_becomes_crlf() -> None:
    assert quoted_printable("a\r\nb\rc\nd") == b"a\r\nb\r\nc\r\nd\r\n"


@pytest.mark.parametrize("control", ["\0", "\x0b", "\x92", "\x1b", "\ud800"])
def test_control_characters_are_refused(control: str) -> None:
    with pytest.raises(MessageError, match="control character"):
        quoted_printable(f"a{control}b")


def test_alternative_holds_text_first_and_html_last() -> None:
    head, body = alternative("Grüße\n", "<p>Grüße</p>\n", boundary=boundary_for("x"))
    message = message_from_bytes(head + b"\r\n" + body, policy=policy.default)
    assert message.get_content_type() == "multipart/alternative"
    parts = list(message.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert [part.get_content_charset() for part in parts] == ["utf-8", "utf-8"]
    assert [part["Content-Transfer-Encoding"] for part in parts] == ["quoted-printable"] * 2
    assert [part.get_content() for part in parts] == ["Grüße\r\n", "<p>Grüße</p>\r\n"]
    assert not any(part.defects for part in [message, *parts])


def test_boundary_is_fixed_by_its_seed_and_no_part_can_hold_it() -> None:
    boundary = boundary_for("seed")
    assert boundary == boundary_for("seed") != boundary_for("other")
    assert boundary.encode() not in quoted_printable(f"--{boundary}\n{boundary}")
