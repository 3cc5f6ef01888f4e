"""`audience`: who sees what."""

import pytest
from tests.compile.blocks.stages import page, plain


@pytest.mark.parametrize("expression", ["segment == 'client'", "{segment == 'client'}"])
def test_only_those_who_meet_it_see_it(expression: str) -> None:
    source = f"Before\n\n::: audience {expression}\nInside\n:::\n\nAfter"

    assert "Inside" in page(source, segment="client")
    assert "Inside" not in page(source, segment="staff")
    assert "Inside" not in page(source)
    assert plain(source, segment="client") == "Before\n\nInside\n\nAfter"
    assert plain(source) == "Before\n\nAfter"


@pytest.mark.parametrize(
    ("expression", "row", "shown"),
    [
        ("segment != 'client'", {}, True),
        ("segment in ['a', 'b'] and not trial", {"segment": "b"}, True),
        ("age > 17", {"age": "9"}, False),
        ("age > 17", {"age": "100"}, True),
        ("age > 17", {}, False),
        ("age < 17", {}, False),
        ("age == 9", {"age": "9.0"}, True),
        ("email.endswith('.de')", {"email": "a@b.de"}, True),
        ("email.endswith('.de')", {}, False),
        ("country | lower == 'de'", {"country": "DE"}, True),
        ("country | default('at') == 'at'", {}, True),
    ],
)
def test_it_says_what_where_would(expression: str, row: dict[str, str], shown: bool) -> None:
    assert ("Inside" in page(f"::: audience {expression}\nInside\n:::", **row)) is shown


def test_it_stands_around_list_items() -> None:
    source = "- one\n::: audience x == 'y'\n- two\n:::\n- three"

    assert page(source).count("<ul") == 1
    assert plain(source) == "* one\n* three"
    assert plain(source, x="y") == "* one\n* two\n* three"


def test_it_stands_in_a_quote_and_around_blocks() -> None:
    source = "> One\n> ::: audience x == 'y'\n> ::: card\n> Two\n> :::\n> :::"

    assert "card" not in page(source)
    assert plain(source, x="y") == "> One\n>\n> Two"
