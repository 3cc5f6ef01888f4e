import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.errors import LayoutError
from mailer.layout.markup import Tag, Text, annotate, read_markup
from mailer.position import Position

NOWHERE = Position("layouts/x.mjml")


def tags(source: str) -> list[Tag]:
    return [piece for piece in read_markup(source, NOWHERE) if isinstance(piece, Tag)]


def places(source: str) -> list[tuple[str, int, int]]:
    return [
        (tag.name, tag.position.line, tag.position.column)
        for tag in tags(annotate(source, "layouts/x.mjml"))
        if tag.kind != "close"
    ]


def test_every_tag_knows_its_line_and_column() -> None:
    assert places("<mjml>\n  <mj-head/>\n<a><b>é</b></a>\n</mjml>") == [
        ("mjml", 1, 1),
        ("mj-head", 2, 3),
        ("a", 3, 1),
        ("b", 3, 4),
    ]


def test_annotating_leaves_jinja_and_comments_alone() -> None:
    kept = "{{ '<a>' }}{% set x = '<b>' %}{# <c> #}<!--[if mso]><d><![endif]--></e>\n"

    assert annotate(kept, "x.mjml") == kept


@given(st.text(alphabet="<>/ab \n\"'={}%#!-"))
def test_annotating_keeps_the_lines(source: str) -> None:
    assert annotate(source, "x").count("\n") == source.count("\n")


def test_a_path_with_odd_signs_comes_back() -> None:
    (tag,) = tags(annotate("<a/>", 'lay"outs/<é>&:1.mjml'))

    assert tag.position == Position('lay"outs/<é>&:1.mjml', 1, 1)
    assert tag.attributes == ()


def test_tags_have_their_kind_and_attributes() -> None:
    opened, alone, closed = tags('<a href=\'x > "y"\' b = "c\n d" ><br /></a >')

    assert (opened.kind, alone.kind, closed.kind) == ("open", "alone", "close")
    assert opened.attributes == (("href", 'x > "y"'), ("b", "c\n d"))
    assert opened.get("b") == "c\n d"
    assert opened.get("none") == ""


def test_comments_and_style_sheets_are_text() -> None:
    pieces = list(read_markup("a<!-- <b> --><mj-style>x > y { z:'<' }</mj-style>c", NOWHERE))

    assert [(piece.text, piece.comment) for piece in pieces if isinstance(piece, Text)] == [
        ("a", False),
        (" <b> ", True),
        ("x > y { z:'<' }", False),
        ("c", False),
    ]


def test_text_keeps_count_of_lines_since_the_last_tag() -> None:
    pieces = list(read_markup(annotate("<a>\n\n<!-- x -->\ny</a>", "f"), NOWHERE))

    text = pieces[-2]
    assert isinstance(text, Text)
    assert text.place(text.text.index("y")).line == 4
    assert pieces[-1].position.line == 4


@pytest.mark.parametrize(
    "source",
    ["<a>\n1 < 2</a>", "<a>\n<?xml ?></a>", "<a>\n<![CDATA[x]]></a>", "<a>\n<!-- open</a>", "<a>\n</"],
)
def test_what_is_no_tag_is_an_error_with_its_line(source: str) -> None:
    with pytest.raises(LayoutError) as caught:
        tags(annotate(source, "layouts/x.mjml"))

    assert (caught.value.position.line, "begins like a tag" in caught.value.message) == (2, True)


@pytest.mark.parametrize("source", ["\n<a b=c>", "\n<a b>", '\n<a b="c>', '\n<a b="c"d="e">', "\n<a"])
def test_a_broken_tag_is_an_error_with_its_place(source: str) -> None:
    with pytest.raises(LayoutError) as caught:
        tags(annotate(source, "layouts/x.mjml"))

    assert (caught.value.position.line, caught.value.position.column) == (2, 1)
    assert "data-at" not in caught.value.message
