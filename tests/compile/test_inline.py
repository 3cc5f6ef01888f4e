import re
import socket
import subprocess
import sys

import pytest
from tests.compile.built_in import built_in_css

from mailer.compile.inline import inline, splice
from mailer.errors import CompileError
from mailer.layout.code import CODE_CLASSES

ONE_OF_EACH = """
<h1>One</h1><h2>Two</h2><h3>Three</h3><h4>Four</h4><h5>Five</h5><h6>Six</h6>
<p class="byline"><em>by Alice</em></p><p class="lead">Lead</p>
<p><a href="https://x.org">link</a> <a class="btn" href="https://x.org">button</a> <code>code</code>
<del>old</del> <abbr title="x">X</abbr> <sup>1</sup> <sub>2</sub></p>
<ul><li>a<ul><li>b</li></ul><ol><li>c</li></ol></li><li><p>loose</p></li><li class="task">☐ do</li></ul>
<ol><li>d</li></ol>
<blockquote><p>quote</p><p>end</p></blockquote><pre><code>pre</code></pre>
<figure><img src="a.png" alt="a"><figcaption>Caption</figcaption></figure><p><img src="b.png" alt="b"></p>
<table><thead><tr><th>h</th></tr></thead><tbody><tr><td>d <a href="https://x.org">e</a></td></tr></tbody></table><hr>
<dl><dt>t</dt><dd>d</dd></dl><div class="footnote"><ol><li><p>note</p></li></ol></div>
<p><mark>m <a href="https://x.org">n</a> <del>o</del></mark></p>
<div class="table-scroll"><table><tr><td>d</td></tr></table></div>
"""
LAYOUT_TABLE = '<table class="{}" role="presentation"><tr><td>{}</td></tr></table>'
BLOCKS = [
    "".join(LAYOUT_TABLE.format(f"callout {kind}", "a") for kind in ("note", "warning", "quote")),
    LAYOUT_TABLE.format("callout", "<p>a</p><p>b</p>")
    + LAYOUT_TABLE.format("card", "a")
    + '<div class="callout">a</div><div class="card">a</div>',
    LAYOUT_TABLE.format(
        "hero", LAYOUT_TABLE.format("buttons", '<a class="button" href="https://x.org">a</a>')
    ),
    LAYOUT_TABLE.format("buttons", "a"),
    LAYOUT_TABLE.format("image-row", '<img src="a.png" alt="a">'),
    LAYOUT_TABLE.format("hero", "").replace("<td>", '<td class="picture"><img src="a.png" alt="a">'),
    LAYOUT_TABLE.format("divider", "a"),
    f"<ul><li>{LAYOUT_TABLE.format('card', 'a')}</li></ul>",
    f"<blockquote>{LAYOUT_TABLE.format('card', 'a')}</blockquote>",
    LAYOUT_TABLE.format("card", '<div class="columns">a</div>'),
    '<div class="columns"><div class="column">a</div></div>',
    LAYOUT_TABLE.format("sections", "").replace(
        "<td></td>", '<td class="section">a</td><td class="gap"></td>'
    ),
    '<p class="spacer">a</p><p class="social">a</p>',
    '<div class="video"><img src="a.png" alt="a"><p>a</p></div>',
    '<pre class="highlight"><span class="gs">a</span><span class="ge">a</span></pre>',
    *(
        f'<pre class="highlight"><span class="{name}">a</span></pre>'
        for names in CODE_CLASSES.values()
        for name in names
    ),
]
LAST_IN_A_CELL = [
    around.format(part)
    for around in ("<table><tr><td>{}</td></tr></table>", '<div class="column">{}</div>')
    for part in (
        "<p>a</p>",
        "<ul><li>a</li></ul>",
        "<ol><li>a</li></ol>",
        "<pre>a</pre>",
        "<blockquote>a</blockquote>",
        "<figure>a</figure>",
        "<table><tr><th>a</th></tr></table>",
        "<dl><dt>a</dt></dl>",
        "<div>a</div>",
        "<h1>a</h1>",
        "<h2>a</h2>",
        "<h3>a</h3>",
        "<h4>a</h4>",
        '<div class="table-scroll">a</div>',
        '<div class="video">a</div>',
    )
]
LAST_IN_A_QUOTE = [
    f"<blockquote>{part}</blockquote>"
    for part in ("<blockquote>a</blockquote>", "<ul><li>a</li></ul>", "<ol><li>a</li></ol>")
]
FIRST_HEADINGS = [f"<h{level}>first</h{level}>" for level in (1, 2, 3)]
PAGES = [ONE_OF_EACH, *FIRST_HEADINGS, "".join(BLOCKS), "".join(LAST_IN_A_CELL + LAST_IN_A_QUOTE)]

RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


def single_rules(css: str) -> list[str]:
    """Return the style sheet as rules of one selector each."""
    return [
        f"{selector.strip()} {{{body}}}"
        for selectors, body in RULE.findall(css)
        for selector in selectors.split(",")
    ]


@pytest.mark.parametrize("rule", single_rules(built_in_css()))
def test_every_selector_of_the_built_in_content_css_has_an_effect(rule: str) -> None:
    assert any("style=" in inline(page, rule) for page in PAGES)


def test_no_declaration_of_the_built_in_content_css_is_lost() -> None:
    for rule in single_rules(built_in_css()):
        written = re.findall(r"([a-z-]+)\s*:", rule.partition("{")[2])
        found = next(
            style[1]
            for page in PAGES
            if (style := re.search(r'style="([^"]*)"', inline(page, rule))) is not None
        )
        assert [one.split(":")[0].strip() for one in found.split(";")] == written


def test_the_content_css_turns_with_the_direction() -> None:
    assert "padding-left:26px" in built_in_css(dir="ltr")
    assert "padding-right:26px" in built_in_css(dir="rtl")


def test_what_an_author_wrote_wins() -> None:
    fragment = inline(
        '<table><tr><td style="text-align: right">1</td></tr></table>', ".md td{text-align:left}"
    )

    assert re.search(r'style="[^"]*text-align:\s*right"', fragment)


def test_the_more_special_selector_wins_whatever_its_place() -> None:
    fragment = inline('<p class="lead">a</p>', ".md .lead{font-size:20px}.md p{font-size:17px;margin:0}")

    assert "font-size:20px" in fragment
    assert "17px" not in fragment


def test_markers_come_out_as_they_went_in() -> None:
    before = (
        '<!--zxq12340o1zx--><p class="a">zxq12341v0zx <a href="https://x.org/?q=zxq12342v0zx&amp;b=1">x</a></p>'
        '<!--zxq12343e1zx--><img alt="zxq12344v0zx" src="zxq12345v0zx">'
    )

    assert inline(before, ".md .none{color:red}") == before


def test_text_stays_as_it_is() -> None:
    before = "<p>a  b\n&lt;c&gt; &amp; “d” é\u00a0f ❤️</p>\n<pre><code>x\n\n  y</code></pre>\n<p>z<br>z</p>"

    assert inline(before, ".md .none{color:red}") == before


def test_nothing_is_added_that_belongs_to_the_old_days_of_html() -> None:
    css = ".md td{width:100px;height:5px;text-align:left;vertical-align:top}"
    css += ".md td{background-color:#eee}.md img{float:left}"

    fragment = inline('<table><tr><td>a<img src="a.png"></td></tr></table>', css)

    for name in (" width=", " height=", " align=", " valign=", " bgcolor="):
        assert name not in fragment


def test_important_is_stripped_for_a_style_attribute_needs_none() -> None:
    assert "important" not in inline("<p>a</p>", ".md p{color:red !important}")


@pytest.mark.parametrize(
    "css",
    [
        "@import url(http://127.0.0.1:9/a.css);",
        "@IMPORT 'http://127.0.0.1:9/b.css';\n.md p{color:red}",
        "@media (min-width:1px){.md p{color:red}}",
        "@font-face{font-family:x}",
        "@layer a{.md p{color:red}}",
        ".md a:hover{color:red}",
        ".md p:not(.a){color:red}",
        ".md p:nth-child(2){color:red}",
        ".md :is(p){color:red}",
        ".md li::marker{color:red}",
        '.md [data-x="a,b"]{color:red}',
        ".md *{color:red}",
        ".md P{color:red}",
        "P{color:red}",
        ".md{color:red}",
        ".md h1, .md{color:red}",
        ".md p{color:red",
        ".md p",
        ".md p{&:hover{color:red}}",
    ],
)
def test_css_that_would_be_fetched_or_lost_is_refused(css: str) -> None:
    with pytest.raises(CompileError) as caught:
        inline("<p>a</p>", css)

    assert "content.css" in caught.value.message
    assert caught.value.hint


