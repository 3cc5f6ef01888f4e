"""Every element can be led back to its line in the source."""

import re

import pytest

from mailer.compile.fragment import parse_fragment
from mailer.compile.markdown import to_html
from mailer.compile.markdown.lines import line_of

SOURCE = """[ref]: /u
# A [b](c)

one
two ![d](e) [f][ref] https://g.de
`h` <i>i</i> <j@k.de>

- l
- [m](n
  "o")

| p |
|---|
| [q](r) |

<div>
<a href="s">t</a>
</div>

x[^1]

[^1]: y
    [z](a)
"""


def test_elements_know_their_lines() -> None:
    root = parse_fragment(to_html(SOURCE, lines=True), stage="test")

    found = {
        element.get("href") or element.get("src") or "": line_of(element) for element in root.iter("a", "img")
    }

    assert found == {
        "c": 2, "e": 5, "/u": 5, "https://g.de": 5, "mailto:j@k.de": 6, "n": 9, "r": 14, "s": 17,
        "#fn:1": 20, "a": 23, "#fnref:1": 22,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("tag", "line"), [("em", 1), ("i", 2), ("code", 2), ("th", 5), ("td", 7), ("b", 9), ("span", 10)]
)
def test_what_has_no_line_of_its_own_has_that_of_what_is_around_it(tag: str, line: int) -> None:
    source = "a\nb <i>c</i> `d`\n*e*\n\n| f |\n|---|\n| g |\n\n<p><b>h</b>\n<span>i</span></p>"
    root = parse_fragment(to_html(source, lines=True), stage="test")

    element = root.find(f".//{tag}")

    assert element is not None
    assert line_of(element) == line


def test_an_element_of_nowhere_has_no_line() -> None:
    assert line_of(parse_fragment("<p>a</p>", stage="test")) == 0


def test_lines_change_nothing_but_their_attribute() -> None:
    numbered = to_html(SOURCE, lines=True)

    assert re.sub(r' data-line="\d+"', "", numbered) == to_html(SOURCE)
    assert "data-line" not in to_html(SOURCE)
