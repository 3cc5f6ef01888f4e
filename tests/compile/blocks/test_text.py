"""`text`: what the text part says in place of what stands right above."""

import pytest
from tests.compile.blocks.stages import balanced, page, plain, refusal

TABLE = "| Owl | Seen |\n| --- | --- |\n| Barn | 4 |"
SAID = "\n\n::: text\nThe table is at https://example.com/table\n:::\n"


@pytest.mark.parametrize(
    ("above", "kept"),
    [
        (TABLE, "Barn"),
        ("Some *words*.", "words"),
        ("![An owl](https://example.com/owl.jpg)\n##### At dusk", "At dusk"),
        ("- one\n- two", "<li>"),
        ("::: card\nInside\n:::", "Inside"),
        (":::: columns\n::: column\nLeft\n:::\n::: column\nRight\n:::\n::::", "Right"),
        ("[Read on](https://example.com/log){.button}", "buttons"),
        ("```python\nowl = 1\n```", "<pre"),
        ("Hello {% if recipient.vip %}**dear**{% endif %} reader", "reader"),
        ("{% if recipient.vip %}A{% else %}B{% endif %}", "A"),
        ("::: video {href=https://example.com/v poster=https://example.com/v.jpg alt=Hunt}\n:::", "v.jpg"),
    ],
)
def test_the_page_has_the_one_and_the_text_the_other(above: str, kept: str) -> None:
    source = f"Before.\n\n{above}{SAID}\nAfter."
    html = page(source, vip="x")

    assert kept in html
    assert "The table is" not in html
    assert "data-" not in html
    assert balanced(html)
    assert plain(source, vip="x") == "Before.\n\nThe table is at https://example.com/table\n\nAfter."


def test_one_that_says_nothing_leaves_out_what_stands_above() -> None:
    assert plain(f"Before.\n\n{TABLE}\n\n::: text :::\n\nAfter.") == "Before.\n\nAfter."


def test_it_may_hold_blocks_and_merge_fields() -> None:
    source = (
        f"{TABLE}\n\n:::: text\nFor {{{{ recipient.name }}}}:\n\n::: callout note\nBring boots.\n:::\n::::\n"
    )

    assert plain(source, name="Ada") == "For Ada:\n\nNote: Bring boots."


def test_it_stands_for_a_block_within_a_block() -> None:
    source = f":::: card\nInside.\n\n{TABLE}\n\n::: text\nA table.\n:::\n::::\n"

    assert plain(source) == "Inside.\n\nA table."
    assert "A table." not in page(source)


def test_who_is_not_shown_the_one_is_not_told_the_other() -> None:
    source = f":::: audience vip == 'x'\n{TABLE}\n\n::: text\nA table.\n:::\n::::\n\nAfter."

    assert plain(source, vip="x") == "A table.\n\nAfter."
    assert plain(source, vip="") == "After."


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("::: text\nA\n:::", 1),
        ("Seen.\n\n::: card\n::: text\nA\n:::\n:::", 4),
        ("::: audience a == 'b'\nSeen.\n:::\n\n::: text\nA\n:::", 5),
    ],
)
def test_one_with_nothing_above_is_refused(source: str, line: int) -> None:
    error = refusal(source)

    assert "nothing stands right above this text" in error.message
    assert "::: only text" in error.hint
    assert (error.position.line, error.position.column) == (line, 5)


def test_two_for_one_block_are_refused() -> None:
    error = refusal("Seen.\n\n::: text\nA\n:::\n\n::: text\nB\n:::")

    assert (error.message, error.position.line) == ("this text stands below another one", 7)
