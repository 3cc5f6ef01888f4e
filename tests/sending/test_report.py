import json
from dataclasses import replace

import pytest
from tests.sending.scripted import (
    DEFERRED,
    REFUSED,
    START,
    UNKNOWN,
    FakeTime,
    ScriptedTransport,
    build,
    freeze,
)

from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Counts, Figures, Intent, Send, SendIdentity, SendState
from mailer.position import Position
from mailer.recipients.recipient import BadRow
from mailer.sending.approval import Approval
from mailer.sending.clock import Stop
from mailer.sending.report import Report, read_report
from mailer.sending.run import Means, Run

SEND = Send(
    id="a1b2",
    identity=SendIdentity("2019-04-17-client", "subscribers"),
    digest="sha256:0",
    transport="smtp://127.0.0.1:2525",
    created=START,
    state=SendState.FINISHED,
    counts=Counts(listed=12950, duplicates=20, not_selected=500, elsewhere=28),
    tested=True,
    seconds=8.06,
)
FIGURES = Figures(accepted=12380, refused=12, suppressed=10)


def text(report: Report) -> str:
    return "\n".join(report.lines())


def test_the_json_document_has_these_keys_in_this_order() -> None:
    assert json.dumps(Report(SEND, FIGURES).to_json()) == (
        '{"send": "a1b2", "issue": "2019-04-17-client", "list": "subscribers",'
        ' "transport": "smtp://127.0.0.1:2525", "digest": "sha256:0", "tested": true, "dry_run": false,'
        ' "rehearsal": false, "state": "finished", "listed": 12950, "duplicates": 20, "invalid": 0,'
        ' "not_selected": 500, "elsewhere": 28, "planned": 12402, "accepted": 12380, "deferred": 0,'
        ' "refused": 12, "in_doubt": 0, "suppressed": 10, "cancelled": 0, "remaining": 0, "seconds": 8.1,'
        ' "tested_by": null, "untested": null, "refusals": [], "deferrals": []}'
    )


def test_a_dry_run_has_no_send_and_lists_the_invalid_rows() -> None:
    rows = [BadRow(Position("list.csv", 3), "no address")]
    document = Report(replace(SEND, id=""), FIGURES, dry_run=True, invalid_rows=rows).to_json()
    assert document["send"] is None
    assert document["dry_run"] is True
    assert document["invalid_rows"] == [{"line": 3, "reason": "no address"}]


def test_a_test_has_no_send_and_an_id_of_its_own() -> None:
    document = Report(replace(SEND, id=""), FIGURES, is_test=True, test="c3d4").to_json()
    assert (document["send"], document["test"]) == (None, "c3d4")


@pytest.mark.parametrize(
    ("figures", "code"),
    [
        (Figures(accepted=98, refused=2), 0),
        (Figures(accepted=97, refused=3), 4),
        (Figures(accepted=98, refused=2, suppressed=5000), 0),
        (Figures(accepted=50, refused=2, suppressed=5000), 4),
        (Figures(accepted=99, deferred=1), 4),
        (Figures(accepted=99, in_doubt=1), 4),
        (Figures(accepted=99, remaining=1), 4),
        (Figures(accepted=99, cancelled=1), 0),
        (Figures(suppressed=1), 0),
    ],
)
def test_the_exit_code_says_whether_all_is_settled(figures: Figures, code: int) -> None:
    assert Report(SEND, figures).exit_code(0.02) == code


def test_a_dry_run_is_done_and_an_interrupted_run_is_not() -> None:
    left = Figures(remaining=5)
    assert Report(SEND, left, dry_run=True).exit_code(0.02) == 0
    assert Report(SEND, left, interrupted=True).exit_code(0.02) == 130


@pytest.mark.parametrize(
    ("transport", "line"),
    [
        ("file:outbox", "Written to outbox/: nobody was mailed."),
        ("file:outbox/?rate=1/s", "Written to outbox/: nobody was mailed."),
        ("memory:", "Kept by memory: nobody was mailed."),
        ("pigeon:loft.txt", "Kept by pigeon: nobody was mailed."),
    ],
)
def test_a_rehearsal_begins_by_saying_that_nobody_was_mailed(transport: str, line: str) -> None:
    rehearsal = replace(SEND, transport=transport, identity=replace(SEND.identity, rehearsal=True))
    assert Report(rehearsal, FIGURES).lines()[0] == line
    assert "nobody was mailed" not in text(Report(SEND, FIGURES))


