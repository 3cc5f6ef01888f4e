"""`card`: a box."""

from tests.compile.blocks.stages import page, plain, tags

CARD = "::: card\n%s\n:::"


def test_it_is_a_table_with_one_cell() -> None:
    html = page(CARD % "## Head\n\nText")

    assert len(tags(html, "td")) == 1
    assert '<table class="card" role="presentation" width="100%"' in html
    assert plain(CARD % "## Head\n\nText") == "Head\n----\n\nText"


def test_cards_stand_in_lists_and_quotes() -> None:
    assert page("1. one\n   ::: card\n   Text\n   :::\n2. two").count("<ol") == 1
