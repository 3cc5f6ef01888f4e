"""Copies become one text, and each is in it whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.issue.fold import condition, extract, fold

PASSAGES = [
    "a",
    "b\nb",
    "- c\n\n- d",
    "",
    "   indented",
    "::: card\ne\n:::",
    "::::: audience x == 'y'\nf\n:::::",
]
passage = st.sampled_from(PASSAGES).flatmap(
    lambda text: st.integers(1, 3).map(lambda blank: f"{text or 'g'}\n" + blank * "\n")
)
copy = st.lists(passage, max_size=8)
AUDIENCES = ["client", "subscribers", "staff", "public"]
copies = st.lists(copy, min_size=1, max_size=4).map(
    lambda some: dict(zip(AUDIENCES[::-1], some, strict=False))
)


def folded(**texts: str) -> str:
    return fold({audience: [f"{one}\n\n" for one in text.split()] for audience, text in texts.items()}).text


@given(copies)
def test_each_copy_is_rebuilt_byte_for_byte(copies: dict[str, list[str]]) -> None:
    one = fold(copies)
    for audience, own in copies.items():
        assert extract(one, audience) == "".join(own)


@given(copy, st.sampled_from(AUDIENCES))
def test_copies_that_are_alike_stand_once(own: list[str], other: str) -> None:
    assert fold({"editors": own, other: own}).text == "".join(own)


def test_what_differs_stands_in_a_block_for_its_audience() -> None:
    assert folded(client="a b d", subscribers="a c d") == (
        "a\n\n"
        "::: audience segment == 'client'\nb\n:::\n\n"
        "::: audience segment == 'subscribers'\nc\n:::\n\n"
        "d\n\n"
    )


def test_public_is_everybody_else() -> None:
    text = folded(client="a b", subscribers="a c", public="a c d")
    assert text == (
        "a\n\n"
        "::: audience segment == 'client'\nb\n:::\n\n"
        "::: audience segment != 'client'\nc\n:::\n\n"
        "::: audience segment not in ['client', 'subscribers']\nd\n:::\n\n"
    )


@pytest.mark.parametrize(
    ("some", "expression"),
    [
        ({"a"}, "segment == 'a'"),
        ({"a", "b"}, "segment in ['a', 'b']"),
        ({"b", "public"}, "segment != 'a'"),
        ({"public"}, "segment not in ['a', 'b']"),
    ],
)
def test_condition_names_as_few_as_it_can(some: set[str], expression: str) -> None:
    assert condition(some, ["a", "b", "public"]) == expression


def test_colons_of_a_block_are_longer_than_those_inside() -> None:
    inside = "::: card\nb\n:::\n\n"
    text = fold({"client": [inside], "public": []}).text
    assert text == f":::: audience segment == 'client'\n{inside.strip()}\n::::\n\n"


def test_lists_that_would_run_on_are_kept_apart() -> None:
    copies = {"client": ["* a\n\n", "* d\n\n"], "staff": ["* b\n\n", "c\n\n", "* d\n\n"]}
    one = fold(copies)
    assert one.text == (
        "::: audience segment == 'client'\n* a\n:::\n\n"
        "<!-- ::: -->\n\n"
        "::: audience segment == 'staff'\n* b\n\nc\n:::\n\n"
        "* d\n\n"
    )
    assert [extract(one, audience) for audience in copies] == ["* a\n\n* d\n\n", "* b\n\nc\n\n* d\n\n"]
