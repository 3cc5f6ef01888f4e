import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.compile.newsletter import compile_in, filled, make_newsletter

from mailer.compile.sections import in_sections

OPEN, MIDDLE, END = "<!--zxq12340o0zx-->", "<!--zxq12341m0zx-->", "<!--zxq12342e0zx-->"
STATEMENT = "<!--zxq12343s1zx-->"
BOX = re.compile(
    r'<table class="sections".*?<td class="section">(.*?)</td></tr><tr><td class="gap">.*?</table>\n',
    re.DOTALL,
)


def boxes(fragment: str) -> list[str]:
    """Return what stands in each box, and what stands between them, in order."""
    return [part.strip() for part in BOX.split(in_sections(fragment)) if part.strip()]


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("", []),
        ("<p>a</p>", ["<p>a</p>"]),
        ("<h2>A</h2><p>a</p>", ["<h2>A</h2><p>a</p>"]),
        ("<h1>T</h1><p>i</p><h2>A</h2><h2>B</h2>", ["<h1>T</h1><p>i</p>", "<h2>A</h2>", "<h2>B</h2>"]),
        ("<h2>A</h2><h3>a</h3>", ["<h2>A</h2><h3>a</h3>"]),
        ("<p>a</p><hr><h2>B</h2>", ["<p>a</p>", "<h2>B</h2>"]),
        ("<p>a</p><hr>", ["<p>a</p><hr>"]),
        ("<div><h2>A</h2></div><p>a</p>", ["<div><h2>A</h2></div><p>a</p>"]),
        (
            '<h2>A</h2><div class="footnote"><hr><ol><li>n</li></ol></div>',
            ["<h2>A</h2>", '<div class="footnote"><ol><li>n</li></ol></div>'],
        ),
        ("text <b>b</b> more", ["<span>text </span><b>b</b> more"]),
    ],
)
def test_a_section_begins_at_a_heading_of_the_second_level(fragment: str, expected: list[str]) -> None:
    assert boxes(fragment) == expected


def test_a_block_of_tags_with_a_heading_stands_around_whole_sections() -> None:
    assert boxes(f"<p>i</p>{OPEN}<h2>A</h2>{MIDDLE}<p>b</p>{END}<p>c</p><h2>D</h2>") == [
        *["<p>i</p>", OPEN, "<h2>A</h2>", MIDDLE, "<p>b</p>", END, "<p>c</p>", "<h2>D</h2>"]
    ]


def test_a_block_of_tags_without_one_stays_in_its_section() -> None:
    inside = f"<h2>A</h2>{OPEN}<p>a</p>{END}"

    assert boxes(f"{inside}<h2>B</h2>") == [inside, "<h2>B</h2>"]


@pytest.mark.parametrize("after", ["", "<h2>B</h2>"])
def test_no_box_is_left_empty_for_whom_its_words_are_not_meant(after: str) -> None:
    assert boxes(f"{OPEN}<p>a</p>{END}{after}") == [OPEN, "<p>a</p>", END, *([after] if after else [])]


def test_blocks_of_tags_may_stand_in_one_another() -> None:
    inner = OPEN.replace("0o0", "5o2") + "<h2>A</h2>" + END.replace("2e0", "6e2")

    assert boxes(f"{OPEN}{inner}{END}") == [
        OPEN + OPEN.replace("0o0", "5o2"),
        "<h2>A</h2>",
        END.replace("2e0", "6e2") + END,
    ]


def test_a_statement_makes_no_box() -> None:
    assert boxes(f"{STATEMENT}<h2>A</h2>") == [STATEMENT, "<h2>A</h2>"]


def test_text_right_behind_a_block_of_tags_is_not_lost_between_the_boxes() -> None:
    assert boxes(f"{OPEN}<h2>A</h2>{END}tail<p>b</p>") == [
        OPEN,
        "<h2>A</h2>",
        END,
        "<span>tail</span><p>b</p>",
    ]


PARTS = ["<p>a</p>", "<h2>B</h2>", "<hr>", "<ul><li>c</li></ul>", " d ", "<h1>e</h1>", STATEMENT]


@st.composite
def fragments(draw: st.DrawFn, depth: int = 2) -> str:
    parts = draw(st.lists(st.sampled_from(PARTS), max_size=4))
    if depth and draw(st.booleans()):
        inside = draw(fragments(depth=depth - 1))
        parts.insert(draw(st.integers(0, len(parts))), f"{OPEN}{inside}{END}")
    return "".join(parts)


@given(fragments())
def test_every_word_and_marker_stays_in_its_order(fragment: str) -> None:
    divided = in_sections(fragment)

    assert words(divided.replace("\u200a", "")) == words(fragment)


@given(fragments())
def test_markers_never_stand_across_the_edge_of_a_box(fragment: str) -> None:
    for box in BOX.findall(in_sections(fragment)):
        assert box.count(OPEN) == box.count(END)


def words(fragment: str) -> str:
    """Return the words and markers of a fragment."""
    return "".join(re.sub(r"<(?!!)[^>]*>", "", fragment).split())


DIGEST = """\
---
subject: The week
layout: digest
---

# The week

Hello.

## Owls

Two of them.

{% if recipient.segment == "client" %}
## For clients

A word to clients.
{% endif %}

## Barns
"""


@pytest.mark.parametrize(("segment", "cards"), [("client", 4), ("public", 3)])
def test_the_digest_shows_a_card_for_each_section_that_the_recipient_gets(
    tmp_path: Path, segment: str, cards: int
) -> None:
    done = filled(compile_in(make_newsletter(tmp_path, issue=DIGEST)), segment=segment)

    assert len(re.findall(r'<td class="section"', done.html)) == cards
    assert ("A word to clients." in done.html) == ("A word to clients." in done.text) == (segment == "client")
    assert done.html.count("<table") == done.html.count("</table>")


def test_the_text_part_is_that_of_any_layout(tmp_path: Path) -> None:
    texts = [
        compile_in(make_newsletter(tmp_path, issue=DIGEST.replace("layout: digest", layout))).text
        for layout in ("layout: digest", "layout: plain", "layout: newsletter")
    ]

    assert texts[0] == texts[1] == texts[2]
