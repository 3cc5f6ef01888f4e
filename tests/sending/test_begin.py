from dataclasses import replace

import pytest
from tests.sending.desk import CHANGED, ISSUE, NEEDY, Desk, row
from tests.sending.scripted import REFUSED, START, UNKNOWN

from mailer.errors import ConnectError, LedgerLocked, MailerError, RecipientsError
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Counts, Figures, SendIdentity, SendState, Suppression
from mailer.position import Position
from mailer.recipients.recipient import BadRow
from mailer.sending.begin import GoOn, NewSend, NothingToDo

BAD = BadRow(Position("list.csv", 7), "'nobody' is not an email address")


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    desk = Desk(ledger, [row("a", 2), row("b", 3), row("c", 4)])
    desk.test()
    return desk


def test_sends_to_everybody_on_the_list(desk: Desk) -> None:
    report = desk.send()
    assert report.figures == Figures(accepted=3)
    assert report.send.state is SendState.FINISHED
    assert report.send.tested
    assert desk.transport.attempts == ["a@x.test", "b@x.test", "c@x.test"]


def test_preparing_writes_nothing_and_hands_nothing_over(desk: Desk) -> None:
    prepared = desk.prepared()
    assert isinstance(prepared, NewSend)
    with prepared:
        assert prepared.plan.to_write == 3
    assert list(desk.ledger.sends()) == []
    assert desk.transport.attempts == []


def test_a_draft_is_refused(desk: Desk) -> None:
    with pytest.raises(MailerError, match="draft") as caught:
        desk.prepared(draft=True)
    assert "draft: true" in caught.value.hint


def test_a_bad_row_stops_and_is_told_with_its_line(desk: Desk) -> None:
    desk.rows.append(BAD)
    with pytest.raises(RecipientsError) as caught:
        desk.prepared()
    assert caught.value.rows == ((7, BAD.reason),)
    assert "--skip-invalid" in caught.value.hint


def test_bad_rows_can_be_left_out(desk: Desk) -> None:
    desk.rows.append(BAD)
    report = desk.send(skip_invalid=True)
    assert (report.send.counts.listed, report.send.counts.invalid, report.figures.accepted) == (4, 1, 3)


def test_a_missing_value_without_default_stops_with_the_rows(desk: Desk) -> None:
    desk.rows = [row("a", 2, first_name="Ada"), row("b", 3), row("c", 4, opted_out="deleted_at is set")]
    desk.test(NEEDY)
    with pytest.raises(RecipientsError) as caught:
        desk.prepared(issue=NEEDY)
    assert [line for line, _ in caught.value.rows] == [3]
    assert "first_name" in caught.value.rows[0][1]


def test_a_field_that_is_never_reached_may_be_missing(desk: Desk) -> None:
    guarded = replace(NEEDY, text="{% if recipient.vip is defined %}{{ recipient.first_name }}{% endif %}")
    desk.test(guarded)
    assert desk.send(issue=guarded).figures.accepted == 3


def test_content_that_staff_never_saw_is_refused(desk: Desk) -> None:
    with pytest.raises(MailerError, match=r"changed since its last test") as caught:
        desk.prepared(issue=CHANGED)
    assert "- first\n+ second" in str(caught.value)
    assert "2024-05-01 12:00 UTC, to me@x.test" in str(caught.value)
    assert "mailer test spring" in caught.value.hint
    assert "--untested" in caught.value.hint


def test_an_issue_that_was_never_tested_is_refused(ledger: Ledger) -> None:
    with pytest.raises(MailerError, match="has not been tested"):
        Desk(ledger, [row("a")]).prepared()


def test_a_reason_for_not_testing_is_recorded(desk: Desk) -> None:
    report = desk.send(issue=CHANGED, untested="a comma")
    assert report.figures.accepted == 3
    assert (report.send.tested, report.send.untested) == (False, "a comma")


def test_a_dry_run_hands_nothing_over_and_tells_whether_it_was_tested(desk: Desk) -> None:
    desk.rows.append(BAD)
    report = desk.send(issue=CHANGED, dry_run=True, skip_invalid=True)
    document = report.to_json()
    assert (document["send"], document["tested"], document["state"]) == (None, False, "planned")
    assert (document["planned"], document["remaining"]) == (3, 3)
    assert document["invalid_rows"] == [{"line": 7, "reason": BAD.reason}]
    assert list(desk.ledger.sends()) == []
    assert desk.transport.attempts == []


def test_a_dead_relay_costs_nothing(desk: Desk) -> None:
    desk.transport.opened = [ConnectError("connection refused")]
    with pytest.raises(ConnectError):
        desk.send()
    assert list(desk.ledger.sends()) == []


def test_two_sends_at_once_are_refused(desk: Desk, ledger: Ledger) -> None:
    prepared = desk.prepared()
    with ledger.sender(), pytest.raises(LedgerLocked):
        desk.send()
    assert isinstance(prepared, NewSend)
    prepared.audience.close()


