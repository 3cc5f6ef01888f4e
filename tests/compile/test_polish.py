"""polish: figures, bylines, absolute addresses, and the facts about a fragment."""

import pytest

from mailer.compile.polish import Heading, Picture, Polished, polish
from mailer.compile.written import Markdown
from mailer.errors import CompileError
from mailer.finding import Severity
from mailer.position import Position

VALUE = "zxqabcd1v0zx"
OPEN, END = "<!--zxqabcd2o1zx-->", "<!--zxqabcd3e1zx-->"
BASE = "https://example.com"


def html(fragment: str) -> str:
    return polish(fragment, base_url=BASE).html


def test_an_image_and_the_small_heading_below_become_a_figure() -> None:
    polished = polish(
        '<p><img src="/a.jpg" alt=""></p>\n<h5>By <em>Ann</em> &amp; me</h5>\n<p>x</p>', base_url=BASE
    )
    assert polished.html == (
        '<figure><img src="https://example.com/a.jpg" alt="By Ann &amp; me">'
        "<figcaption>By <em>Ann</em> &amp; me</figcaption></figure>\n<p>x</p>"
    )
    assert polished.pictures == (Picture("https://example.com/a.jpg", "By Ann & me", Position("")),)
    assert polished.headings == ()


def test_an_alternative_text_of_its_own_stays() -> None:
    assert 'alt="own"' in html('<p><img src="/a.jpg" alt="own"></p><h6>Caption</h6>')


def test_an_image_in_a_link_counts() -> None:
    assert html('<p><a href="/z"><img src="/a.jpg"></a></p><h5>C</h5>') == (
        '<figure><a href="https://example.com/z"><img src="https://example.com/a.jpg" alt="C"></a>'
        "<figcaption>C</figcaption></figure>"
    )


def test_an_image_alone_is_a_figure_and_keeps_its_class() -> None:
    assert html('<p class="wide">\n<img src="/a.jpg" alt="x">\n</p>').startswith('<figure class="wide">')


@pytest.mark.parametrize(
    "fragment",
    [
        '<p>Look: <img src="https://e.com/a.jpg"></p>',
        '<p><img src="https://e.com/a.jpg"> there</p>',
        '<p><a href="https://e.com/">x</a></p>',
        "<p></p>",
    ],
)
def test_other_paragraphs_stay(fragment: str) -> None:
    assert html(fragment) == fragment


@pytest.mark.parametrize("between", [OPEN, "text"])
def test_a_heading_behind_something_else_is_no_caption(between: str) -> None:
    assert "figcaption" not in html(f'<p><img src="/a.jpg"></p>{between}<h5>C</h5>')


@pytest.mark.parametrize("title", ["h1", "h2"])
def test_the_emphasised_line_under_a_title_is_its_byline(title: str) -> None:
    fragment = f'<{title}>T</{title}>\n<p><em>by <a href="https://e.com/">A</a></em></p>\n<p>x</p>'
    assert html(fragment) == fragment.replace("<p><em>", '<p class="byline"><em>')


@pytest.mark.parametrize("line_end", ["\n", "<br>\n", " <br>"])
def test_text_right_below_the_byline_gets_its_own_paragraph(line_end: str) -> None:
    assert html(f"<h2>T</h2><p><em>By A</em>{line_end}Then <b>x</b></p>") == (
        '<h2>T</h2><p class="byline"><em>By A</em></p>\n<p>Then <b>x</b></p>'
    )


@pytest.mark.parametrize(
    "fragment",
    [
        "<h2>T</h2><p><em>by A</em> and more</p>",
        "<h2>T</h2><p><em>by A</em> <b>x</b></p>",
        "<h2>T</h2><p><em>bytes</em></p>",
        "<h3>T</h3><p><em>by A</em></p>",
        "<p>T</p><p><em>by A</em></p>",
    ],
)
def test_other_emphasis_is_no_byline(fragment: str) -> None:
    assert "byline" not in html(fragment)


@pytest.mark.parametrize(
    ("address", "complete"),
    [
        ("/a/b?x=1", "https://example.com/a/b?x=1"),
        ("a.html", "https://example.com/blog/a.html"),
        ("//cdn.example.org/a", "https://cdn.example.org/a"),
        ("www.example.org/a", "https://www.example.org/a"),
        (f"/u/{VALUE}", f"https://example.com/u/{VALUE}"),
        ("../../../etc/passwd", "https://example.com/etc/passwd"),
        ("#top", "#top"),
        ("mailto:a@example.com", "mailto:a@example.com"),
        ("tel:+49123", "tel:+49123"),
        ("HTTP://example.org/", "HTTP://example.org/"),
        (VALUE, VALUE),
        (f"{VALUE}/x", f"{VALUE}/x"),
    ],
)
def test_addresses_are_completed(address: str, complete: str) -> None:
    polished = polish(f'<p><a href="{address}">x</a></p>', base_url="https://example.com/blog")
    assert polished.links == (complete,)
    assert polished.findings == ()


