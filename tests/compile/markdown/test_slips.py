"""Slips of authors are mended and told with their place; what only looks like one is left alone."""

from pathlib import Path

import pytest

from mailer.compile.markdown import convert, to_html
from mailer.compile.markdown.slips import SLIPS, Slip
from mailer.compile.marker import marker
from mailer.compile.written import Markdown
from mailer.finding import Severity

WRITING = Path(__file__).parents[3] / "docs" / "writing.md"

MENDED = {
    "two brackets, one closed": ("a [b]((https://c.d)", "SLIP-01", 6, "a [b](https://c.d)"),
    "two brackets, both closed": ("[b]((c)) d", "SLIP-01", 4, "[b](c) d"),
    "space before the target": ("[b]( http://c.d) e", "SLIP-02", 4, "[b](http://c.d) e"),
    "space before a mail address": ("[b](  mailto:c@d.de)", "SLIP-02", 4, "[b](mailto:c@d.de)"),
    "space after the text": ("[b] (https://c.d/e)", "SLIP-03", 5, "[b](https://c.d/e)"),
    "www without a scheme": ("[b](www.c.de/x)", "SLIP-04", 5, "[b](https://www.c.de/x)"),
    "a host without a scheme": ("[b](c.com)", "SLIP-04", 5, "[b](https://c.com)"),
    "a host and a path without a scheme": ("[b](c.hu/d?e=f)", "SLIP-04", 5, "[b](https://c.hu/d?e=f)"),
    "an image without a scheme": ("![b](c.org/d.png)", "SLIP-04", 6, "![b](https://c.org/d.png)"),
    "a reference without a scheme": ("[b]: www.c.de\n\n[b]", "SLIP-04", 6, "[b](https://www.c.de)"),
    "a mail address": ("[b](c.d@e.org)", "SLIP-05", 5, "[b](mailto:c.d@e.org)"),
    "a mail address with a subject": ("[b](c@e.org?cc=d)", "SLIP-05", 5, "[b](mailto:c@e.org?cc=d)"),
    "spaces in stars": ("so ** very bold ** it", "SLIP-06", 4, "so **very bold** it"),
    "a space before the last stars": ("**Note: **text", "SLIP-06", 1, "**Note:** text"),
    "a space after the first stars": ("a ** bold**, b", "SLIP-06", 3, "a **bold**, b"),
    "stars around code": ("a ** see `b` **", "SLIP-06", 3, "a **see `b`**"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "rule", "column", "meant"), MENDED.values(), ids=MENDED)
def test_a_slip_is_mended_and_told(source: str, rule: str, column: int, meant: str) -> None:
    converted = convert(source)
    (finding,) = converted.findings

    assert converted.html == to_html(meant)
    assert (finding.rule, finding.severity) == (rule, Severity.WARNING)
    assert (finding.position.line, finding.position.column) == (1, column)
    assert finding.message
    assert finding.hint


def test_every_slip_is_tested() -> None:
    warned = {slip.rule for slip in SLIPS if slip.severity is Severity.WARNING}

    assert warned == {case[1] for case in MENDED.values()}


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.rule)
def test_every_slip_is_documented(slip: Slip) -> None:
    assert f"`{slip.rule}`" in WRITING.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "source",
    [
        "`[b]((c)` and ``[b] (http://c.d)``",
        "```\n** bold ** [b](www.c.de)\n```",
        "    [b]( http://c.d)",
        '<p title="[b]( http://c.d)">',
        'a <b title="** bold **">c</b>',
        "<http://c.d/[b](www.e.de)>",
        "\\[b\\]( http://c.d)",
        "[b](page.html) [b](docs/c.md) [b](c.md) [b](../c.de/d) [b](#c.de) [b](/c.com)",
        "[b](<c d> 'e') [b](http://c.d) [b](mailto:c@d.de)",
        "[b] (BIP152) [b] (siehe www)",
        "[b][c] (http://d.e)\n\n[c]: /u",
        "[c] (http://d.e)\n\n[c]: /u",
        "2 ** 3 ** 4 and x ** y",
        "**a.** and **(c)** x",
        "**a **b** c**",
        "**bold** and **bolder** x ** y",
        "#newsletter is on",
        "#1 reason",
        "a ## b",
    ],
)
def test_what_only_looks_like_a_slip_is_left_alone(source: str) -> None:
    assert convert(source).findings == ()


def test_several_slips_are_told_in_the_order_of_the_text() -> None:
    source = "one\n[a](www.b.de)\n** bold ** [c]((http://d.e)\n\n- [f]( http://g.h) and\n  > [i](j@k.de)"

    findings = convert(source).findings

    assert [(one.position.line, one.position.column, one.rule) for one in findings] == [
        (2, 5, "SLIP-04"), (3, 1, "SLIP-06"), (3, 15, "SLIP-01"), (5, 6, "SLIP-02"), (6, 9, "SLIP-05"),
    ]  # fmt: skip


def test_a_heading_without_a_space_stays_text_and_is_told() -> None:
    converted = convert("a\n\n##Events\nb")
    (finding,) = converted.findings

    assert converted.html == "<p>a</p>\n<p>##Events\nb</p>"
    assert (finding.rule, finding.severity, finding.position.line) == ("SLIP-07", Severity.INFO, 3)


def test_slips_in_headings_and_tables_are_told_with_their_lines() -> None:
    findings = convert("## [a](www.b.de)\n\n| c |\n|---|\n| [d](e@f.de) |").findings

    assert [(one.position.line, one.position.column) for one in findings] == [(1, 8), (5, 7)]


def test_a_line_after_definitions_keeps_its_number() -> None:
    (finding,) = convert("[a]: /u\n[b]: /v\nsee [c]( http://d.e)").findings

    assert finding.position.line == 3


def test_markers_are_left_alone() -> None:
    value, begin, end = (marker("abcd", *one) for one in ((1, "v", 1), (2, "o", 2), (3, "e", 2)))
    source = f"[a]( http://b.c/{value}) ** hello {value} ** {begin}** bold **{end} [d]({value})"

    html = to_html(source)

    assert html == (
        f'<p><a href="http://b.c/{value}">a</a> <strong>hello {value}</strong> '
        f'{begin} <strong>bold</strong> {end} <a href="{value}">d</a></p>'
    )


def test_findings_point_into_the_file_of_the_author() -> None:
    written = Markdown("one\n{% for x in y %}\n[a](www.b.de)\n{% endfor %}", "issues/a.md", 9)

    (first, second) = convert("one\n[a](www.b.de)\n\n[a](www.b.de)\n\n", written=written).findings

    assert str(first.position) == str(second.position) == "issues/a.md:11:5"


def test_findings_name_the_line_alone_or_the_file_alone_where_more_is_not_known() -> None:
    include = Markdown("one\n{% include x %}", "a.md")

    (with_line,) = convert("one\n[a](www.b.de)", written=include).findings
    (without,) = convert("one\n\n[a](www.b.de)", written=include).findings

    assert str(with_line.position) == "a.md:2"
    assert str(without.position) == "a.md"


def test_a_reference_to_no_note_is_told() -> None:
    converted = convert("a[^1]\n\nb[^none] `[^c]` [^d](/e) \\[^f]\n\n[^1]: One.")

    (finding,) = converted.findings
    assert (finding.rule, finding.position.line, finding.position.column) == ("NOTE-01", 3, 2)
    assert "b[^none]" in converted.html
    assert "[^none]: …" in finding.hint
