"""text: HTML fragment -> plain text part."""

import re
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment
from tests.compile.merge.placement import merged

from mailer.compile.marker import MARKER
from mailer.compile.text import WIDTH, compose_text, to_text
from mailer.compile.text.width import display_width, wrap
from mailer.errors import CompileError

VALUE = "zxqabcd1v0zx"
INNER_OPEN, INNER_END = "zxqabcd5o2zx", "zxqabcd6e2zx"
OPEN, MIDDLE, END = "zxqabcd2o1zx", "zxqabcd3m1zx", "zxqabcd4e1zx"


def block(marker: str) -> str:
    return f"<!--{marker}-->"


def filled(text: str, shown: int, *, kind: str = "if") -> str:
    """Restore the markers as an `if` or a `for` of `shown` turns, and render."""
    tags = {
        "o": "{% if shown %}" if kind == "if" else "{% for turn in range(shown) %}",
        "m": "{% else %}",
        "e": "{% endif %}" if kind == "if" else "{% endfor %}",
        "v": "Ann",
    }
    source = MARKER.sub(lambda found: tags[found["role"]], text)
    return Environment(autoescape=False, keep_trailing_newline=True).from_string(source).render(shown=shown)


def text(shown: str) -> str:
    return dedent(shown).strip("\n")


TABLE = (
    '<table><thead><tr><th>Name</th><th style="text-align: right">n</th></tr></thead>'
    "<tbody><tr><td>漢字</td><td>10</td></tr><tr><td><b>a</b></td><td>2</td></tr></tbody></table>"
)
WIDE_TABLE = (
    f"<table><tr><th>A</th><th>B</th></tr><tr><td>{'a ' * 30}</td><td>{'b ' * 30}</td></tr>"
    "<tr><td>c</td><td></td></tr></table>"
)
FOOTNOTES = (
    '<p>x<sup id="fnref:1"><a class="footnote-ref" href="#fn:1">1</a></sup> y</p>'
    '<div class="footnote"><hr><ol><li id="fn:1"><p>Note.&#160;'
    '<a class="footnote-backref" href="#fnref:1">↩</a></p></li></ol></div>'
)
CASES = {
    "paragraphs": ("<p>One\n  two</p>\n<p>Three<br>\nfour</p>", "One two\n\nThree\nfour"),
    "headings": (
        "<h1>Öne <b>x</b></h1><h2>Two</h2><h3>Three</h3><p>x</p>",
        "Öne x\n=====\n\nTwo\n---\n\nThree\n\nx",
    ),
    "strong, emphasis, code, deleted": (
        "<p><strong>a</strong> <em>b</em> <code>c  d</code> <del>e</del></p>",
        "*a* b `c d` ~~e~~",
    ),
    "raised and lowered": ("<p>H<sub>2</sub>O x<sup>2</sup> <b> </b>.</p>", "H2O x^2 ."),
    "links share a number": (
        '<p><a href="https://e.com/a">A</a>, <a href="https://e.com/b">B</a>, <a href="https://e.com/a">C</a></p>',
        "A [1], B [2], C [1]\n\nLinks\n-----\n\n[1] https://e.com/a\n[2] https://e.com/b",
    ),
    "a link that shows its target": (
        '<p><a href="https://e.com/a">https://e.com/a</a> <a href="https://www.e.com/">e.com</a></p>',
        "https://e.com/a https://www.e.com/",
    ),
    "mail addresses": (
        '<p><a href="mailto:a@e.com?subject=x">Write</a>, <a href="mailto:a@e.com">A@e.com</a></p>',
        "Write <a@e.com>, A@e.com",
    ),
    "telephone numbers": (
        '<p><a href="tel:+4930">+49 30</a> <a href="tel:+4930">call</a></p>',
        "+49 30 call (+4930)",
    ),
    "an anchor": ('<p><a href="#x">down</a> <a>there</a></p>', "down there"),
    "images": ('<p>a <img src="x" alt="A cat"> b <img src="y" alt=""> c</p>', "a [Image: A cat] b c"),
    "a linked image": (
        '<p><a href="https://e.com"><img src="x" alt=""></a></p>',
        "[Image] [1]\n\nLinks\n-----\n\n[1] https://e.com",
    ),
    "a figure": (
        '<figure><img src="x" alt="A cat"><figcaption>By <em>Ann</em></figcaption></figure>',
        "[Image: A cat]\nBy Ann",
    ),
    "a figure whose caption is its alternative text": (
        '<p>x</p><figure><img src="x" alt="A cat"><figcaption>A <b>cat</b></figcaption></figure><p>y</p>',
        "x\n\n[Image: A cat]\n\ny",
    ),
    "a figure with nothing to say": ('<p>x</p><figure><img src="x"></figure><p>y</p>', "x\n\ny"),
    "a tight list": (
        "<p>x</p><ul><li>a</li><li>b<ul><li>c</li></ul></li></ul><p>y</p>",
        "x\n\n* a\n* b\n  * c\n\ny",
    ),
    "a loose list": ("<ul><li><p>a</p><p>b</p></li><li><p>c</p></li></ul>", "* a\n\n  b\n\n* c"),
    "a numbered list": ('<ol start="9"><li>a</li><li>b<br>c</li></ol>', "9. a\n10. b\n    c"),
    "tasks": ("<ul><li>\u2610 a</li><li><p>\u2611 b</p></li></ul>", "[ ] a\n\n[x] b"),
    "checkboxes": ('<ul><li><input type="checkbox" checked> a</li></ul>', "* [x] a"),
    "a quote": (
        "<p>x</p><blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>",
        "x\n\n> a\n>\n> > b",
    ),
    "quotes in a row": ("<blockquote>a</blockquote><blockquote>b</blockquote>", "> a\n\n> b"),
    "a quote in a tight list": ("<ul><li>a<blockquote><p>b</p></blockquote></li></ul>", "* a\n  > b"),
    "code": (
        "<p>x</p><pre><code>a = 1\n\n\tb &lt; 2\n</code></pre><p>y</p>",
        "x\n\n    a = 1\n\n        b < 2\n\ny",
    ),
    "code in a list": ("<ul><li>x<pre>a\nb</pre></li></ul>", "* x\n      a\n      b"),
    "a rule": ("<p>x</p><hr><p>y</p>", f"x\n\n{'-' * WIDTH}\n\ny"),
    "definitions": (
        "<dl><dt>T</dt><dd>a</dd><dd>b</dd><dt>U</dt><dd><p>c</p></dd></dl>",
        "T\n    a\n    b\n\nU\n    c",
    ),
    "a table": (
        TABLE,
        "Name   n\n----  --\n漢字  10\n*a*    2",
    ),
    "a table that is too wide": (
        WIDE_TABLE,
        f"A: {'a ' * 29}a\nB: {'b ' * 29}b\n\nA: c",
    ),
    "a table that only places things": (
        "<table><tr><td><p>a</p><ul><li>b</li></ul></td><td>c</td></tr></table>",
        "a\n\n* b\n\nc",
    ),
    "footnotes": (
        FOOTNOTES,
        "x [note 1] y\n\nNotes\n-----\n\n[note 1] Note.",
    ),
    "details": ("<details><summary>More</summary><p>x</p></details>", "More\n\nx"),
    "blocks in inline elements": ("<center><font><p>a</p><p>b</p></font></center>", "a\n\nb"),
    "text between blocks": ("a <b>b</b><p>c</p>d", "a *b*\n\nc\n\nd"),
    "what no reader sees": (
        "<style>p{}</style><p>a<!-- note --></p><script>x</script><!--[if mso]>b<![endif]-->",
        "a",
    ),
    "white space that does not break": ("<p>10&nbsp;000</p>", "10 000"),
    "nothing": ("", ""),
}


