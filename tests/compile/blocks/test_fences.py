"""Fences: where blocks begin and end, and every fault at its line."""

import pytest
from tests.compile.blocks.stages import page, plain, refusal

from mailer.compile.blocks.table import BLOCKS


def test_a_text_without_colons_stays() -> None:
    assert page("One :: two\n") == "<p>One :: two</p>"


@pytest.mark.parametrize(
    "source",
    [
        "::: card\nText\n:::",
        ":::card\nText\n:::",
        "::::: card\nText\n:::::",
        "::: card {}\n\nText\n\n:::\n",
        "   ::: card\nText\n   :::",
    ],
)
def test_colons_and_a_name_open_a_block(source: str) -> None:
    assert '<table class="card"' in page(source)
    assert plain(source) == "Text"


def test_a_block_interrupts_a_paragraph_and_is_followed_by_one() -> None:
    assert plain("Before\n::: card\nText\n:::\nAfter") == "Before\n\nText\n\nAfter"


@pytest.mark.parametrize(
    "source",
    [
        "::: card\n::: callout note\nText\n:::\n:::",
        ":::: card\n::: callout note\nText\n:::\n::::",
        "::: card\n:::: callout note\nText\n::::\n:::",
    ],
)
def test_blocks_nest_with_fences_of_any_length(source: str) -> None:
    html = page(source)
    assert html.index('class="card"') < html.index('class="callout note"') < html.index("Text")


@pytest.mark.parametrize("code", ["```\n::: crad\n```", "    ::: crad", "`::: crad`", r"\::: crad"])
def test_colons_in_code_or_behind_a_backslash_are_text(code: str) -> None:
    assert "::: crad" in page(code)


def test_a_fence_in_code_closes_nothing() -> None:
    assert plain("::: card\n```\n:::\n```\n:::") == "    :::"


def test_a_block_stands_in_a_list() -> None:
    html = page("- one\n  ::: card\n  Text\n  :::\n- two")
    assert html.count("<ul") == 1
    assert html.count("<li") == 2
    assert plain("- one\n  ::: card\n  Text\n  :::\n- two") == "* one\n  Text\n* two"


def test_a_list_stands_in_a_block() -> None:
    assert plain("::: card\n- one\n- two\n:::\nAfter") == "* one\n* two\n\nAfter"


def test_a_block_stands_in_a_quote() -> None:
    html = page("> ::: card\n> Text\n> :::")
    assert html.index("<blockquote") < html.index('class="card"') < html.index("</blockquote>")
    assert plain("> ::: card\n> Text\n> :::") == "> Text"


def test_definitions_and_footnotes_reach_into_blocks() -> None:
    html = page("::: card\nSee [it][1] and the note[^n].\n:::\n\n[1]: https://e.com/\n[^n]: Said.")
    assert 'href="https://e.com/"' in html
    assert "Said." in html


def test_a_value_may_come_from_a_template() -> None:
    assert 'href="https://e.com/map"' in page("::: button {href={{ site.url }}/map}\nGo\n:::")
    assert "height:30px" in page("::: spacer {height={{ site.height }}} :::")


def test_a_block_may_stand_in_a_loop() -> None:
    assert page("{% for n in [1, 2] %}\n::: card\n{{ n }}\n:::\n{% endfor %}").count('class="card"') == 2


def test_tags_that_wait_stand_around_a_block_and_in_it() -> None:
    inner = "A {{ recipient.a }}\n\n{% if recipient.b %}\nB\n{% endif %}"
    source = f"{{% if recipient.a %}}\n::: card\n{inner}\n:::\n{{% endif %}}"
    assert page(source).strip() == ""
    assert "A x" in page(source, a="x")
    assert plain(source, a="x").strip() == "A x"
    assert plain(source, a="x", b="y").strip() == "A x\n\nB"


def test_a_tag_on_the_line_of_a_fence_waits_for_the_block() -> None:
    source = "{% if recipient.a %}::: divider :::{% endif %}"
    assert "divider" not in page(source)
    assert "divider" in page(source, a="x")


def test_a_block_all_of_which_waits_leaves_no_empty_box() -> None:
    assert "card" not in page("::: card\n{% if recipient.a %}\nText\n{% endif %}\n:::")


