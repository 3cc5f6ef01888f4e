"""frontmatter: the dialects of front matter, and what is refused."""

from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.errors import IssueError
from mailer.issue.frontmatter import MAX_CHARACTERS, split


def values(text: str) -> dict[str, Any]:
    return {key: entry.value for key, entry in split(text, "x.md").entries.items()}


def refused(text: str) -> IssueError:
    with pytest.raises(IssueError) as caught:
        split(text, "x.md")
    assert caught.value.hint
    return caught.value


def bomb() -> str:
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 10))
    return f"---\nl0: &l0 [lol]\n{levels}---\nx"


def test_yaml() -> None:
    assert values("---\na: 1\nb: [x, 1.5, true]\nc:\n  d: 2019-04-17\n---\nx") == {
        "a": 1,
        "b": ["x", 1.5, True],
        "c": {"d": date(2019, 4, 17)},
    }


def test_words_that_yaml_once_took_for_numbers_and_truths_stay_text() -> None:
    assert values("---\na: [no, on, 12:30, 010, 1e3, '1', <<]\n---\n") == {
        "a": ["no", "on", "12:30", "010", "1e3", "1", "<<"]
    }


def test_toml() -> None:
    found = split('+++\ntitle = "T"\ndate = 2019-04-17\n[params]\nx = 1\n+++\nBody', "x.md")
    assert {key: entry.value for key, entry in found.entries.items()} == {
        "title": "T",
        "date": date(2019, 4, 17),
        "params": {"x": 1},
    }
    assert [entry.line for entry in found.entries.values()] == [2, 3, 4]
    assert (found.body, found.body_line) == ("Body", 7)


def test_a_bare_header() -> None:
    found = split("Title: a: b\n    and more\nTags: x, y\nSummary:\n\nBody", "x.md")
    assert {key: entry.value for key, entry in found.entries.items()} == {
        "title": "a: b and more",
        "tags": "x, y",
        "summary": "",
    }
    assert [entry.line for entry in found.entries.values()] == [1, 3, 4]
    assert (found.body, found.body_line) == ("Body", 6)


@pytest.mark.parametrize(
    "text",
    [
        "Note: we moved.\n\nx",
        "Status: good\n\nx",
        "Title: x\nand a line of text\n\nx",
        "Dear all,\n\n---\n\na: b\n",
        "* a\n",
        "--\n",
        "----\nx",
    ],
)
def test_text_that_only_looks_like_front_matter_is_body(text: str) -> None:
    assert split(text, "x.md").body == text


@pytest.mark.parametrize("text", ["---\n---\nx", "---\n\n---\nx", "---\n# nothing\n---\nx"])
def test_empty_front_matter(text: str) -> None:
    found = split(text, "x.md")
    assert (found.entries, found.body) == ({}, "x")


def test_a_rule_further_down_stays_in_the_body() -> None:
    assert split("---\na: b\n---\nx\n\n---\n\ny", "x.md").body == "x\n\n---\n\ny"


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("---\ntitle: x\n", "x.md:1:1", "never closed"),
        ("\n+++\ntitle = 1\n", "x.md:2:1", "never closed"),
        ("---\n- a\n- b\n---\n", "x.md:2:1", "is a list"),
        ("---\njust words\n---\n", "x.md:2:1", "is plain text"),
        ("---\na: b: c\n---\n", "x.md:2:5", "not valid YAML"),
        ("---\na: 'x\n---\n", "x.md:2:1", "not valid YAML"),
        ("---\na:\n\t- b\n---\n", "x.md:3:1", "not valid YAML"),
        (
            "---\nx: 1\na: !!python/object/apply:os.system [ls]\n---\n",
            "x.md:3:4",
            "!!python/object/apply:os.system",
        ),
        ("---\na: [!!binary aGk=]\n---\n", "x.md:2:5", "!!binary"),
        ("---\na: !secret x\n---\n", "x.md:2:4", "!secret"),
        ("---\na: 1\nb: 2\na: 3\n---\n", "x.md:4:1", "'a' stands twice"),
        ("---\na:\n  b: 1\n  b: 2\n---\n", "x.md:4:3", "'b' stands twice"),
        ("---\na: &a [*a]\n---\n", "x.md:2:1", "without bound"),
        ("---\na: *b\n---\n", "x.md:2:4", "undefined alias"),
        ("---\na: " + "[" * 30_000 + "\n---\n", "x.md:2:1048", "nested more than 20 deep"),
        ("---\n? [a]\n: b\n---\n", "x.md:2:3", "plain text"),
        ("---\na: 2019-13-45\n---\n", "x.md:2:4", "no such day"),
        ("---\na: b\nc: \x93d\x94\n---\n", "x.md:3:4", "character YAML does not allow"),
        ('---\na: "\\0"\n---\n', "x.md:2:4", "control character"),
        ("---\na: " + "x" * MAX_CHARACTERS + "\n---\n", "x.md:2", "longer than"),
        ("+++\na = \n+++\n", "x.md:2:5", "not valid TOML"),
        ("+++\na = 1\na = 2\n+++\n", "x.md:3:6", "not valid TOML"),
        ('+++\nb = 1\na = ["\\u0000"]\n+++\n', "x.md:3", "control character"),
        ("Title: x\nTitle: y\n\nz", "x.md:2:1", "stands twice"),
    ],
)
def test_bad_front_matter_is_refused_with_its_place(text: str, place: str, words: str) -> None:
    error = refused(text)
    assert str(error.position) == place
    assert words in str(error)


def test_an_alias_bomb_is_refused() -> None:
    assert "without bound" in str(refused(bomb()))


def test_deep_toml_is_refused() -> None:
    assert refused("+++\na = " + "[" * 30_000 + "\n+++\n").position.path == "x.md"


@pytest.mark.parametrize("value", ["{{ recipient.name }}", "{{ recipient.name }}'s news"])
def test_an_unquoted_merge_field_gets_the_hint_to_quote_it(value: str) -> None:
    assert "quotes" in refused(f"---\nsubject: {value}\n---\nx").hint


def test_an_alias_may_be_used() -> None:
    assert values("---\na: &a [x]\nb: *a\n---\n") == {"a": ["x"], "b": ["x"]}


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@ \n\t=+,?~", max_size=60))
def test_any_front_matter_is_read_or_refused(block: str) -> None:
    for fence in ("---", "+++"):
        text = f"{fence}\n{block}\n{fence}\nbody\n"
        with suppress(IssueError):
            found = split(text, "x.md")
            assert text.split("\n")[found.body_line - 1 :] == found.body.split("\n")
