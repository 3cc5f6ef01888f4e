"""`include`: partials."""

import pytest
from tests.compile.blocks.stages import page, plain


def test_a_partial_is_taken_in_with_its_arguments() -> None:
    source = "::: include parts/event.md {title='Owl night' place={{ site.height }}} :::"

    assert page(source).strip() == "<p><strong>Owl night</strong> at 30</p>"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('"it\'s"', "it\N{RIGHT SINGLE QUOTATION MARK}s"),
        ("'a \"b\"'", "a \N{LEFT DOUBLE QUOTATION MARK}b\N{RIGHT DOUBLE QUOTATION MARK}"),
        (r'"c\d"', r"c\d"),
        ("\"{{ 'x' }}-{{ 'y' }}\"", "x-y"),
        ("\N{LATIN CAPITAL LETTER A WITH DIAERESIS}", "\N{LATIN CAPITAL LETTER A WITH DIAERESIS}"),
    ],
)
def test_an_argument_arrives_as_it_was_written(written: str, shown: str) -> None:
    assert plain(f"::: include parts/event.md {{title={written} place=x}} :::") == f"*{shown}* at x"


def test_a_partial_holds_blocks() -> None:
    assert plain("::: include parts/staff.md :::\n", segment="staff").strip() == "Staff."
    assert plain("::: include parts/staff.md :::\n") == ""


def test_a_partial_stands_in_a_block() -> None:
    assert plain("::: card\n::: include parts/staff.md\n:::\n:::", segment="staff").strip() == "Staff."
