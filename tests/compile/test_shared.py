"""What issues of a layout share is compiled once, and changes nothing in their pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.compile.test_mjml import MARK, column, compiled

from mailer.compile.shared import Own, join, part

NOT_PARTED = "<!-- zxown0zx -->"
"""An author's note that is dropped; its word keeps all texts where they are."""

TEXTS = ("plain", "R&amp;D", "\N{NO-BREAK SPACE}é\N{ZERO WIDTH JOINER}", "a  b\n c", MARK, "", "  ")


def page(text: str, note: str = "") -> str:
    rules = ".a { color:red; }\n"
    head = f"<mj-title>{text}</mj-title><mj-preview>{text}</mj-preview><mj-style>{rules}</mj-style>"
    inside = (
        f'<mj-text>{text}<b class="x">{text}</b> {text}\n</mj-text><mj-button href="/a">{text}</mj-button>'
    )
    return column(f"{inside}<mj-raw><!--[if mso]><p>{text}</p><![endif]--></mj-raw>", f"{note}{head}")


@pytest.mark.parametrize("text", TEXTS)
def test_a_page_is_the_same_by_way_of_what_is_shared(text: str) -> None:
    assert compiled(page(text)) == compiled(page(text, NOT_PARTED))


def test_issues_that_differ_in_their_texts_share_the_rest() -> None:
    assert part(page("one"))[0] == part(page("two, three"))[0] != page("one")


def test_what_waits_for_a_recipient_is_no_text_of_an_issue() -> None:
    shared, own = part(f"<a>x {MARK}</a><b>y</b>")

    assert (shared, own) == (f"<a>x {MARK}</a><b>zxown0zx</b>", [Own("y", "b")])


@given(
    st.lists(st.sampled_from(("<a>", "</a>", ">", "<", " ", "\n", "x", "zxown1zx", "</mj-title>"))).map(
        "".join
    )
)
def test_parts_joined_are_the_source(source: str) -> None:
    shared, own = part(source)

    assert own == [] or join(shared, [one.text for one in own]) == source
