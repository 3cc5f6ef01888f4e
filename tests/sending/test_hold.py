"""Sends that wait: for their time, and for somebody to say stop once the seeds have got it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.sending.desk import Desk, row
from tests.sending.scripted import DEFERRED, REFUSED, START

from mailer.errors import LedgerLocked, MailerError
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Figures, SendState
from mailer.sending import hold
from mailer.sending.act import cancel, carry_out, due_sends, pause, resume
from mailer.sending.audience import Source
from mailer.sending.begin import NewSend, prepare
from mailer.sending.hold import BY_KEY, Operator, Wait
from mailer.sending.report import Report

NINE = START + timedelta(hours=9)


class Watched(Desk):
    """A desk with a live transport, a list of seeds, and somebody in front of it."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.told: list[tuple[Wait, float, str]] = []
        self.key = False
        self.transport.rehearsal = False
        self.transport.url = "smtp://relay.test"
        self.means = replace(self.means, operator=Operator(lambda *told: self.told.append(told), self.press))
        self.request = replace(
            self.request,
            identity=replace(self.request.identity, rehearsal=False),
            untested="not of interest here",
            hold=60.0,
        )

    def press(self) -> bool:
        return self.key

    def seeds(self) -> list[Source]:
        return [Source([row("staff"), row("c")])]

    def seeded(self, **changes: object) -> Report:
        request = replace(self.request, **changes)  # type: ignore[arg-type]
        prepared = prepare(request, self.sources, self.means, self.seeds)
        assert isinstance(prepared, NewSend)
        return carry_out(prepared, self.means)

    @property
    def send_id(self) -> str:
        return self.ledger.sends()[0].id


