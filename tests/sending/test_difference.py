from dataclasses import replace

from tests.sending.desk import ISSUE

from mailer.sending.difference import LONGEST, content_difference


def test_shows_the_changed_lines_of_subject_and_text() -> None:
    after = replace(ISSUE, subject="Spring is late", text=ISSUE.text.replace("first", "second"))
    told = content_difference(ISSUE.to_json(), after, name="tested").splitlines()
    assert told[:2] == ["--- tested", "+++ now"]
    assert {"-Subject: Spring is here", "+Subject: Spring is late"} <= set(told)
    assert {"-The first line.", "+The second line."} <= set(told)


def test_says_what_changed_where_a_reader_of_the_text_sees_nothing() -> None:
    after = replace(ISSUE, html="<p>other</p>", headers=())
    told = content_difference(ISSUE.to_json(), after, name="tested")
    assert told == "subject and text are the same, but not: HTML, headers"


def test_a_long_difference_is_cut() -> None:
    after = replace(ISSUE, text="\n".join(f"line {number}" for number in range(500)))
    told = content_difference(ISSUE.to_json(), after, name="tested").splitlines()
    assert len(told) == LONGEST + 1
    assert told[-1] == "…"
