import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.errors import MailerError
from mailer.sending.difference import Readable
from mailer.sending.lock import Lock, lock_text, parse_lock

LOCK = Lock(
    issue="spring",
    digest="sha256:0123",
    at=datetime(2024, 5, 1, 12, 0, tzinfo=UTC),
    who="Ann Example <ann@example.com>",
    to="staff",
    transport="smtp://relay.test:587",
    rehearsal=False,
    seen=Readable("Spring is here", "Hello {{ recipient.first_name | default('reader') }}\n\nÜber uns\n"),
)


def parsed(text: str | bytes, issue: str = "spring") -> Lock:
    data = text.encode() if isinstance(text, str) else text
    return parse_lock(data, shown="issues/spring.lock", issue=issue)


def changed(**changes: object) -> str:
    return json.dumps(json.loads(lock_text(LOCK)) | changes)


def test_a_lock_is_read_as_it_was_written() -> None:
    assert parsed(lock_text(LOCK)) == LOCK


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_part_is_read_as_it_was_written(text: str) -> None:
    lock = replace(LOCK, seen=Readable("Spring", text))
    assert parsed(lock_text(lock)) == lock


def test_its_text_stands_line_by_line_so_that_its_history_can_be_read() -> None:
    assert ' "Über uns",\n' in lock_text(LOCK)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        b"\xff\xfe",
        "<<<<<<< ours\n",
        "[" * 100_000,
        changed(tested_at="yesterday"),
        changed(tested_at="2024-05-01T12:00:00"),
        changed(tested_by=7),
        changed(tested_by="Ann\nforged line"),
        changed(to="staff\x1b[2J"),
        changed(rehearsal="no"),
        changed(text=None),
        json.dumps({"digest": "sha256:0123"}),
    ],
)
def test_what_is_no_lock_is_refused(text: str | bytes) -> None:
    with pytest.raises(MailerError, match=r"issues/spring\.lock is no lock of mailer") as caught:
        parsed(text)
    assert "mailer test spring --lock" in caught.value.hint


def test_the_lock_of_another_issue_is_refused() -> None:
    with pytest.raises(MailerError, match="another issue, spring"):
        parsed(lock_text(LOCK), issue="autumn")


def test_a_lock_of_a_later_form_is_refused() -> None:
    with pytest.raises(MailerError, match=r"another version of mailer \(9.0\)"):
        parsed(changed(format=2, mailer="9.0"))