@pytest.fixture
def desk(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Watched:
    monkeypatch.setattr(hold, "SLICE", 30.0)  # fewer looks up in a wait of hours
    return Watched(ledger, [row("a"), row("b"), row("c")])


def names(desk: Watched) -> str:
    return " ".join(address.partition("@")[0] for address in desk.transport.attempts)


def test_seeds_get_it_first_and_the_others_after_the_hold(desk: Watched) -> None:
    report = desk.seeded()
    assert names(desk) == "staff c a b"
    assert [seconds for seconds, _ in desk.transport.handed_over] == [0, 0, 60, 60]
    assert {(wait, send) for wait, _, send in desk.told} == {(Wait.HOLD, desk.send_id)}
    assert (report.send.state, report.figures) == (SendState.FINISHED, Figures(accepted=4))
    counts = report.send.counts
    assert (counts.listed, counts.duplicates, report.send.seeds) == (5, 1, 2)


def test_a_key_stops_the_countdown_and_resume_goes_on_at_once(desk: Watched) -> None:
    desk.key = True
    stopped = desk.seeded()
    assert (stopped.send.state, stopped.send.reason) == (SendState.PAUSED, BY_KEY)
    assert names(desk) == "staff c"
    before = desk.time.seconds
    assert resume(desk.send_id, desk.means).figures == Figures(accepted=4)
    assert desk.time.seconds == before


@pytest.mark.parametrize("stop", [pause, cancel])
def test_another_process_stops_the_countdown(desk: Watched, stop: object) -> None:
    desk.time.on_sleep = lambda: stop(desk.ledger, desk.send_id)  # type: ignore[operator]
    report = desk.seeded()
    assert report.send.state in {SendState.PAUSED, SendState.CANCELLED}
    assert report.send.reason == "by hand"
    assert names(desk) == "staff c"


@pytest.mark.parametrize("hold", [0.0, 60.0])
def test_a_send_paused_while_the_seeds_get_it_goes_no_further(desk: Watched, hold: float) -> None:
    desk.transport.after = lambda _: pause(desk.ledger, desk.send_id)
    report = desk.seeded(hold=hold)
    assert (report.send.state, report.send.reason) == (SendState.PAUSED, "by hand")
    assert names(desk) == "staff"
    assert desk.told == []


def test_a_send_killed_in_the_countdown_is_held_again(desk: Watched) -> None:
    def die() -> None:
        raise ZeroDivisionError

    desk.time.on_sleep = die
    with pytest.raises(ZeroDivisionError):
        desk.seeded()
    assert desk.ledger.sends()[0].reason.startswith("held")
    desk.time.on_sleep = lambda: None
    assert resume(desk.send_id, desk.means).figures == Figures(accepted=4)
    assert [seconds for seconds, _ in desk.transport.handed_over][2:] == [desk.time.seconds] * 2
    assert desk.time.seconds > 60


def test_a_deferred_seed_keeps_nobody_waiting(desk: Watched) -> None:
    desk.transport.script = {"staff@x.test": [DEFERRED]}
    assert desk.seeded().figures == Figures(accepted=4)
    assert names(desk) == "staff c a b staff"


def test_a_send_that_no_seed_has_got_goes_no_further(desk: Watched) -> None:
    desk.transport.script = {"staff@x.test": [REFUSED], "c@x.test": [REFUSED]}
    report = desk.seeded()
    assert report.send.state is SendState.PAUSED
    assert report.send.reason == "no seed has got it"
    assert names(desk) == "staff c"
    assert resume(desk.send_id, desk.means).figures == Figures(accepted=2, refused=2)


def test_a_rehearsal_is_not_held(desk: Watched) -> None:
    desk.transport.rehearsal = True
    desk.seeded(identity=replace(desk.request.identity, rehearsal=True))
    assert names(desk) == "staff c a b"
    assert desk.told == []


def test_the_limit_leaves_seeds_out_of_account(desk: Watched) -> None:
    desk.seeded(identity=replace(desk.request.identity, limit=1))
    assert names(desk) == "staff c a"


def test_a_send_waits_for_its_time(desk: Watched) -> None:
    report = desk.send(not_before=NINE)
    assert report.figures == Figures(accepted=3)
    assert desk.transport.handed_over[0][0] == 9 * 3600
    assert desk.told[0] == (Wait.TIME, 9 * 3600, desk.send_id)


def test_a_time_that_is_over_plans_nothing(desk: Watched) -> None:
    with pytest.raises(MailerError, match="is over"):
        desk.send(not_before=START)
    assert desk.ledger.sends() == []


def left_at_night(desk: Watched) -> str:
    """Plan a send for nine and kill the process that waits for it."""

    def die() -> None:
        raise ZeroDivisionError

    desk.time.on_sleep = die
    with pytest.raises(ZeroDivisionError):
        desk.send(not_before=NINE)
    desk.time.on_sleep = lambda: None
    desk.time.seconds = 0.0
    assert desk.ledger.sends()[0].state is SendState.PLANNED
    return desk.send_id


def due(desk: Watched, at: datetime) -> list[str]:
    return [send.id for send in due_sends(desk.ledger, at)]


def test_a_timer_begins_a_send_whose_time_has_come(desk: Watched) -> None:
    send = left_at_night(desk)
    assert due(desk, NINE - timedelta(seconds=1)) == []
    assert due(desk, NINE) == [send]
    desk.time.seconds = 9 * 3600 + 60
    assert resume(send, desk.means, due=True).figures == Figures(accepted=3)


def test_resume_and_the_same_command_wait_for_the_time_too(desk: Watched) -> None:
    send = left_at_night(desk)
    desk.time.on_sleep = lambda: desk.time.seconds >= 7200 and pause(desk.ledger, send)
    assert resume(send, desk.means).send.state is SendState.PAUSED
    assert desk.transport.attempts == []


def test_a_timer_that_comes_too_late_pauses_the_send(desk: Watched) -> None:
    send = left_at_night(desk)
    desk.time.seconds = 11 * 3600 + 1
    report = resume(send, desk.means, due=True)
    assert report.send.state is SendState.PAUSED
    assert report.send.reason == "late: it was to begin at 2024-05-01 21:00 UTC"
    assert report.exit_code(0.02) == 4
    assert due(desk, NINE + timedelta(hours=3)) == []
    with pytest.raises(MailerError, match="has missed its time") as refused:
        desk.send()
    assert f"mailer resume {send}" in refused.value.hint
    assert resume(send, desk.means).figures == Figures(accepted=3)


def test_a_machine_that_slept_does_not_send_late(desk: Watched) -> None:
    desk.time.on_sleep = lambda: setattr(desk.time, "seconds", 12 * 3600.0)
    report = desk.send(not_before=NINE)
    assert report.send.reason.startswith("late")
    assert desk.transport.attempts == []


def test_a_send_whose_time_has_come_waits_for_the_one_before_it(desk: Watched) -> None:
    lock = desk.ledger.sender()
    send = left_at_night(desk)
    lock.__enter__()

    def let_go() -> None:
        if desk.time.seconds > 9.5 * 3600 and desk.transport.attempts == []:
            desk.time.on_sleep = lambda: None
            lock.__exit__(None, None, None)

    desk.time.on_sleep = let_go
    assert resume(send, desk.means).figures == Figures(accepted=3)
    assert desk.transport.handed_over[0][0] > 9.5 * 3600


def test_a_send_that_waits_in_vain_for_another_says_so(desk: Watched) -> None:
    send = left_at_night(desk)
    with desk.ledger.sender(), pytest.raises(LedgerLocked):
        resume(send, desk.means)
    assert desk.time.seconds >= 11 * 3600


@pytest.mark.parametrize(("people", "stops"), [(1, True), (2, False), (6, False), (7, True)])
def test_a_list_that_doubled_or_halved_is_told(desk: Watched, people: int, stops: bool) -> None:
    desk.send()
    desk.rows = [row(f"reader{number}") for number in range(people)]
    prepared = prepare(
        replace(desk.request, identity=replace(desk.request.identity, issue="summer")),
        desk.sources,
        desk.means,
    )
    assert isinstance(prepared, NewSend)
    assert bool(prepared.plan.size_jump) is stops


@pytest.mark.parametrize(
    ("limit_before", "limit", "people", "told"),
    [
        (None, 1, 1, "readers has 1 people, and had 3 at its last send"),
        (None, 1, 3, ""),
        (1, None, 7, "readers has 7 people, and had 3 at its last send"),
        (1, None, 3, ""),
    ],
)
def test_the_size_of_the_list_counts_whatever_a_send_takes_of_it(
    desk: Watched, limit_before: int | None, limit: int | None, people: int, told: str
) -> None:
    desk.send(identity=replace(desk.request.identity, limit=limit_before))
    desk.rows = [row(f"reader{number}") for number in range(people)]
    prepared = prepare(
        replace(desk.request, identity=replace(desk.request.identity, issue="summer", limit=limit)),
        desk.sources,
        desk.means,
    )
    assert isinstance(prepared, NewSend)
    assert prepared.plan.size_jump == told


def test_a_selection_of_the_list_that_shrank_is_told(desk: Watched) -> None:
    desk.send()
    prepared = prepare(
        replace(desk.request, identity=replace(desk.request.identity, issue="summer")),
        lambda: [Source(list(desk.rows), selects=lambda one: one.address.local == "a")],
        desk.means,
    )
    assert isinstance(prepared, NewSend)
    assert prepared.plan.size_jump == "1 of the people of readers are meant, and 3 were at the last send"
