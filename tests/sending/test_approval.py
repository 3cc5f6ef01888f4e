from dataclasses import replace
from datetime import timedelta

import pytest
from tests.sending.desk import CHANGED, ISSUE, Desk, row
from tests.sending.scripted import START

from mailer.errors import MailerError
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import SendIdentity, StaffTest
from mailer.sending.approval import Approval, find_approval
from mailer.sending.begin import NewSend
from mailer.sending.difference import Readable
from mailer.sending.lock import Lock

LOCK = Lock(
    issue="spring",
    digest=ISSUE.digest,
    at=START,
    who="Ann",
    to="staff",
    transport="smtp://relay.test",
    rehearsal=False,
    seen=Readable(ISSUE.subject, ISSUE.text),
)
LIVE = SendIdentity("spring", "readers")


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    return Desk(ledger, [row("a")])


def refusal(desk: Desk, **changes: object) -> str:
    with pytest.raises(MailerError, match="nothing was sent") as caught:
        desk.prepared(**changes)
    return str(caught.value)


def test_a_lock_of_this_content_stands_for_a_test(desk: Desk) -> None:
    report = desk.send(lock=LOCK)
    assert report.send.tested
    assert report.send.approval == {
        "how": "lock",
        "who": "Ann",
        "at": "2024-05-01T12:00:00+00:00",
        "to": "staff",
        "transport": "smtp://relay.test",
    }


def test_a_lock_of_another_content_does_not(desk: Desk) -> None:
    told = refusal(desk, lock=LOCK, issue=CHANGED)
    assert "by Ann, 2024-05-01 12:00 UTC, to staff, says its lock:" in told
    assert "- first\n+ second" in told


def test_the_ledgers_own_test_counts_before_a_lock(desk: Desk) -> None:
    desk.test()
    found = find_approval(desk.ledger, LOCK, ISSUE.digest, rehearsal=True)
    assert found == Approval("ledger", "", START, "me@x.test", "memory:")


def test_a_stale_lock_does_not_bar_what_the_ledger_saw_tested(desk: Desk) -> None:
    desk.test(CHANGED)
    assert desk.send(lock=LOCK, issue=CHANGED).send.approval["how"] == "ledger"


def test_the_lock_of_a_rehearsal_unlocks_only_rehearsals(desk: Desk) -> None:
    rehearsed = replace(LOCK, rehearsal=True)
    assert find_approval(desk.ledger, rehearsed, ISSUE.digest, rehearsal=True)
    assert find_approval(desk.ledger, rehearsed, ISSUE.digest, rehearsal=False) is None
    told = refusal(desk, lock=rehearsed, identity=LIVE)
    assert "has not been tested through a transport that mails it" in told


def test_the_difference_is_that_from_the_newest_test(desk: Desk) -> None:
    desk.test(ISSUE)
    third = replace(ISSUE, text=ISSUE.text.replace("first", "third"))
    newer = replace(LOCK, at=START + timedelta(minutes=1), seen=Readable(CHANGED.subject, CHANGED.text))
    assert "- second\n+ third" in refusal(desk, issue=third, lock=newer)
    older = replace(newer, at=START - timedelta(minutes=1))
    assert "- first\n+ third" in refusal(desk, issue=third, lock=older)


def test_a_difference_that_no_reader_of_the_text_sees_is_told(desk: Desk) -> None:
    other = replace(ISSUE, html="<p>other</p>")
    assert "the words are the same, but not HTML" in refusal(desk, issue=other, lock=LOCK)
    told = refusal(desk, issue=other, lock=replace(LOCK, version="0.0.1"))
    assert "tested with mailer 0.0.1" in told


def test_who_tested_is_kept_and_told(desk: Desk) -> None:
    content = ISSUE.to_json()
    desk.ledger.record_test(StaffTest("spring", ISSUE.digest, True, START, "ed@x.test", "m:", content, "Ann"))
    with pytest.raises(MailerError, match=r"by Ann, 2024-05-01 12:00 UTC, to ed@x\.test"):
        desk.prepared(issue=CHANGED)
    prepared = desk.prepared()
    assert isinstance(prepared, NewSend)
    assert any("tested by Ann" in line for line in prepared.plan.lines())
