import quopri
import re
from collections.abc import Iterable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.message import oracle

from mailer.compile.merge.send import SendTemplate, compile_send_template
from mailer.errors import MessageError
from mailer.message.mime import (
    alternative,
    boundary_for,
    encode_constants,
    mime_headers,
    quoted_printable,
)

ANY_CHARACTER = st.characters(exclude_categories=["Cs", "Cc"])
PIECES = st.sampled_from(
    [
        "\n",
        ".",
        "=",
        " ",
        "\t",
        "From ",
        "F",
        "ü",
        "🦉",
        "a" * 74,
        "a" * 75,
        "a" * 76,
        "b" * 160,
        "=3D",
        "--",
        "\r\n",
    ]
)
CHUNK = st.lists(st.one_of(PIECES, st.text(ANY_CHARACTER, max_size=90)), max_size=8).map("".join)


def check_lines(encoded: bytes) -> None:
    """Hold lines to what any relay carries unchanged."""
    assert encoded.isascii()
    for line in encoded.split(b"\r\n"):
        assert len(line) <= 76
        assert not re.search(rb"[\r\n\0]", line)
        assert not line.startswith((b".", b"From "))
        assert line == line.rstrip(b" \t")


def decoded(encoded: bytes) -> str:
    return quopri.decodestring(encoded).replace(b"\r\n", b"\n").decode()


def unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def ended(text: str) -> str:
    """Return the text with the line end that a part always has."""
    return text if text.endswith("\n") or not text else text + "\n"


# One chunk


@given(CHUNK)
def test_a_chunk_comes_back_from_lines_any_relay_carries(text: str) -> None:
    encoded = quoted_printable(text)

    check_lines(encoded)
    assert encoded == b"" or encoded.endswith(b"\r\n")
    assert decoded(encoded) == unix(text)


@given(CHUNK)
def test_a_chunk_says_what_the_readable_way_says(text: str) -> None:
    slow = oracle.quoted_printable(text)

    assert decoded(slow) == decoded(quoted_printable(ended(text)))


@given(st.lists(CHUNK, max_size=6))
def test_chunks_can_be_joined_in_any_order(chunks: list[str]) -> None:
    encoded = [quoted_printable(unix(chunk)) for chunk in chunks]

    check_lines(b"".join(encoded))
    assert decoded(b"".join(encoded)) == unix("\0".join(chunks)).replace("\0", "")
    assert decoded(b"".join(reversed(encoded))) == "".join(map(unix, reversed(chunks)))


