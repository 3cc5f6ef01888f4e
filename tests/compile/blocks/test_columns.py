"""`columns`: side by side, and cells for Outlook."""

import re

from tests.compile.blocks.stages import SETTING, balanced, page, plain

from mailer.compile.blocks import Setting

CARD = "::: card\n%s\n:::"

TWO = "::: columns\n::: column\nA\n:::\n::: column\nB\n:::\n:::"


def test_they_flow_and_outlook_gets_cells() -> None:
    html = page(TWO)

    assert html.count('class="column"') == 2
    assert re.findall(r'<!--\[if mso\]><td width="(\d+)"', html) == ["290", "266"]
    assert re.findall(r"max-width:(\d+)px", html) == ["266", "266"]
    assert "><div" in html, "white space between them would take room"
    assert balanced(html)


def test_the_text_reads_them_in_order() -> None:
    assert plain(TWO) == "A\n\nB"


def test_three_share_the_room() -> None:
    html = page(TWO[:-3] + "::: column\nC\n:::\n:::")
    widths = [int(width) for width in re.findall(r"max-width:(\d+)px", html)]

    assert len(widths) == 3
    assert sum(widths) + 2 * 24 <= SETTING.width


def test_a_ratio_parts_the_room() -> None:
    html = page(TWO.replace("columns", "columns {ratio=1:2}", 1))

    assert re.findall(r"max-width:(\d+)px", html) == ["177", "354"]


def test_from_right_to_left_the_gap_is_at_the_other_side() -> None:
    html = page(TWO, Setting(start="right"))

    assert "margin-left:24px" in html
    assert 'style="padding-left:24px"' in html


def test_where_the_first_is_missing_the_others_begin_at_the_edge() -> None:
    html = page("::: columns\n::: audience vip == 'x'\n::: column\nA\n:::\n:::\n::: column\nB\n:::\n:::")

    assert "B" in html
    assert "margin-left" not in html
    assert "padding-left" not in html


def test_inside_of_a_card_there_is_less_room() -> None:
    html = page(CARD % TWO)

    assert re.findall(r"max-width:(\d+)px", html) == ["241", "241"]
    assert "data-" not in html


def test_inside_of_a_list_there_is_less_room() -> None:
    listed = "- x\n" + "\n".join(f"  {line}" for line in TWO.split("\n"))

    assert re.findall(r"max-width:(\d+)px", page(listed)) == ["253", "253"]


def test_columns_in_columns_share_what_there_is() -> None:
    html = page("::::" + TWO.replace("A", TWO)[3:] + ":")

    assert re.findall(r"max-width:(\d+)px", html) == ["266", "119", "119", "266"]
    assert balanced(html)


def test_one_may_wait_and_takes_its_cell_along() -> None:
    source = "::: columns\n::: column\nA\n:::\n::: audience x == 'y'\n::: column\nB\n:::\n:::\n:::"

    assert balanced(page(source))
    assert page(source).count("<td") == 1
    assert balanced(page(source, x="y"))
    assert page(source, x="y").count("<td") == 2
    assert plain(source, x="y") == "A\n\nB"


def test_a_picture_fills_its_column_unless_it_is_told_otherwise() -> None:
    html = page(
        TWO.replace("A", "![x](/a.jpg)\n\n![x](/b.jpg){width=32}\n\n![x](/c.jpg){width=900 height=9}")
    )

    assert re.findall(r'<img [^>]*width="(\d+)"[^>]*>', html) == ["266", "32", "266"]
    assert "height=" not in html
