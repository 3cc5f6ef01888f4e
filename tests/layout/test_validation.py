import pytest

from mailer.errors import LayoutError
from mailer.layout.elements import ELEMENTS
from mailer.layout.fault import Fault
from mailer.layout.markup import annotate, read_markup
from mailer.layout.validation import validate
from mailer.position import Position

NOWHERE = Position("layouts/x.mjml")


THIRD = '<mj-column width="33.4%" />'


def faults(source: str) -> tuple[Fault, ...]:
    return validate(tuple(read_markup(annotate(source, "layouts/x.mjml"), NOWHERE)), NOWHERE)


def page(body: str, head: str = "") -> str:
    """Return a layout whose `head` begins on line 3 and, without a head, whose `body` begins on line 4."""
    return f"<mjml>\n<mj-head>\n{head}</mj-head><mj-body>\n{body}\n</mj-body>\n</mjml>\n"


def column(inside: str) -> str:
    return page(f"<mj-section><mj-column>\n{inside}\n</mj-column></mj-section>")


def refused(source: str) -> tuple[str, str]:
    """Return the place and the message of the one fault."""
    try:
        [fault] = faults(source)
    except LayoutError as error:
        fault = Fault(error.message, error.position)
    assert fault.position.path == "layouts/x.mjml"
    return f"{fault.position.line}:{fault.position.column}", fault.message


@pytest.mark.parametrize(
    "source",
    [
        page(""),
        "<mjml><mj-body></mj-body></mjml>",
        column('<mj-text padding="0px 16px">a <b>b</b><br>c<br/>&amp;&#8203;&nbsp;</mj-text>'),
        column('<mj-image src="https://x.org/a.png" alt="" width="100px" />'),
        column('<mj-button href="https://x.org" inner-padding="10px 25px">Go</mj-button>'),
        column("<mj-table><tr><td>a</td></tr></mj-table>"),
        column('<mj-text align="zxq12340v0zx" font-size="zxq12340v0zx">a</mj-text>'),
        column("<mj-text><!-- a note --></mj-text>"),
        column('<mj-raw><!--[if mso]><table><tr><td width="1"><![endif]--></mj-raw>').replace(
            '<table><tr><td width="1">', '<table><tr><td width="1"></td></tr></table>'
        ),
        column("<mj-raw><!--[if !mso]><!--><p>x</p><!--<![endif]--></mj-raw>"),
        page("zxq12340o1zx<mj-section></mj-section><!--zxq12341e1zx-->"),
        page("", '<mj-attributes><mj-all color="#fff"/><mj-text color="#000" /></mj-attributes>'),
        page("", '<mj-attributes><mj-class name="a" color="#fff"/></mj-attributes>'),
        page("", "<mj-style>@media (min-width:1px) { .a > .b { color:red } }</mj-style>"),
        page("", '<mj-raw><meta name="a" content="b" /></mj-raw>'),
        page('<mj-section border="1px solid #ddd" border-top="none"></mj-section>'),
        page("<mj-section>" + 3 * THIRD + "</mj-section>"),
        page('<mj-section><mj-group width="50%">' + 3 * THIRD + "</mj-group></mj-section>"),
        page("<mj-section>zxq12340o1zx" + 4 * THIRD + "zxq12341e1zx</mj-section>"),
        column(
            "<mj-text><table><tbody><tr><td><p>a</p></td></tr></tbody></table><ul><li><p>a</p></li></ul></mj-text>"
        ),
        column("<mj-text><a href='mailto:a@b.org'>a</a><a href='#top'>b</a></mj-text>"),
        column("<mj-text><p>a</p><p>b</p><div><p>c</p></div></mj-text>"),
        page("", "<mj-style>/* a } brace */ .a { color:red }</mj-style>"),
        page("", '<mj-attributes><mj-text color="#000" /></mj-attributes>').replace(
            "</mj-body>",
            "<mj-section><mj-column><mj-text>a</mj-text><mj-text>b</mj-text></mj-column></mj-section></mj-body>",
        ),
    ],
)
def test_right_layouts_pass(source: str) -> None:
    assert not faults(source)