@pytest.mark.parametrize(
    ("source", "position", "message"),
    [
        ("One\n\n::: crad\nx\n:::", "a.md:3:5", "there is no block 'crad' (did you mean 'card'?)"),
        ("::: warning\nx\n:::", "a.md:1:5", "there is no block 'warning'"),
        ("::: card\nx", "a.md:1:1", "'card' is never closed"),
        ("- ::: card\n  x\n\ny\n:::", "a.md:1:3", "'card' is never closed"),
        ("::: divider\n\nx", "a.md:1:1", "'divider' is never closed"),
        (":::: card\n::: callout note\nx\n::::", "a.md:2:1", "'callout' is never closed"),
        ("x\n\n:::", "a.md:3:1", "these colons close nothing"),
        ("::: {.card}\nx\n:::", "a.md:1:1", "these colons begin no block"),
        ("::: column\nx\n:::", "a.md:1:5", "'column' stands outside of 'columns'"),
        ("::: spacer 9\nx\n:::", "a.md:1:5", "'spacer' holds nothing"),
        ("::: callout nope\nx\n:::", "a.md:1:13", "kind: expected note, warning or quote, not 'nope'"),
        (
            "> ::: spacer huge :::",
            "a.md:1:14",
            "height: expected whole pixels from 1 to 400, such as 24, not 'huge'",
        ),
        ("::: spacer {size=3} :::", "a.md:1:13", "'spacer' has no 'size'"),
        ("::: callout {tilte=x}\nx\n:::", "a.md:1:14", "'callout' has no 'tilte' (did you mean 'title'?)"),
        ("::: card wide\nx\n:::", "a.md:1:10", "'card' does not take 'wide'"),
        ("::: spacer 9 {height=8} :::", "a.md:1:15", "'height' is given twice"),
        ("::: callout {title=two words\nx\n:::", "a.md:1:1", "the arguments cannot be read"),
        ('::: callout {title="two words}\nx\n:::', "a.md:1:14", "'title=\"two' cannot be read"),
        ("::: only\nx\n:::", "a.md:1:5", "'only' needs for: email, web or text"),
        ("::: only paper\nx\n:::", "a.md:1:10", "for: expected email, web or text, not 'paper'"),
        ("::: video {poster=a.jpg alt=x} :::", "a.md:1:5", "'video' needs href: an address without spaces"),
        ("::: hero {image=a.jpg}\nx\n:::", "a.md:1:11", "the picture of this hero has no alt"),
        ("::: button\nRead\n:::", "a.md:1:5", "this button leads nowhere"),
        ("::: button /a\n\n:::", "a.md:1:5", "this button says nothing"),
        ("::: card\n:::", "a.md:1:5", "this card holds nothing"),
        ("::: callout note\n\n:::", "a.md:1:5", "this callout holds nothing"),
        ("::: hero\n:::", "a.md:1:5", "this hero holds nothing"),
        ("::: button {href=}\nx\n:::", "a.md:1:13", "'href=' has no value"),
        ("::: audience a == b'\nx\n:::", "a.md:1:5", 'this expression cannot be read: unexpected char "\'"'),
        ("::: button /a\n[x](/b)\n:::", "a.md:1:1", "this button has an href and a link in it"),
        ("::: columns\nx\n:::", "a.md:1:5", "columns hold nothing but ::: column"),
        ("::: columns\n::: column\nx\n:::\n:::", "a.md:1:5", "there is one column in these columns"),
        ("::: columns\n" + "::: column\nx\n:::\n" * 4 + ":::", "a.md:1:5", "there are 4 columns"),
        (
            "::: columns 1:1:1\n" + "::: column\nx\n:::\n" * 2 + ":::",
            "a.md:1:1",
            "ratio tells of other than 2 columns",
        ),
        ("::: image-row\nx\n:::", "a.md:1:5", "an image-row holds nothing but images"),
        ("::: image-row\n![x](/x.jpg)\n:::", "a.md:1:5", "an image-row of 1"),
        ("::: social\nx\n:::", "a.md:1:5", "social holds nothing but links"),
        ("::: social :::", "a.md:1:5", "there are no links to show"),
        (
            "{% set a = 1 %}\n\n::: spacer {height={{ a }}000} :::",
            "a.md:3:1",
            "height: expected whole pixels from 1 to 400, such as 24, not '1000'",
        ),
        ("::: button {href={{ nope }}}\nx\n:::", "a.md:1:21", "'nope' is not defined"),
        ("::: card {{ nope }}\nx\n:::", "a.md:1:1", "'card' does not take '{{ … }}'"),
        (
            "::: callout {title={{ site.url }}}\nx\n:::",
            "a.md:1:14",
            "the template in 'title' stands without quotes",
        ),
        ("::: audience\nx\n:::", "a.md:1:5", "this audience is nobody in particular"),
        ("::: audience a ==\nx\n:::", "a.md:1:5", "the expression is not finished"),
        ("::: audience recipient.a\nx\n:::", "a.md:1:14", "an audience names columns alone"),
        ("::: audience a | lowr\nx\n:::", "a.md:1:5", "there is no filter 'lowr' (did you mean 'lower'?)"),
        ("::: audience a == 'b' :::", "a.md:1:1", "'audience' holds nothing"),
        ("::: include :::", "a.md:1:5", "this include names no file"),
        ("- ::: include parts/event.md :::", "a.md:1:3", "'include' cannot stand in a list or a quote"),
        ("::: include parts/none.md :::", "a.md:1:1", "there is no template 'parts/none.md' to take in"),
        (
            "::: include parts/event.md {title={{ recipient.a }}} :::",
            "a.md:1:38",
            "a recipient's value cannot be handed to a partial",
        ),
        (
            "::: include parts/bad.md :::",
            "parts/bad.md:3:5",
            "there is no block 'crad' (did you mean 'card'?)",
        ),
    ],
)
def test_a_fault_is_told_at_its_line(source: str, position: str, message: str) -> None:
    error = refusal(source)
    assert (str(error.position), error.message) == (position, message)
    if error.position.path == "a.md":
        assert error.source_line == source.split("\n")[error.position.line - 1]


def test_an_unknown_block_lists_the_known_ones() -> None:
    assert all(name in refusal("::: nothing\nx\n:::").hint for name in BLOCKS)


def test_the_name_of_a_callout_alone_is_told_how_to_write_it() -> None:
    assert refusal("::: warning\nx\n:::").hint == "write ::: callout warning"


def test_a_line_number_counts_the_tags_that_ran_before() -> None:
    source = "{% if true %}\n{% set a = 1 %}\n{% endif %}\n::: button\nx\n:::"
    assert refusal(source).position.line == 4