@pytest.mark.parametrize(("fragment", "expected"), CASES.values(), ids=CASES.keys())
def test_each_kind_of_content(fragment: str, expected: str) -> None:
    assert to_text(fragment) == expected


P, Q = "<p>A</p>", "<p>C</p>"
OPTIONAL = {
    "a paragraph": (f"{P}{block(OPEN)}<p>B</p>{block(END)}{Q}", "A\n\nB\n\nC", "A\n\nC"),
    "the first block": (f"{block(OPEN)}<p>B</p>{block(END)}{Q}", "B\n\nC", "C"),
    "the last block": (f"{P}{block(OPEN)}<p>B</p>{block(END)}", "A\n\nB", "A"),
    "one branch or the other": (
        f"{P}{block(OPEN)}<p>B</p>{block(MIDDLE)}<p>D</p>{block(END)}{Q}",
        "A\n\nB\n\nC",
        "A\n\nD\n\nC",
    ),
    "one branch or the other at the start": (
        f"{block(OPEN)}<p>B</p>{block(MIDDLE)}<p>D</p>{block(END)}{Q}",
        "B\n\nC",
        "D\n\nC",
    ),
    "several blocks": (
        f"{P}{block(OPEN)}<h2>B</h2><ul><li>x</li></ul>{block(END)}{Q}",
        "A\n\nB\n-\n\n* x\n\nC",
        "A\n\nC",
    ),
    "a paragraph of the marker alone": (f"{P}<p>{OPEN}</p><p>B</p><p>{END}</p>{Q}", "A\n\nB\n\nC", "A\n\nC"),
    "the first item": (
        f"{P}<ul>{block(OPEN)}<li>b</li>{block(END)}<li>c</li></ul>",
        "A\n\n* b\n* c",
        "A\n\n* c",
    ),
    "an item": (
        f"<ul><li>a</li>{block(OPEN)}<li>b</li>{block(END)}<li>c</li></ul>{Q}",
        "* a\n* b\n* c\n\nC",
        "* a\n* c\n\nC",
    ),
    "the last item": (
        f"<ul><li>a</li>{block(OPEN)}<li>b</li>{block(END)}</ul>{Q}",
        "* a\n* b\n\nC",
        "* a\n\nC",
    ),
    "every item": (
        f"{P}{block(OPEN)}<ul>{block(INNER_OPEN)}<li>b</li>{block(INNER_END)}</ul>{block(END)}{Q}",
        "A\n\n* b\n\nC",
        "A\n\nC",
    ),
    "a row": (
        f"<table><tr><th>x</th><th>y</th></tr>{block(OPEN)}<tr><td>1</td><td>2</td></tr>{block(END)}</table>{Q}",
        "x  y\n-  -\n1  2\n\nC",
        "x  y\n-  -\n\nC",
    ),
    "a paragraph of a quote": (
        f"<blockquote><p>a</p>{block(OPEN)}<p>b</p>{block(END)}<p>c</p></blockquote>",
        "> a\n>\n> b\n>\n> c",
        "> a\n>\n> c",
    ),
    "words": (f"<p>a {OPEN}b{END} c</p>", "a b c", "a c"),
    "words with spaces inside": (f"<p>a {OPEN} b {END} c</p>", "a b c", "a c"),
    "words glued to what follows": (f"<p>a {OPEN}b {END}c</p>", "a b c", "a c"),
    "the first words": (f"<p>{OPEN} b {END} c</p>", "b c", "c"),
    "one word or the other": (f"<p>a {OPEN}b{MIDDLE}d{END} c</p>", "a b c", "a d c"),
    "a link": (
        f'<p>a</p>{block(OPEN)}<p><a href="https://e.com/">b</a></p>{block(END)}',
        "a\n\nb (https://e.com/)",
        "a",
    ),
    "a link with a value of its own": (
        f'<p>a {OPEN}<a href="https://e.com/{VALUE}">b</a>{END} c</p>',
        "a b (https://e.com/Ann) c",
        "a c",
    ),
}


