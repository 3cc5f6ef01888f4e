import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.sending.desk import Desk, row
from tests.sending.scripted import DEFERRED, REFUSED, START, UNKNOWN, FakeTime, ScriptedTransport

from mailer.errors import ConnectError, MailerError
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Figures, SendState
from mailer.sending import act
from mailer.sending.act import cancel, due_sends, pause, resolve, resume
from mailer.sending.clock import Stop, stop_on_signal


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    desk = Desk(ledger, [row("a"), row("b"), row("c")])
    desk.test()
    return desk


def paused(desk: Desk) -> str:
    """Send until the first message is out, and return the id of the paused send."""
    desk.transport.after = lambda _: pause(desk.ledger, desk.ledger.sends()[0].id)
    report = desk.send()
    desk.transport.after = lambda _: None
    assert (report.send.state, report.send.reason) == (SendState.PAUSED, "by hand")
    return report.send.id


def test_resume_goes_on_from_what_is_frozen(desk: Desk) -> None:
    send = paused(desk)
    report = resume(send[:6], desk.means)
    assert report.send.id == send
    assert report.figures == Figures(accepted=3)
    assert desk.reads == 1


def test_resume_goes_on_through_another_transport(desk: Desk) -> None:
    send = paused(desk)
    other = ScriptedTransport(desk.time, url="memory:other")
    assert resume(send, replace(desk.means, transport=other)).figures == Figures(accepted=3)
    assert other.attempts == ["b@x.test", "c@x.test"]


@pytest.mark.parametrize("rehearsal", [True, False])
def test_a_rehearsal_is_not_resumed_as_a_real_send_nor_the_other_way(desk: Desk, rehearsal: bool) -> None:
    desk.transport.rehearsal = rehearsal
    desk.request = replace(desk.request, identity=replace(desk.request.identity, rehearsal=rehearsal))
    desk.request = replace(desk.request, untested="not of interest here")
    send = paused(desk)
    other = ScriptedTransport(FakeTime(), rehearsal=not rehearsal, url="smtp://other.test")
    with pytest.raises(MailerError):
        resume(send, replace(desk.means, transport=other))
    assert other.attempts == []


def test_resume_of_a_finished_send_is_its_report(desk: Desk) -> None:
    first = desk.send()
    assert resume(first.send.id, desk.means).figures == first.figures
    assert len(desk.transport.attempts) == 3


def test_resume_can_try_the_refused_again(desk: Desk) -> None:
    desk.transport.script = {"b@x.test": [REFUSED]}
    first = desk.send()
    assert first.figures == Figures(accepted=2, refused=1)
    assert resume(first.send.id, desk.means, refused=True).figures == Figures(accepted=3)


def test_a_dead_relay_leaves_a_resumed_send_as_it_was(desk: Desk) -> None:
    send = paused(desk)
    desk.transport.opened = [ConnectError("connection refused")]
    with pytest.raises(ConnectError):
        resume(send, desk.means)
    assert desk.ledger.find_send(send).state is SendState.PAUSED


def test_cancel_ends_a_send_for_good(desk: Desk) -> None:
    send = paused(desk)
    assert cancel(desk.ledger, send).figures == Figures(accepted=1, cancelled=2)
    with pytest.raises(MailerError, match="cancelled"):
        resume(send, desk.means)
    assert desk.send().figures == Figures(accepted=2)


def test_a_finished_send_can_be_neither_paused_nor_cancelled(desk: Desk) -> None:
    send = desk.send().send.id
    with pytest.raises(MailerError, match="nothing to pause"):
        pause(desk.ledger, send)
    with pytest.raises(MailerError, match="nothing to cancel"):
        cancel(desk.ledger, send)


def test_cancel_turns_what_a_killed_run_left_in_flight_into_doubt(desk: Desk) -> None:
    def die(_: str) -> None:
        raise KeyboardInterrupt

    desk.transport.after = die
    with pytest.raises(KeyboardInterrupt):
        desk.send()
    (send,) = desk.ledger.sends()
    assert cancel(desk.ledger, send.id).figures == Figures(in_doubt=1, cancelled=2)


@pytest.mark.parametrize(
    ("resend", "figures"), [(True, Figures(accepted=2, remaining=1)), (False, Figures(accepted=3))]
)
def test_doubt_is_settled_by_the_user_alone(desk: Desk, resend: bool, figures: Figures) -> None:
    desk.transport.script = {"b@x.test": [UNKNOWN]}
    first = desk.send()
    assert first.exit_code(0.02) == 4
    assert resolve(desk.ledger, first.send.id, resend=resend).figures == figures
    assert desk.send().figures == Figures(accepted=3)


def test_sends_are_due_when_the_time_of_their_deferred_has_come(desk: Desk) -> None:
    desk.transport.script = {"b@x.test": [DEFERRED] * 3}
    report = desk.send()
    assert report.exit_code(0.02) == 4
    (at,) = [desk.ledger.next_due(report.send.id)]
    assert at is not None
    assert due_sends(desk.ledger, at - timedelta(seconds=1)) == []
    assert [send.id for send in due_sends(desk.ledger, at)] == [report.send.id]


def test_a_send_paused_by_hand_is_never_due(desk: Desk) -> None:
    desk.transport.script = {"a@x.test": [DEFERRED] * 3}
    paused(desk)
    assert due_sends(desk.ledger, START + timedelta(days=9)) == []


def test_ctrl_c_finishes_what_is_in_flight_and_the_same_command_goes_on(desk: Desk) -> None:
    desk.transport.after = lambda _: signal.raise_signal(signal.SIGINT)
    report = desk.send()
    desk.transport.after = lambda _: None
    assert report.figures == Figures(accepted=1, remaining=2)
    assert report.exit_code(0.02) == 130
    assert f"mailer resume {report.send.id}" in report.lines()[-1]
    assert desk.send().figures == Figures(accepted=3)


def test_a_second_ctrl_c_interrupts_at_once_and_leaves_a_doubt(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    stops: list[Stop] = []

    @contextmanager
    def noted() -> Iterator[Stop]:
        with stop_on_signal() as stop:
            stops.append(stop)
            yield stop

    def twice(_: str) -> None:
        """Run by a courier: the main thread takes the first signal before the second one is raised."""
        signal.raise_signal(signal.SIGINT)
        while not stops[0].requested:
            time.sleep(0.001)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(act, "stop_on_signal", noted)

    desk.transport.after = twice
    with pytest.raises(KeyboardInterrupt):
        desk.send()
    desk.transport.after = lambda _: None
    assert desk.send().figures == Figures(accepted=2, in_doubt=1)


def test_ctrl_c_during_the_last_message_interrupts_nothing(desk: Desk) -> None:
    def on_the_last(address: str) -> None:
        if address == "c@x.test":
            signal.raise_signal(signal.SIGINT)

    desk.transport.after = on_the_last
    report = desk.send()
    assert report.send.state is SendState.FINISHED
    assert report.exit_code(0.02) == 0