@pytest.mark.parametrize(
    ("source", "place", "message"),
    [
        # what mjml-python takes without a word (left column of the table)
        (column('<mj-text colour="#fff">a</mj-text>'), "5:1", "<mj-text> has no attribute 'colour'"),
        (column("<mj-txt>a</mj-txt>"), "5:1", "unknown element <mj-txt> (did you mean 'mj-text'?)"),
        (column("<foo>a</foo>"), "5:1", "<foo> cannot stand directly in <mj-column>"),
        (column("<mj-text><tabel></tabel></mj-text>"), "5:10", "<tabel> (did you mean 'table'?)"),
        (page("<mj-section>\n<mj-text>a</mj-text></mj-section>"), "5:1", "cannot stand inside <mj-section>"),
        (page("\n<mj-column></mj-column>"), "5:1", "<mj-column> cannot stand inside <mj-body>"),
        (column("<mj-text><mj-text>a</mj-text></mj-text>"), "5:10", "cannot stand inside <mj-text>"),
        (column("<mj-text>x</mj-button>"), "5:1", "<mj-text> is closed by </mj-button>"),
        ("<mjml><mj-body></mj-body>\n<mj-body></mj-body></mjml>", "2:1", "a second <mj-body>"),
        ("<mjml><mj-body></mj-body>\n<mj-head></mj-head></mjml>", "2:1", "<mj-head> stands after"),
        (column('<mj-text font-size="12">a</mj-text>'), "5:1", 'a length is written with its unit, "16px"'),
        (column('<mj-image src="a" width="wide" />'), "5:1", "a length is written with its unit"),
        (column("\nstray words\n<mj-text>a</mj-text>"), "6", "the text 'stray words' stands directly"),
        (column("<mj-text>a\nAT&T</mj-text>"), "6", "a lone & in '&T'"),
        (column("<mj-button>Go</mj-button>"), "5:1", "<mj-button> has no href"),
        (column("<mj-image />"), "5:1", "<mj-image> has no src"),
        # values
        (column('<mj-text font-weight="fat">a</mj-text>'), "5:1", "write one of 100, 200"),
        (column('<mj-text text-transform="upper">a</mj-text>'), "5:1", "write one of capitalize, lowercase"),
        (column('<mj-divider border-style="wavy" />'), "5:1", "write one of dashed, dotted, double, none"),
        (page('<mj-section border="thin red"></mj-section>'), "4:1", "a border is written"),
        (page('<mj-section border="1px #ddd"></mj-section>'), "4:1", "a border is written"),
        (column('<mj-image src="a" width="50%" />'), "5:1", "this length is in pixels"),
        ('<mjml>\n<mj-body width="100%"></mj-body></mjml>', "2:1", "this length is in pixels"),
        (column('<mj-button href="javascript:x">Go</mj-button>'), "5:1", "follow no such address"),
        (column('<mj-image src="data:image/png;base64,x" />'), "5:1", "follow no such address"),
        (column('<mj-text><a href="JavaScript:x">a</a></mj-text>'), "5:10", "follow no such address"),
        (column('<mj-text><p onclick="x">a</p></mj-text>'), "5:10", "mail programs run nothing"),
        (column('<mj-image src="a" target="new" />'), "5:1", "write one of _blank"),
        # nesting
        (column("<mj-text><p>a\n<p>b</p></p></mj-text>"), "6:1", "<p> cannot stand inside <p>"),
        (
            column("<mj-text><p><b>\n<table></table></b></p></mj-text>"),
            "6:1",
            "<table> cannot stand inside <p>",
        ),
        (
            column("<mj-text><a href='b'>\n<a href='c'></a></a></mj-text>"),
            "6:1",
            "<a> cannot stand inside <a>",
        ),
        (column("<mj-text>\n<li>a</li></mj-text>"), "6:1", "<li> cannot stand inside <mj-text>"),
        (column("<mj-text><ul>\n<p>a</p></ul></mj-text>"), "6:1", "<p> cannot stand inside <ul>"),
        (column("<mj-text><table>\n<td>a</td></table></mj-text>"), "6:1", "<td> cannot stand inside <table>"),
        (
            column("<mj-text><table><tr>\n<p>a</p></tr></table></mj-text>"),
            "6:1",
            "<p> cannot stand inside <tr>",
        ),
        (column("<mj-text>\n<tr><td>a</td></tr></mj-text>"), "6:1", "<tr> cannot stand inside <mj-text>"),
        (
            page('<mj-section><mj-column width="60%" />\n<mj-column width="50%" /></mj-section>'),
            "5:1",
            "the columns of this row are 110% wide together",
        ),
        # duplicates
        (page("", "<mj-title>a</mj-title>\n<mj-title>b</mj-title>"), "4:1", "a second <mj-title>"),
        (page("", "<mj-preview>a</mj-preview>\n<mj-preview>b</mj-preview>"), "4:1", "a second <mj-preview>"),
        (page("", '<mj-breakpoint width="1px" />\n<mj-breakpoint width="2px" />'), "4:1", "a second <mj-br"),
        (
            page("", '<mj-attributes><mj-class name="a" />\n<mj-class name="a" /></mj-attributes>'),
            "4:1",
            "a second <mj-class> for 'a'",
        ),
        (page("", "<mj-attributes><mj-text />\n<mj-text /></mj-attributes>"), "4:1", "a second <mj-text>"),
        (
            column('<mj-text><p id="a">a</p>\n<p id="a">b</p></mj-text>'),
            "6:1",
            "a second element with the id 'a'",
        ),
        # style rules
        (page("", "<mj-style>.a { color:red\n.b { color:red }</mj-style>"), "3", "a { in these rules"),
        (page("", "<mj-style>.a { color:red }\n}</mj-style>"), "4", "this } closes nothing"),
        # what breaks the page
        (column('<mj-text padding="0 30px">a</mj-text>'), "5:1", "a bare 0"),
        (column('<mj-text padding="20px 30px 0">a</mj-text>'), "5:1", "write 0px"),
        (column('<mj-text padding="20px 30px 0 30px">a</mj-text>'), "5:1", "write 0px"),
        (column('<mj-text padding-top="0">a</mj-text>'), "5:1", "write 0px"),
        (column('<mj-text padding="1px 2px 3px 4px 5px">a</mj-text>'), "5:1", "a padding is written"),
        (column('<mj-text padding-left="1px 2px">a</mj-text>'), "5:1", "a padding is written"),
        (column('<mj-text color="#12">a</mj-text>'), "5:1", "a colour is written"),
        (column('<mj-text align="middle">a</mj-text>'), "5:1", "write one of center, justify, left, right"),
        (column('<mj-text align="left" align="right">a</mj-text>'), "5:1", "'align' is given twice"),
        (column('<mj-text><p id="a" id="b"></p></mj-text>'), "5:10", "'id' is given twice"),
        (column('<mj-include path="/etc/passwd" type="css" />'), "5:1", "<mj-include> cannot be used"),
        (page("", '<mj-include path="../x" />\n'), "3:1", "<mj-include> cannot be used"),
        (page("", '<mj-font name="a" href="https://x.org" />'), "3:1", "fetched from someone else's server"),
        (page("", '<mj-raw>\n<link rel="stylesheet" href="http://x" /></mj-raw>'), "4:1", "<link> cannot"),
        (page("", "<mj-style>a{}\n@import url(http://x);</mj-style>"), "4", "@import cannot be used"),
        (page("", "<mj-raw><style>@IMPORT 'x';</style></mj-raw>"), "3", "@import cannot be used"),
        (page("", '<mj-style inline="inline">a{}</mj-style>'), "3:1", "'inline' has no effect"),
        (page("", '<mj-raw position="file-start">a</mj-raw>'), "3:1", "'position' has no effect"),
        (page("", "<mj-html-attributes></mj-html-attributes>"), "3:1", "<mj-html-attributes> cannot"),
        (page("", '<mj-attributes><mj-class name="a"><p/></mj-class></mj-attributes>'), "3:35", "<p> cannot"),
        (page("", "<mj-attributes><mj-class /></mj-attributes>"), "3:16", "<mj-class> has no name"),
        (page("", "<meta />"), "3:1", "<meta> cannot stand directly in <mj-head>"),
        (page("", "<mj-foo />"), "3:1", "unknown element <mj-foo>"),
        (page('<mj-wrapper gap="3px"></mj-wrapper>'), "4:1", "'gap' has no effect"),
        ('<mjml>\n<mj-body css-class="a"></mj-body></mjml>', "2:1", "'css-class' has no effect"),
        (column('<mj-image src="a" sizes="1px" />'), "5:1", "'sizes' has no effect"),
        (
            column('<mj-social><mj-social-element name="x" href="y">x</mj-social-element></mj-social>'),
            "5:12",
            "has no src",
        ),
        (column('<mj-text mj-class="none">a</mj-text>'), "5:1", "there is no mj-class 'none'"),
        (
            column("<mj-raw><!--[if mso]><table><![endif]--></mj-raw>"),
            "5",
            "<table> in a conditional comment",
        ),
        (column("<mj-raw><!--[if mso]></table><![endif]--></mj-raw>"), "5", "</table> in a conditional"),
        (column("<mj-raw><!--[if mso]><p></p>--></mj-raw>"), "5", "this conditional comment is not closed"),
        # what mjml-python refuses, often without a place (right column)
        (column("<mj-text a=b>a</mj-text>"), "5:1", "<mj-text> is not written right near 'a=b>a"),
        (column("<mj-text>1 < 2</mj-text>"), "5", "begins like a tag"),
        (column("<mj-text><script>x</script></mj-text>"), "5:10", "<script> cannot be used"),
        (column("<mj-text><![CDATA[x]]></mj-text>"), "5", "begins like a tag"),
        ("<?xml version='1.0'?><mjml></mjml>", "0:0", "begins like a tag"),
        ("<mjml><mj-body></mj-body></mjml>\ntrailing", "2", "the text 'trailing' stands outside <mjml>"),
        ("<mjml><mj-body>\n<mj-section></mj-body></mjml>", "2:1", "<mj-section> is closed by </mj-body>"),
        ("<mjml><mj-body></mj-body></mjml>\n</mjml>", "2", "</mjml> closes nothing"),
        ("", "0:0", "a layout is one <mjml> with an <mj-body>"),
        ("<mjml></mjml>", "1:1", "a layout is one <mjml> with an <mj-body>"),
        ("<mj-body></mj-body>", "1:1", "<mj-body> cannot stand on its own"),
        ("<p></p>", "1:1", "<p> cannot stand outside <mjml>"),
        (column("<mj-text><br></br></mj-text>"), "5", "<br> takes no closing tag"),
    ],
)
def test_wrong_layouts_are_refused_with_their_place(source: str, place: str, message: str) -> None:
    found_place, found_message = refused(source)

    assert message in found_message
    assert found_place == (place if ":" in place else f"{place}:0")