def test_a_comment_in_the_css_may_say_anything() -> None:
    assert inline("<p>a</p>", "/* no @import { here */.md p{color:red}") == '<p style="color:red">a</p>'


@pytest.mark.parametrize(
    "fragment",
    [
        '<link rel="stylesheet" href="http://127.0.0.1:9/a.css">',
        "<p>a</p>< LINK href=x>",
        "<style>@import 'http://127.0.0.1:9/c.css'</style>",
        '<base href="http://127.0.0.1:9/">',
    ],
)
def test_content_that_would_be_fetched_is_refused(fragment: str) -> None:
    with pytest.raises(CompileError, match="nothing is fetched"):
        inline(fragment, ".md p{color:red}")


@pytest.mark.parametrize(
    "fragment", ["<p>a</p></div><p>b</p>", "</div>", "<p>a</p></body></html><p>b</p></div>"]
)
def test_a_closing_tag_too_many_is_refused_instead_of_losing_what_follows(fragment: str) -> None:
    with pytest.raises(CompileError, match="closes an element that it never opened"):
        inline(fragment, ".md p{color:red}")


def test_nothing_opens_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def blocked(*_: object, **__: object) -> None:
        raise AssertionError("a connection")

    monkeypatch.setattr(socket, "socket", blocked)
    monkeypatch.setattr(socket, "create_connection", blocked)

    assert inline(ONE_OF_EACH, built_in_css() + ".md .only-here{background:url(http://127.0.0.1:9/a.png)}")


def test_the_rules_of_one_style_sheet_do_not_reach_another() -> None:
    red, blue = ".md p{color:red}", ".md p{color:blue}"

    assert [inline("<p>a</p>", css) for css in (red, blue, red)] == [
        '<p style="color:red">a</p>',
        '<p style="color:blue">a</p>',
        '<p style="color:red">a</p>',
    ]


def test_more_style_sheets_than_are_remembered_do_no_harm() -> None:
    for size in range(1, 20):
        assert inline("<p>a</p>", f".md p{{margin:{size}px}}") == f'<p style="margin:{size}px">a</p>'


def test_importing_costs_nothing_before_it_is_used() -> None:
    script = (
        "import sys, mailer.compile.inline\n"
        "assert not {'premailer', 'cssutils', 'requests'} & sys.modules.keys(), 'imported early'"
    )

    subprocess.run([sys.executable, "-c", script], check=True)


def test_the_fragment_takes_the_place_of_the_placeholder() -> None:
    assert splice("<td>zxcontent</td>", "zxcontent", r"<p>\1 \g<0></p>") == r"<td><p>\1 \g<0></p></td>"


@pytest.mark.parametrize("page", ["<td></td>", "<td>zxcontent zxcontent</td>"])
def test_content_shown_never_or_twice_is_an_error(page: str) -> None:
    with pytest.raises(CompileError, match=r"the layout shows the content \d times"):
        splice(page, "zxcontent", "<p>a</p>")


def test_a_rule_for_all_divs_leaves_what_is_around_the_content_alone() -> None:
    assert inline("<div>a</div>", ".md div { color:red; }\n.md > div { margin:0; }") == (
        '<div style="color:red; margin:0">a</div>'
    )


def test_the_order_of_rules_counts_whichever_of_them_are_needed() -> None:
    css = ".md p { color:red; }\n.md h1 { color:red; }\n.md p { color:blue; }\n.md .a { color:green; }"

    assert inline('<p>a</p><p class="a">b</p>', css) == (
        '<p style="color:blue">a</p><p class="a" style="color:green">b</p>'
    )