def test_without_a_base_a_relative_address_stays_and_is_a_warning_at_its_line() -> None:
    source = Markdown("one\n\n![x](/a.png)\n", "issues/x.md", 5)
    polished = polish('<p><img src="/a.png" alt="x"></p>', source=source)
    (finding,) = polished.findings
    assert polished.pictures[0].address == "/a.png"
    assert (finding.rule, finding.severity, str(finding.position)) == (
        "LINK-01",
        Severity.WARNING,
        "issues/x.md:7:6",
    )


def test_an_address_that_a_template_made_points_at_the_file() -> None:
    (finding,) = polish('<a href="/b">x</a>', source=Markdown("one", "x.md", 5)).findings
    assert str(finding.position) == "x.md"


@pytest.mark.parametrize("address", ["file:///etc/passwd", r"C:\x.png", r"\\host\share\x.png", "c:/x.png"])
def test_an_address_on_the_authors_machine_is_an_error(address: str) -> None:
    (finding,) = polish(f'<p><img src="{address}" alt="x"></p>', base_url=BASE).findings
    assert (finding.rule, finding.severity) == ("LINK-02", Severity.ERROR)


@pytest.mark.parametrize(
    ("address", "hint"),
    [
        ("javascript:alert(1)", "write the address of a page"),
        (" Java\tScript:x", "write the address of a page"),
        ("vbscript:x", "write the address of a page"),
        ("data:text/html,x", "write the address of a page"),
        ("data:image/png;base64,AAAA", "save the picture as a file"),
    ],
)
def test_an_address_that_is_a_program_or_a_document_is_an_error_at_its_line(address: str, hint: str) -> None:
    source = Markdown(f"one\n[x]({address})", "x.md", 5)
    (finding,) = polish(f'<p><a href="{address}">x</a></p>', base_url=BASE, source=source).findings
    assert (finding.rule, finding.severity, str(finding.position)) == ("LINK-03", Severity.ERROR, "x.md:6:5")
    assert finding.hint.startswith(hint)


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ('<p>Or <a class="button" href="/a">a</a></p>', [2]),
        ('<ul><li><a class="button" href="/a">a</a></li></ul>', [2]),
        ('<p><a class="button" href="/a">a</a> <a class="big button" href="/b">b</a></p>', []),
        ('<p><a class="button" href="/a">a</a> <a href="/b">b</a></p>', [2]),
    ],
)
def test_a_button_among_other_words_is_told_of(html: str, lines: list[int]) -> None:
    source = Markdown("one\n[a](/a){.button}", "x.md")
    findings = polish(html, base_url=BASE, source=source).findings
    assert [(one.rule, one.position.line) for one in findings] == [("BTN-01", line) for line in lines]


def test_the_first_heading_loses_its_markup_and_keeps_its_markers() -> None:
    polished = polish(f"<p>x</p><h2>A <em>b</em> &amp; {VALUE} {OPEN}c{END}</h2><h1>Z</h1>")
    assert polished.first_heading == f"A b & {VALUE} zxqabcd2o1zxczxqabcd3e1zx"
    assert polished.headings[1] == Heading(1, "Z")


def test_markers_pass_through() -> None:
    fragment = f'<p>a {VALUE}</p>{OPEN}<p title="{VALUE}">b</p>{END}<ul>{OPEN}<li>c</li>{END}</ul>'
    assert html(fragment) == fragment


@pytest.mark.parametrize(
    "fragment",
    ["", "only text", "a &lt; b", "<!-- note -->x", "<details open><summary>s</summary>x</details>"],
)
def test_other_html_passes_through(fragment: str) -> None:
    assert html(fragment) == fragment


def test_text_after_a_stray_end_of_page_is_kept() -> None:
    assert html("<p>a</p></div></body></html><p>b</p>") == "<p>a</p><p>b</p>"


def test_nesting_that_would_lose_text_is_refused() -> None:
    with pytest.raises(CompileError, match="nested too deeply"):
        polish("<blockquote>" * 400 + "x")


def test_nothing_gives_nothing() -> None:
    assert polish("") == Polished("")
