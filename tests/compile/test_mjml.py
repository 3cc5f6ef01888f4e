import html
import re
import subprocess
import sys

import pytest

from mailer.compile.mjml import escape_attribute, to_html
from mailer.errors import LayoutError, LayoutFaults
from mailer.layout.layout import Layout
from mailer.layout.load import load_layout
from mailer.layout.markup import annotate

PATH = "layouts/x.mjml"
MARK = "zxq12340v0zx"


def compiled(source: str) -> str:
    layout = Layout("x", "x.mjml", {"x.mjml": source}, {"x.mjml": PATH}, {})
    return to_html(annotate(source, PATH), layout)


def column(inside: str, head: str = "") -> str:
    return (
        f'<mjml lang="en" dir="ltr"><mj-head>{head}</mj-head><mj-body width="600px">'
        f'<mj-section padding="0px"><mj-column>{inside}</mj-column></mj-section></mj-body></mjml>'
    )


def refused(source: str) -> LayoutError:
    with pytest.raises(LayoutError) as caught:
        compiled(source)
    return caught.value


def attribute(page: str, name: str) -> str:
    found = re.search(rf' {name}="([^"]*)"', page)
    assert found
    return html.unescape(found[1])


# Debug escapes of the library: §2.1 of the measured traps

ODD = {
    "newline": "a\nb",
    "tab": "a\tb",
    "backslash": "a\\b",
    "quote": 'a"b',
    "no-break space": "a\u00a0b",
    "soft hyphen": "a\u00adb",
    "zero-width non-joiner": "a\u200cb",
    "zero-width joiner": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "variation selector": "\u2764\ufe0f",
    "combining mark": "e\u0301",
    "Arabic": "مرحبا",
    "angle": "a<b>c",
    "ampersand": "a&b;&amp;c",
}


@pytest.mark.parametrize("value", ODD.values(), ids=ODD.keys())
def test_odd_signs_in_attributes_of_mjml_come_through(value: str) -> None:
    written = html.escape(value)

    page = compiled(column(f'<mj-image src="https://x.org/a.png" alt="{written}" href="{written}" />'))

    assert attribute(page, "alt") == value
    assert attribute(page, "href") == value


@pytest.mark.parametrize("value", ODD.values(), ids=ODD.keys())
def test_odd_signs_in_attributes_of_html_come_through(value: str) -> None:
    written = html.escape(value)

    page = compiled(column(f'<mj-text><a href="{written}" title="{written}">x</a></mj-text>'))

    assert attribute(page, "href") == value
    assert attribute(page, "title") == value


@pytest.mark.parametrize("value", ODD.values(), ids=ODD.keys())
def test_odd_signs_in_the_title_come_through_to_its_copy_in_the_label(value: str) -> None:
    page = compiled(column("", f"<mj-title>{html.escape(value, quote=False)}</mj-title>"))

    assert attribute(page, "aria-label") == value
    title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    assert title
    assert html.unescape(title[1]) == value


def test_a_value_in_single_quotes_may_hold_double_ones() -> None:
    page = compiled(column("""<mj-text><p title='say "x"'>a</p></mj-text>"""))

    assert attribute(page, "title") == 'say "x"'


def test_an_address_with_a_word_like_an_entity_stays_itself() -> None:
    assert (
        html.unescape(escape_attribute("https://x.org/?a=1&copy=2&amp;lt=3"))
        == "https://x.org/?a=1&copy=2&lt=3"
    )


# the page


def test_the_page_begins_with_an_upper_case_doctype() -> None:
    assert compiled(column("")).startswith("<!DOCTYPE html><html")


def test_an_image_without_alt_gets_an_empty_one_and_others_keep_theirs() -> None:
    page = compiled(
        column(
            '<mj-image src="https://x.org/?alt=1" /><mj-image src="b.png" alt="b" />'
            '<mj-text><img src="c.png" title="a > b alt=x" /><img src="d.png" alt="d" /></mj-text>'
        )
    )

    images = re.findall(r"<img\b(?:[^>\"]|\"[^\"]*\")*>", page)
    assert [re.findall(r' alt="([^"]*)"', image) for image in images] == [[""], ["b"], [""], ["d"]]


def test_no_font_is_fetched() -> None:
    page = compiled(column("<mj-text>a</mj-text>"))

    assert "fonts.googleapis" not in page
    assert "@import" not in page


def test_lengths_in_paddings_narrow_the_picture() -> None:
    source = column('<mj-image padding="0px" src="a.png" alt="" />').replace(
        '<mj-section padding="0px">', '<mj-section padding="0px 30px">'
    )

    assert 'width="540"' in compiled(source)
    assert "write 0px" in refused(source.replace("0px 30px", "0 30px")).message


def test_style_rules_come_through_as_they_are() -> None:
    css = "@media (prefers-color-scheme:dark){.a > b{color:#fff !important}}[data-ogsc] .a{color:red}"

    assert f">{css}</style>" in compiled(column("", f"<mj-style>{css}</mj-style>"))