def test_a_paused_send_says_why_and_how_to_go_on() -> None:
    paused = replace(SEND, state=SendState.PAUSED, reason="connection refused")
    told = text(Report(paused, FIGURES))
    assert "paused: connection refused" in told
    assert "mailer resume a1b2" in told


def test_refusals_are_told_once_for_each_reply_and_doubt_with_its_ways_out(ledger: Ledger) -> None:
    send = freeze(ledger, "a", "b", "c", "d")
    time = FakeTime()
    transport = ScriptedTransport(time, {"c@x.test": [UNKNOWN]})
    for name in "ab":
        transport.script[f"{name}@x.test"] = [replace(REFUSED, text=f"5.1.1 <{name}@x.test>: no such user")]
    with ledger.sender():
        Run(send, build, Means(ledger, transport, b"k" * 32, clock=time.clock), Stop()).work()
    report = read_report(ledger, send)
    (group,) = report.refusals
    assert (group.reason, group.count, group.domains) == ("550 5.1.1 <…>: no such user", 2, (("x.test", 2),))
    assert [delivery.address for delivery in report.in_doubt] == ["c@x.test"]
    told = text(report)
    assert (
        "       2  550 5.1.1 <…>: no such user\n          x.test 2\n          → the mailbox does not" in told
    )
    assert "c@x.test  <c@news.test>" in told
    assert "mailer resolve s1 --resend" in told
    assert "mailer resume s1 --refused" in told


def test_the_report_tells_who_tested_and_why_nobody_did() -> None:
    approval = Approval("lock", "Ann", START, "staff", "smtp://relay.test")
    tested = Report(replace(SEND, approval=approval.to_json()), FIGURES)
    assert "tested by Ann, 2024-05-01 12:00 UTC, to staff, says its lock" in text(tested)
    assert tested.to_json()["tested_by"]["who"] == "Ann"
    untested = Report(replace(SEND, tested=False, untested="a comma"), FIGURES)
    assert "NOT tested: a comma" in text(untested)
    assert untested.to_json()["untested"] == "a comma"


def test_deferred_answers_are_grouped_too(ledger: Ledger) -> None:
    send = freeze(ledger, "a", "b")
    time = FakeTime()
    later = replace(DEFERRED, text="4.7.28 unusual rate")
    transport = ScriptedTransport(time, {"a@x.test": [later] * 9, "b@x.test": [later] * 9})
    with ledger.sender():
        Run(send, build, Means(ledger, transport, b"k" * 32, clock=time.clock, patience=0), Stop()).work()
    told = text(read_report(ledger, send))
    assert (
        "Deferred:\n       2  451 4.7.28 unusual rate\n          x.test 2\n          → too much mail" in told
    )


def test_a_doubt_in_a_test_or_a_dry_run_names_no_send_that_is_not_there() -> None:
    doubt = Figures(accepted=1, in_doubt=2)
    tested = text(Report(replace(SEND, id=""), doubt, is_test=True))
    assert "In doubt" in tested
    assert "mailer resolve" not in tested
    rehearsed = text(Report(replace(SEND, id=""), doubt, dry_run=True, unfinished="a1b2"))
    assert "2: mailer status a1b2 --state in_doubt" in rehearsed
    assert "mailer resolve a1b2 --accept" in rehearsed


def test_a_send_that_runs_is_stopped_before_it_is_gone_on_with() -> None:
    told = list(Report(replace(SEND, state=SendState.SENDING), FIGURES).next_steps())

    assert told == [
        "Stop it with: mailer pause a1b2",
        "Where no process sends it any more, go on with: mailer resume a1b2",
    ]


@pytest.mark.parametrize("pause", [False, True])
def test_what_a_killed_run_left_in_flight_is_told_as_in_doubt(ledger: Ledger, *, pause: bool) -> None:
    send = freeze(ledger, "a", "b")
    with ledger.sender():
        ledger.set_state(send, SendState.SENDING)
        ledger.begin(send, {"a": Intent("<a@news.test>")}, transport="memory:", now=START)
        running = read_report(ledger, send)
    if pause:
        ledger.set_state(send, SendState.PAUSED, "by hand")
    killed = read_report(ledger, send)
    assert (running.figures, running.stranded) == (Figures(remaining=2), False)
    assert (killed.figures, killed.stranded) == (Figures(in_doubt=1, remaining=1), True)
    told = text(killed)
    assert ("paused: by hand" if pause else "interrupted: no process sends it") in told
    assert "a@x.test  <a@news.test>" in told
    assert f"Go on with: mailer resume {send}" in told
    assert "mailer pause" not in told