@pytest.mark.parametrize("filler", [".", "é", "=", " ", "a.", "From ", "🌱", "\t", "F"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_long_lines_break_between_characters_of_the_encoding(filler: str, end: str) -> None:
    for width in range(60, 90):
        text = "a" * (width % 4) + filler * width + end
        check_lines(quoted_printable(text))
        assert decoded(quoted_printable(text)) == text


def test_the_length_of_a_line_does_not_decide_about_the_time_for_a_byte() -> None:
    encoded = quoted_printable("ü. =" * 250_000)

    assert max(map(len, encoded.split(b"\r\n"))) == 76


def test_every_line_end_becomes_crlf() -> None:
    assert quoted_printable("a\r\nb\rc\nd") == b"a\r\nb\r\nc\r\nd=\r\n"


def test_white_space_at_the_end_is_kept_and_guarded() -> None:
    assert quoted_printable("a \nb\t\nc ") == b"a=20\r\nb=09\r\nc =\r\n"


@pytest.mark.parametrize("control", ["\0", "\x0b", "\x92", "\x1b", "\ud800"])
def test_control_characters_are_refused(control: str) -> None:
    with pytest.raises(MessageError, match="control character"):
        quoted_printable(f"a{control}b")


def test_a_constant_that_no_body_can_hold_is_refused_only_where_it_is_printed() -> None:
    constants = encode_constants(["a", "\x0b"])

    assert constants == {"a": b"a=\r\n"}
    with pytest.raises(MessageError, match="control character"):
        alternative(["\x0b"], ["a"], constants=constants, boundary="=_x")


# Two parts


def parts_of(text: Iterable[str], html: Iterable[str], constants: Iterable[str] = ()) -> list[EmailMessage]:
    boundary = boundary_for("x")
    body = b"".join(alternative(text, html, constants=encode_constants(constants), boundary=boundary))
    check_lines(body)
    message = message_from_bytes(mime_headers(boundary) + b"\r\n" + body, policy=policy.default)
    assert message.get_content_type() == "multipart/alternative"
    parts = cast("list[EmailMessage]", list(message.iter_parts()))
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert not any(part.defects for part in [message, *parts])
    return parts


def contents(text: Iterable[str], html: Iterable[str], constants: Iterable[str] = ()) -> list[str]:
    return [cast("str", part.get_content()).replace("\r\n", "\n") for part in parts_of(text, html, constants)]


def test_alternative_holds_text_first_and_html_last() -> None:
    parts = parts_of(["Grüße\n"], ["<p>", "Grüße", "</p>\n"])

    assert [part.get_content_charset() for part in parts] == ["utf-8", "utf-8"]
    assert [part["Content-Transfer-Encoding"] for part in parts] == ["quoted-printable"] * 2
    assert [part.get_content() for part in parts] == ["Grüße\r\n", "<p>Grüße</p>\r\n"]


@pytest.mark.parametrize(
    "chunks", [[], [""], ["a", ""], ["a\n", "", ""], ["", "\n"], ["a", "\n"], ["a\n", "b"]]
)
def test_a_part_ends_in_one_line_end_and_never_in_a_soft_one(chunks: list[str]) -> None:
    body = b"".join(alternative(chunks, chunks, constants={}, boundary="=_x"))

    assert not re.search(rb"=\r\n\r\n--", body)
    assert contents(chunks, chunks) == [ended("".join(chunks))] * 2


def test_boundary_is_fixed_by_its_seed_and_no_part_can_hold_it() -> None:
    boundary = boundary_for("seed")

    assert boundary == boundary_for("seed") != boundary_for("other")
    assert boundary.encode() not in quoted_printable(f"--{boundary}\n{boundary}")


# Any template, any values: the splice says what a plain rendering says

FIELDS = ("a", "b", "c")
EXPRESSIONS = st.sampled_from(
    [
        "recipient.a",
        "recipient.b | default('there')",
        "recipient.c | upper",
        "recipient.a | replace('a', '.')",
        "recipient.b ~ recipient.c",
        "recipient.c | default('.') | truncate(9)",
        "unsubscribe_url",
        "view_url",
    ]
)
TEXT = CHUNK.map(lambda text: text.replace("{", "("))


def blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(EXPRESSIONS, inner, inner).map(
            lambda x: f"{{% if {x[0]} %}}{x[1]}{{% else %}}{x[2]}{{% endif %}}"
        ),
        st.tuples(EXPRESSIONS, inner).map(
            lambda x: f"{{% for one in ({x[0]})[:3] %}}{x[1]}{{{{ one }}}}{{% endfor %}}"
        ),
        inner.map(lambda text: f"{{% set kept %}}{text}{{% endset %}}{{{{ kept }}}}"),
        inner.map(lambda text: f"{{% filter upper %}}{text}{{% endfilter %}}"),
        st.lists(inner, max_size=4).map("".join),
    )


TEMPLATE = st.recursive(
    st.one_of(TEXT, EXPRESSIONS.map(lambda tag: f"{{{{ {tag} }}}}")), blocks, max_leaves=12
)
VALUES = st.fixed_dictionaries(dict.fromkeys(FIELDS, CHUNK))


def spliced(template: SendTemplate, recipient: dict[str, str]) -> str:
    chunks = template.chunks(recipient, unsubscribe_url="https://x.example/u/1", view_url=".")
    return contents(chunks, [], template.constants)[0]


@settings(deadline=None)
@given(source=TEMPLATE, values=VALUES, html=st.booleans())
@example(source="{{ recipient.a }}\n.{{ recipient.b }}", values={"a": "x ", "b": "=", "c": ""}, html=True)
@example(source="{% if recipient.c %}a{% endif %}", values={"a": "", "b": "", "c": ""}, html=False)
def test_the_splice_says_what_a_plain_rendering_says(source: str, values: dict[str, str], html: bool) -> None:
    template = compile_send_template(source, html=html)
    recipient = {name: unix(value) for name, value in values.items()}
    plain = template.render(recipient, unsubscribe_url="https://x.example/u/1", view_url=".")

    assert spliced(template, recipient) == decoded(oracle.quoted_printable(plain)) == ended(plain)
