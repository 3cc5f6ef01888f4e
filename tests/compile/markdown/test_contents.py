"""A list marked with `{:toc}` becomes the list of the headings."""

from pathlib import Path

import pytest
from tests.compile.merge.placement import merge_sources
from tests.compile.newsletter import filled, with_body

from mailer.compile.markdown import to_html

BODY = """\
# The owls
{:.no_toc}

* Contents
{:toc}

## Barn & field

### At *dusk*[^1]

## Tawny
{: #brown}

## Tawny

[^1]: Late.
"""


def test_headings_are_listed_by_their_levels() -> None:
    html = to_html(BODY)

    assert "Contents" not in html
    assert html.replace("\n", "").partition("</h1>")[2].partition("<h2")[0] == (
        '<ul><li><a href="#barn--field">Barn &amp; field</a>'
        '<ul><li><a href="#at-dusk">At dusk</a></li></ul></li>'
        '<li><a href="#brown">Tawny</a></li><li><a href="#tawny">Tawny</a></li></ul>'
    )
    for name in ("barn--field", "at-dusk", "brown", "tawny"):
        assert f'id="{name}"' in html


def test_each_heading_has_a_name_of_its_own() -> None:
    html = to_html("1. x\n{:toc}\n\n## A\n\n## A\n\n## A\n\n## !\n")

    assert [f'href="#{name}"' in html for name in ("a", "a-1", "a-2", "section")] == [True] * 4
    assert html.startswith("<ol>")


def test_without_headings_there_is_no_list() -> None:
    assert to_html("* x\n{:toc}\n\nText.\n").strip() == "<p>Text.</p>"


def test_headings_for_some_are_not_told_to_all() -> None:
    source = "* x\n{:toc}\n\n## All\n\n{% if recipient.vip %}\n## Secret\n{% endif %}\n"

    assert "Secret</a>" not in merge_sources(source).html
    assert "All</a>" in merge_sources(source).html


def test_the_text_part_lists_them_too(tmp_path: Path) -> None:
    text = filled(with_body(tmp_path, BODY)).text

    assert "* Barn & field\n  * At dusk\n* Tawny\n" in text


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("a\n\n{::comment}\nno {% if %}\n{:/comment}\n\nb\n", "a\n\nb"),
        ("a {::comment}no{:/}b\n", "a b"),
        ('{::options toc_levels="1..3" /}\n\na\n', "a"),
        ("{::nomarkdown}\n<b>a</b>\n{:/nomarkdown}\n", "*a*"),
        ("`{::comment}` a\n", "`{::comment}` a"),
        ("```\n{::comment}x{:/}\n```\n", "    {::comment}x{:/}"),
        ("a {::std} b\n", "a {::std} b"),
    ],
)
def test_tags_of_kramdown_are_taken_out(tmp_path: Path, source: str, shown: str) -> None:
    assert filled(with_body(tmp_path, source)).text.partition("\n\n-- \n")[0] == shown