@pytest.mark.parametrize(("fragment", "shown", "left_out"), OPTIONAL.values(), ids=OPTIONAL.keys())
def test_what_is_left_out_leaves_no_gap(fragment: str, shown: str, left_out: str) -> None:
    source = to_text(fragment)
    assert filled(source, 1).rstrip("\n") == shown
    assert filled(source, 0).rstrip("\n") == left_out


def test_a_loop_makes_tight_items() -> None:
    source = to_text(f"{P}<ul>{block(OPEN)}<li>b</li>{block(END)}</ul>{Q}")
    assert filled(source, 3, kind="for") == "A\n\n* b\n* b\n* b\n\nC"


def test_a_loop_after_an_item_stays_in_the_list() -> None:
    source = to_text(f"<ul><li>a</li>{block(OPEN)}<li>b</li>{block(END)}</ul>{Q}")
    assert filled(source, 2, kind="for") == "* a\n* b\n* b\n\nC"


@pytest.mark.parametrize(
    "fragment", [case[0] for title, case in OPTIONAL.items() if title not in ("the first item", "every item")]
)
def test_no_line_holds_markers_alone(fragment: str) -> None:
    control = re.compile(r"(?:zxq[0-9a-f]{4}\d+[omes]\d+zx)+")
    lines = compose_text(to_text(fragment), identity=["N"], reason="", links=[]).split("\n")
    assert not [line for line in lines if control.fullmatch(line)]


def test_a_merge_field_may_be_a_whole_target() -> None:
    assert to_text(f'<p><a href="{VALUE}">x</a></p>').endswith(f"[1] {VALUE}")


def test_no_url_and_no_word_is_broken() -> None:
    url = "https://example.com/" + "a-b/" * 40
    long = "x" * 90
    lines = to_text(f'<p>{"word " * 20}<a href="{url}">{url}</a> {long} end</p>').split("\n")
    assert url in lines
    assert long in lines
    assert all(len(line) <= WIDTH for line in lines if line not in (url, long))


def test_a_note_behind_a_space_has_one_space_before_it() -> None:
    note = '<sup><a class="footnote-ref" href="#fn:1">1</a></sup>'
    assert to_text(f"<p>x {note}{note}</p>") == "x [note 1] [note 1]"


def test_a_long_footnote_keeps_to_the_width() -> None:
    items = f"<li><p>{'word ' * 30}</p></li>" * 10
    note = f'<div class="footnote"><hr><ol>{items}</ol></div>'
    assert max(len(line) for line in to_text(note).split("\n")) <= WIDTH


