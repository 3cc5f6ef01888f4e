from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sending.desk import ISSUE

from mailer.sending.difference import LONGEST, Readable, content_difference, readable_difference

TEXT = """\
Dear reader,

we sent teh spring newsletter
to all of you today.

Yours, the editors
"""


def difference(before: str, after: str) -> list[str]:
    return readable_difference(Readable("Spring", before), Readable("Spring", after)).splitlines()


def test_shows_a_changed_word_and_where_it_is() -> None:
    assert difference(TEXT, TEXT.replace("teh", "the")) == [
        "line 3: we sent … spring newsletter",
        "- teh",
        "+ the",
    ]


def test_shows_the_subject_too() -> None:
    told = readable_difference(Readable("Spring is here", TEXT), Readable("Spring is late", TEXT))
    assert told.splitlines() == ["subject: Spring is …", "- here", "+ late"]


def test_words_that_only_went_or_only_came_have_one_line() -> None:
    assert difference(TEXT, TEXT.replace(" all of", "")) == ["line 4: to … you today.", "- all of"]
    assert difference(TEXT, TEXT.replace("to all", "by post to all")) == [
        "line 4: … to all of",
        "+ by post",
    ]


def test_words_that_moved_to_another_line_are_no_change() -> None:
    wrapped = TEXT.replace("newsletter\nto", "newsletter to\n")
    assert difference(TEXT, wrapped) == []


def test_changes_with_one_word_between_them_are_one() -> None:
    told = difference("a one b two c d e", "a uno b due c d e")
    assert told == ["line 1: a … c d e", "- one b two", "+ uno b due"]


def test_changes_far_apart_are_two() -> None:
    told = difference("one b c d e two", "uno b c d e due")
    assert [line for line in told if line[0] in "-+"] == ["- one", "+ uno", "- two", "+ due"]


def test_a_merge_field_is_one_word() -> None:
    field = '{{ recipient.first_name | default("reader") }},'
    assert difference(f"Hello {field} teh", f"Hello {field} the") == [
        f"line 1: Hello {field} …",
        "- teh",
        "+ the",
    ]
    assert difference(f"Hello {field}", "Hello {{ recipient.name }},")[1:] == [
        f"- {field}",
        "+ {{ recipient.name }},",
    ]


def test_rules_are_no_words() -> None:
    told = difference("Spring\n======\n\nHello", "Springs\n=======\n\nHello")
    assert told == ["line 1: …", "- Spring", "+ Springs"]


def test_a_text_that_became_empty_is_shown() -> None:
    assert difference("gone\n", "") == ["line 1: …", "- gone"]


def test_a_paragraph_without_end_is_cut() -> None:
    (_, line) = difference("", "word " * 1000)
    assert len(line) < 400
    assert line.endswith("…")


def test_stored_content_is_compared_with_an_issue() -> None:
    after = replace(ISSUE, subject="Spring is late", text=ISSUE.text.replace("first line", "second line"))
    told = content_difference(ISSUE.to_json(), after).splitlines()
    assert [line for line in told if line[0] in "-+"] == ["- here", "+ late", "- first", "+ second"]


def test_says_what_changed_where_a_reader_of_the_text_sees_nothing() -> None:
    after = replace(ISSUE, html="<p>other</p>", headers=())
    told = content_difference(ISSUE.to_json(), after)
    assert told == "subject and text are the same, but not: HTML, headers"


def test_a_long_difference_is_cut() -> None:
    after = replace(ISSUE, text="\n\n".join(f"same\n\nline {number}" for number in range(500)))
    before = replace(ISSUE, text="\n\n".join(f"same\n\nrow {number}" for number in range(500)))
    told = content_difference(before.to_json(), after).splitlines()
    assert len(told) == LONGEST + 1
    assert told[-1] == "…"


WORDS = st.lists(st.sampled_from(["a", "b", "c", "\n"]), max_size=30).map(" ".join)


@given(WORDS, WORDS)
def test_nothing_is_told_just_where_the_words_are_the_same(before: str, after: str) -> None:
    assert (not difference(before, after)) == (before.split() == after.split())


@pytest.mark.parametrize("lines", [3000])
def test_a_long_text_takes_no_long_time(lines: int) -> None:
    before = "\n".join(f"line {number} of many\n" for number in range(lines))
    assert difference(before, before.replace("line 1500 of", "line 1500 off"))