def told(source: str) -> list[str]:
    return [f"{fault.position.line}: {fault.message}" for fault in faults(source)]


def test_every_fault_is_told_in_the_order_of_the_lines() -> None:
    source = page(
        '<mj-section padding="0 8px">\n<mj-column wide="1px" width="70%">\n<mj-text>AT&T<br></mj-text>\n'
        '<mj-button>Go</mj-button>\n</mj-column><mj-column width="40%" /></mj-section>\n'
        "<p>a</p>\n<mj-txt><b>a</b></mj-txt>",
    )
    assert told(source) == [
        '4: padding="0 8px" on <mj-section>: a bare 0 makes the column too wide: write 0px',
        "5: <mj-column> has no attribute 'wide' (did you mean 'width'?)",
        "6: a lone & in '&T'",
        "7: <mj-button> has no href",
        "8: the columns of this row are 110% wide together",
        "9: <p> cannot stand directly in <mj-body>",
        "10: unknown element <mj-txt> (did you mean 'mj-text'?)",
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            column("<mj-text>\n<p>a<p>b</mj-text>"),
            [
                "6: <p> is closed by </mj-text>",
                "6: <p> cannot stand inside <p>",
                "6: <p> is closed by </mj-text>",
            ],
        ),
        ("<mjml>\n<mj-body>", ["1: <mjml> is never closed", "2: <mj-body> is never closed"]),
        (
            column("<mj-text>\n<b><i>a</mj-text><mj-text x='1'>b</mj-text>"),
            [
                "6: <b> is closed by </mj-text>",
                "6: <i> is closed by </mj-text>",
                "6: <mj-text> has no attribute 'x'",
            ],
        ),
        (column("<mj-text>\n</i>a</mj-text>"), ["6: </i> closes nothing"]),
    ],
)
def test_a_tag_that_is_not_closed_hides_no_other_fault(source: str, expected: list[str]) -> None:
    assert told(source) == expected


def test_of_a_layout_that_ends_too_early_what_is_open_is_no_fault() -> None:
    pieces = tuple(read_markup("<mjml><mj-body>", NOWHERE))

    assert not validate(pieces, NOWHERE, whole=False)


def test_classes_that_say_the_same_attribute_are_kept_apart() -> None:
    head = '<mj-attributes><mj-class name="a" color="#fff"/><mj-class name="b" color="#000"/></mj-attributes>'
    body = '<mj-section mj-class="a b"></mj-section>'

    assert refused(page(body, head))[1] == "two of the mj-class names both set 'color'"


def test_the_parents_of_every_element_are_elements() -> None:
    for name, element in ELEMENTS.items():
        assert element.parents <= ELEMENTS.keys()
        assert element.parents or name == "mjml"
        assert set(element.required) <= element.attributes
        for parent in element.parents:
            assert ELEMENTS[parent].content == "elements"