def test_a_number_never_stands_apart_from_its_link() -> None:
    fragment = f'<p>{"a" * 66} <a href="https://e.com">link</a></p>'
    assert "link [1]" in to_text(fragment)


def test_wide_text_breaks_between_characters_but_not_before_a_full_stop() -> None:
    lines = wrap("这是一个没有空格的很长的句子。" * 6, 28)
    assert all(display_width(line) <= 28 for line in lines)
    assert not [line for line in lines if line.startswith("。")]
    assert "".join(lines) == "这是一个没有空格的很长的句子。" * 6


@pytest.mark.parametrize(
    ("word", "columns"),
    [("abc", 3), ("é", 1), ("e\u0301", 1), ("漢字", 4), ("한글", 4), (OPEN, 0), (VALUE, 8)],
)
def test_display_width(word: str, columns: int) -> None:
    assert display_width(word) == columns


def test_the_footer_tells_who_why_and_the_way_out() -> None:
    composed = compose_text(
        "Body",
        identity=["Field Notes", "1 Main St, Springfield", ""],
        reason="You get this because you asked for it.",
        links=[("Unsubscribe", VALUE), ("View in the browser", "")],
    )
    assert (
        composed
        == text(f"""
        Body

        --\N{SPACE}
        Field Notes
        1 Main St, Springfield
        You get this because you asked for it.
        Unsubscribe: {VALUE}
    """)
        + "\n"
    )


def test_the_footer_follows_a_body_that_may_be_left_out() -> None:
    body = to_text(f"{block(OPEN)}<p>B</p>{block(END)}")
    composed = compose_text(body, identity=["N"], reason="", links=[])
    assert filled(composed, 1) == "B\n\n-- \nN\n"
    assert filled(composed, 0) == "-- \nN\n"


def test_nesting_without_end_is_refused() -> None:
    with pytest.raises(CompileError, match="nested too deeply"):
        to_text("<blockquote>" * 5_000 + "x")


WORDS = st.text(alphabet="abcdeäé漢", min_size=1, max_size=12)
INLINE = st.recursive(
    WORDS,
    lambda inner: (
        st.builds("<{0}>{1}</{0}>".format, st.sampled_from(["em", "strong", "span", "code"]), inner)
        | st.builds('<a href="https://e.com/{}">{}</a>'.format, st.integers(0, 9), inner)
        | st.lists(inner, min_size=2, max_size=12).map(" ".join)
    ),
    max_leaves=20,
)
BLOCKS = st.recursive(
    st.builds("<{0}>{1}</{0}>".format, st.sampled_from(["p", "h1", "h2", "h3"]), INLINE),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        .map("".join)
        .flatmap(
            lambda held: st.sampled_from(
                [
                    f"<blockquote>{held}</blockquote>",
                    f"<ul><li>{held}</li><li>{held}</li></ul>",
                    f"<ol><li>{held}</li></ol>",
                    f"<div>{held}</div>",
                    f"<dl><dt>x</dt><dd>{held}</dd></dl>",
                ]
            )
        )
    ),
    max_leaves=6,
)


@given(st.lists(BLOCKS, max_size=4).map("".join))
def test_every_word_survives_and_no_line_is_too_long(fragment: str) -> None:
    written = to_text(fragment)
    bare = re.sub(r"[\s*>`]|\[\d+\]", "", written)
    position = 0
    for word in re.sub(r"<[^>]*>", " ", fragment).split():
        position = bare.index(word, position) + len(word)
    assert all(display_width(line) <= 78 for line in written.split("\n") if "https" not in line)
    assert not [line for line in written.split("\n") if line != line.rstrip()]
    assert "\n\n\n" not in written


@given(st.text(alphabet="ab  é,.\xa0", max_size=80), st.integers(min_value=1, max_value=20))
def test_words_of_even_width_are_filled_like_any_others(text: str, width: int) -> None:
    wide = "\N{CJK UNIFIED IDEOGRAPH-754C}"

    assert wrap(f"{text}\n{wide}", width) == [*wrap(text, width), wide]


@pytest.mark.parametrize(("name", "rule"), [("Al", "========"), ("日本", "=========="), ("", "=========")])
def test_a_title_with_a_merge_field_is_underlined_in_its_own_length(name: str, rule: str) -> None:
    values = {"name": name} if name else {}
    text = merged("# Hello {{ recipient.name | default('you') }}\n\nSeen.\n", values).text

    assert text == f"Hello {name or 'you'}\n{rule}\n\nSeen."


def test_a_title_that_is_longer_for_some_is_underlined_for_each() -> None:
    source = "## Seen{% if recipient.vip %} at dusk{% endif %}\n\n> # Hi {{ recipient.vip }}\n"

    assert merged(source, {"vip": "x"}).text == "Seen at dusk\n------------\n\n> Hi x\n> ===="
    assert merged(source, {"vip": ""}).text.startswith("Seen\n----\n")