def test_conditional_comments_stay_and_an_authors_notes_go() -> None:
    page = compiled(
        column(
            "<mj-raw><!-- for the editors --><!--[if mso]><p>Outlook</p><![endif]--></mj-raw>",
            "<mj-attributes><!-- colours --></mj-attributes>",
        )
    )

    assert "<!--[if mso]><p>Outlook</p><![endif]-->" in page
    assert "editors" not in page
    assert "colours" not in page
    assert page.count("<!--[if") == page.count("<![endif]-->")


def test_nothing_of_our_own_is_left_in_the_page() -> None:
    page = compiled(column("<mj-text>a</mj-text>"))

    assert "data-at" not in page
    assert "end of mailer layout" not in page


# markers


def test_markers_in_text_and_attributes_stay_words() -> None:
    page = compiled(column(f'<mj-text>a {MARK} <a href="https://x.org/{MARK}">b</a></mj-text>'))

    assert f"a {MARK} <a" in page
    assert f'href="https://x.org/{MARK}"' in page


def test_markers_between_elements_become_comments() -> None:
    source = column("<mj-text>a</mj-text>").replace("<mj-section", "zxq12340o0zx<mj-section")
    source = source.replace("</mj-section>", "</mj-section><!--zxq12341e0zx-->")

    page = compiled(source)

    assert "<!--zxq12340o0zx-->" in page
    assert "<!--zxq12341e0zx-->" in page
    assert page.index("<!--zxq12340o0zx-->") < page.index(">a</div>") < page.index("<!--zxq12341e0zx-->")


def test_markers_in_the_title_stay_words_for_a_title_holds_no_comments() -> None:
    page = compiled(column("", f"<mj-title>A <!--zxq12340o0zx-->b {MARK}</mj-title>"))

    assert f"<title>A zxq12340o0zxb {MARK}</title>" in page


def test_a_marker_that_the_library_drops_is_an_error_with_its_line() -> None:
    source = column("").replace("<mj-head>", "<mj-head>\n\nzxq12340o0zx")

    error = refused(source)

    assert error.position.line == 3
    assert "a merge field cannot stand here" in error.message


# faults


def test_a_fault_shows_the_line_of_the_template() -> None:
    source = "<mjml>\n  <mj-body>\n    <mj-txt />\n  </mj-body>\n</mjml>"

    assert str(refused(source)).splitlines()[:3] == [
        "layouts/x.mjml:3:5: unknown element <mj-txt> (did you mean 'mj-text'?)",
        "        <mj-txt />",
        "        ^",
    ]


def test_without_annotation_a_fault_names_the_layout_at_least() -> None:
    layout = Layout("x", "x.mjml", {"x.mjml": ""}, {"x.mjml": PATH}, {})

    with pytest.raises(LayoutError) as caught:
        to_html("<mjml><mj-txt /></mjml>", layout)

    assert str(caught.value).startswith(f"{PATH}: unknown element")


def test_what_only_the_library_refuses_is_told_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailer.compile.mjml.validate", lambda *_, **__: ())
    source = "<mjml>\n<mj-head>\n<mj-title>é</mj-title>\n<mj-foo />\n</mj-head></mjml>"

    error = refused(source)

    assert (error.position.path, error.position.line) == (PATH, 4)
    assert "the MJML library refuses this" in error.message


def test_a_part_that_the_library_swallows_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailer.compile.mjml.mjml.mjml2html", lambda *_, **__: "<!doctype html><html></html>")

    assert "a part of this layout is lost" in refused(column('<mj-spacer height="17px" />')).message


def test_the_page_is_the_same_in_every_process() -> None:
    script = (
        "import hashlib, sys; sys.path.insert(0, '.')\n"
        "from tests.compile.built_in import built_in_page\n"
        "print(hashlib.sha256(built_in_page().encode()).hexdigest())"
    )
    prints = {
        subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(prints) == 1


def test_an_unannotated_position_of_the_built_in_layout_is_its_name() -> None:
    layout = load_layout("newsletter", None, aliases={})

    with pytest.raises(LayoutError) as caught:
        to_html("", layout)

    assert caught.value.position.path == "builtin/newsletter.mjml"


def test_several_faults_are_told_at_once_each_with_its_line_and_what_to_do() -> None:
    error = refused(
        column('\n<mj-text colour="#fff">a</mj-text>\n<mj-button>AT&T</mj-button>\n<mj-text a=b>')
    )

    assert isinstance(error, LayoutFaults)
    assert [fault.position.line for fault in error.faults] == [2, 3, 3, 4]
    shown = str(error)
    assert shown.startswith(f"4 faults in this layout\n{PATH}:2:1: <mj-text> has no attribute 'colour'")
    assert "\n    <mj-button>AT&T</mj-button>\n    → write &amp;" in shown
    assert "is not written right" in shown


def test_of_very_many_faults_some_are_told() -> None:
    error = refused(column("\n".join(["<mj-txt />"] * 25)))

    assert str(error).count("unknown element") == 20
    assert str(error).endswith("and 5 more")
