"""What holds for the HTML of any text."""

import re
from html import unescape

import pytest

from mailer.compile.markdown import to_html


def test_two_texts_share_nothing() -> None:
    first = to_html("[a][b] x[^1] HTML\n\n[b]: /u\n\n[^1]: note\n\n*[HTML]: Hypertext")
    second = to_html("[a][b] x[^1] HTML")

    assert "/u" in first
    assert second == "<p>[a][b] x[^1] HTML</p>"


@pytest.mark.parametrize("source", ["", " ", "\n\n", "\ufeff", "\t\n"])
def test_nothing_gives_nothing(source: str) -> None:
    assert to_html(source) == ""


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_do_not_matter(end: str) -> None:
    source = "# A\n\n- b\n- c\n\n```\nd\n```\n"

    assert to_html(source.replace("\n", end)) == to_html(source)


def test_code_keeps_every_byte() -> None:
    code = "a\tb  \n\n  {{ x }} &amp; <b> \"q\" -- 'r' \\* *x*\n    y"

    html = to_html(f"```\n{code}\n```")

    assert unescape(html) == f"<pre><code>{code}\n</code></pre>"


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", "\u201ca \u2018b\u2019\u201d it\u2019s"),
        ("de-AT", "\u201ea \u201ab\u2018\u201c it\u2019s"),
        ("fr", "«\u202fa \u201cb\u201d\u202f» it\u2019s"),
        ("xx", "\u201ca \u2018b\u2019\u201d it\u2019s"),
    ],
)
def test_quotes_follow_the_language(lang: str, expected: str) -> None:
    assert to_html("\"a 'b'\" it's", lang=lang) == f"<p>{expected}</p>"


def test_blocks_know_their_lines() -> None:
    source = "# A\n\ntext\nmore\n\n- b\n- c\n\n  d\n\n> e\n\n| f |\n|---|\n| g |\n\nx[^1]\n\n[^1]: h"

    found = re.findall(r'<(\w+) data-line="(\d+)"', to_html(source, lines=True))

    assert found == [
        ("h1", "1"), ("p", "3"), ("ul", "6"), ("li", "6"), ("p", "6"), ("li", "7"), ("p", "7"), ("p", "9"),
        ("blockquote", "11"), ("p", "11"), ("table", "13"), ("tr", "13"), ("tr", "15"), ("p", "17"),
        ("li", "19"), ("p", "19"),
    ]  # fmt: skip
    assert "data-line" not in to_html(source)