def test_the_same_command_goes_on_with_an_unfinished_send_and_reads_no_list(desk: Desk) -> None:
    desk.transport.opened = [None, None, ConnectError("gone"), *[ConnectError("gone")] * 4]
    first = desk.send()
    assert first.send.state is SendState.PAUSED
    desk.rows.append(row("d"))
    assert isinstance(desk.prepared(), GoOn)
    second = desk.send()
    assert second.send.id == first.send.id
    assert second.figures == Figures(accepted=3)
    assert desk.reads == 1


def test_a_changed_issue_stops_an_unfinished_send_and_names_the_ways_out(desk: Desk) -> None:
    send = _pause_after_one(desk)
    desk.test(CHANGED)
    with pytest.raises(MailerError) as caught:
        desk.prepared(issue=CHANGED)
    assert "- first\n+ second" in str(caught.value)
    for way in (f"resume {send}", f"cancel {send}", f"--replace {send}"):
        assert way in caught.value.hint


def test_replace_sends_the_new_content_to_everyone_not_reached(desk: Desk) -> None:
    desk.transport.script = {"b@x.test": [UNKNOWN]}
    send = _pause_after(desk, 2)
    desk.test(CHANGED)
    desk.transport.handed_over.clear()
    report = desk.send(issue=CHANGED, replace=send)
    assert desk.transport.attempts == ["c@x.test"]
    assert report.send.counts == Counts(listed=3, elsewhere=2)
    old = desk.ledger.find_send(send)
    assert old.state is SendState.CANCELLED
    assert report.send.id in old.reason
    assert desk.ledger.figures(send) == Figures(accepted=1, in_doubt=1, cancelled=1)


def test_replace_is_refused_for_a_send_of_another_issue(desk: Desk) -> None:
    send = desk.send().send.id
    other = SendIdentity("autumn", "readers", rehearsal=True)
    with pytest.raises(MailerError, match="cannot take its place"):
        desk.prepared(identity=other, replace=send)


def test_after_the_end_only_new_people_are_planned(desk: Desk) -> None:
    desk.send()
    desk.rows.append(row("d"))
    report = desk.send()
    assert report.figures == Figures(accepted=1)
    assert report.send.counts == Counts(listed=4, elsewhere=3)


def test_after_the_end_without_new_people_there_is_only_the_report(desk: Desk) -> None:
    desk.ledger.suppress([Suppression(_key(desk, "c"), "", "unsubscribed", START)])
    first = desk.send()
    again = desk.prepared()
    assert isinstance(again, NothingToDo)
    assert again.report.send.id == first.send.id
    assert again.report.figures == Figures(accepted=2, suppressed=1)


def test_the_refused_get_another_chance_with_the_same_command(desk: Desk) -> None:
    desk.transport.script = {"b@x.test": [REFUSED]}
    desk.send()
    report = desk.send()
    assert report.figures == Figures(accepted=1)
    assert desk.transport.attempts[-1] == "b@x.test"


def test_people_of_another_list_who_have_the_issue_are_counted_elsewhere(desk: Desk) -> None:
    desk.send()
    desk.rows.append(row("d"))
    report = desk.send(identity=SendIdentity("spring", "clients", rehearsal=True))
    assert report.send.counts == Counts(listed=4, elsewhere=3)


def test_a_list_without_anybody_to_write_to_says_why(desk: Desk) -> None:
    desk.rows = [row("a", opted_out="status is unsubscribed")]
    with pytest.raises(MailerError, match="status is unsubscribed"):
        desk.prepared()


def test_whoever_is_suppressed_is_planned_but_not_written_to(desk: Desk) -> None:
    desk.rows = [row("a", opted_out="deleted_at is set"), row("b")]
    report = desk.send()
    assert report.figures == Figures(accepted=1, suppressed=1)
    assert desk.transport.attempts == ["b@x.test"]


def test_a_dry_run_of_an_unfinished_send_builds_what_is_left(desk: Desk) -> None:
    _pause_after_one(desk)
    desk.transport.handed_over.clear()
    report = desk.send(dry_run=True)
    assert report.to_json()["send"] is None
    assert report.figures == Figures(accepted=1, remaining=2)
    assert desk.transport.attempts == []


def _key(desk: Desk, name: str) -> str:
    prepared = desk.prepared()
    assert isinstance(prepared, NewSend)
    with prepared:
        keys = {one.recipient.address: one.recipient.key for one in prepared.audience.placed()}
    return keys[f"{name}@x.test"]


def _pause_after_one(desk: Desk) -> str:
    return _pause_after(desk, 1)


def _pause_after(desk: Desk, messages: int) -> str:
    def look(_: str) -> None:
        if len(desk.transport.attempts) == messages:
            (send,) = desk.ledger.sends()
            desk.ledger.set_state(send.id, SendState.PAUSED, "by hand")

    desk.transport.after = look
    report = desk.send()
    desk.transport.after = lambda _: None
    assert report.send.state is SendState.PAUSED
    return report.send.id


def test_the_content_is_frozen_with_the_send(desk: Desk) -> None:
    send = desk.ledger.find_send(desk.send().send.id)
    assert send.digest == ISSUE.digest
    assert send.content["text"] == ISSUE.text
