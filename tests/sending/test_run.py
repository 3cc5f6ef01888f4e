from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.sending.scripted import (
    ACCEPTED,
    DEFERRED,
    REFUSED,
    START,
    UNKNOWN,
    FakeTime,
    ScriptedTransport,
    build,
    freeze,
    states,
)

from mailer.errors import AnswerError, AuthError, ConnectError, MessageError, TransportTimeout
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Delivery, DeliveryState, Figures, PlannedRecipient, SendState, Suppression
from mailer.message.envelope import Message
from mailer.sending.clock import Stop
from mailer.sending.frozen import Builder
from mailer.sending.pace import Limiter, Rate
from mailer.sending.retry import DEFERRED_WAITS, RECONNECT_WAITS
from mailer.sending.run import Means, Run


class Engine:
    """One send and everything that runs it."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.time = FakeTime()
        self.transport = ScriptedTransport(self.time)
        self.stop = Stop()
        self.progress: list[Figures] = []
        self.means = Means(
            ledger,
            self.transport,
            b"k" * 32,
            clock=self.time.clock,
            progress=self.progress.append,
            chance=lambda: 0.0,
        )

    def freeze(self, *names: str) -> None:
        freeze(self.ledger, *names)

    def run(self, build: Builder = build) -> str:
        """Run and return the state and the reason."""
        with self.ledger.sender():
            Run("s1", build, self.means, self.stop).work()
        send = self.ledger.find_send("s1")
        return f"{send.state}: {send.reason}" if send.reason else send.state.value

    @property
    def figures(self) -> Figures:
        return self.ledger.figures("s1")


@pytest.fixture
def engine(ledger: Ledger) -> Engine:
    return Engine(ledger)


def test_hands_over_everybody_in_the_order_of_the_list_and_finishes(engine: Engine) -> None:
    engine.freeze("c", "a", "b")
    assert engine.run() == "finished"
    assert engine.transport.attempts == ["c@x.test", "a@x.test", "b@x.test"]
    assert engine.figures == Figures(accepted=3)


def test_the_figures_told_on_the_way_are_those_of_the_ledger_in_the_end(engine: Engine) -> None:
    engine.freeze("a", "b", "c", "d", "e")
    engine.transport.script = {"a@x.test": [REFUSED], "b@x.test": [DEFERRED], "c@x.test": [UNKNOWN]}

    def suppress(address: str) -> None:
        if address == "c@x.test":
            engine.ledger.suppress([Suppression("d", "", "unsubscribed", START)])

    engine.transport.after = suppress
    engine.run()
    assert engine.progress[-1] == engine.figures == Figures(accepted=2, refused=1, in_doubt=1, suppressed=1)


def test_takes_as_many_at_once_as_the_transport_does(engine: Engine) -> None:
    engine.freeze(*"abcde")
    engine.transport.batch_size = 2
    assert engine.run() == "finished"
    assert [len(addresses) for _, addresses in engine.transport.handed_over] == [2, 2, 1]


def test_the_intent_is_on_disk_before_the_message_goes_out(engine: Engine) -> None:
    engine.freeze("a")
    seen: list[DeliveryState] = []
    engine.transport.after = lambda _: seen.append(states(engine.ledger)["a"])
    engine.run()
    assert seen == [DeliveryState.SENDING]


def test_whoever_unsubscribes_meanwhile_is_not_written_to(engine: Engine) -> None:
    engine.freeze("a", "b")
    engine.transport.after = lambda _: engine.ledger.suppress([Suppression("b", "", "unsubscribed", START)])
    assert engine.run() == "finished"
    assert engine.transport.attempts == ["a@x.test"]
    assert engine.figures == Figures(accepted=1, suppressed=1)


def test_deferred_are_tried_again_in_the_same_run(engine: Engine) -> None:
    engine.freeze("a", "b")
    engine.transport.script = {"a@x.test": [DEFERRED, DEFERRED]}
    assert engine.run() == "finished"
    assert engine.transport.attempts == ["a@x.test", "b@x.test", "a@x.test", "a@x.test"]
    assert engine.time.seconds == pytest.approx(35.0, abs=1.0)


def test_a_run_does_not_wait_longer_than_its_patience(engine: Engine) -> None:
    engine.freeze("a", "b")
    engine.transport.script = {"a@x.test": [DEFERRED] * 3}
    assert engine.run() == "paused: waiting: 1 deferred, to be tried again from 2024-05-01 12:05 UTC"
    assert engine.figures == Figures(accepted=1, deferred=1)


def test_deferred_for_ever_is_refused_at_the_cap(engine: Engine) -> None:
    engine.freeze("a")
    engine.transport.script = {"a@x.test": [DEFERRED] * 20}
    engine.means = replace(engine.means, patience=0)
    for wait in DEFERRED_WAITS:
        assert engine.run().startswith("paused: waiting")
        engine.time.seconds += wait
    assert engine.run() == "finished"
    assert len(engine.transport.attempts) == len(DEFERRED_WAITS) + 1
    assert engine.figures == Figures(refused=1)
    assert engine.progress[-1] == engine.figures


def test_an_answer_before_the_point_of_no_return_is_an_attempt_too(engine: Engine) -> None:
    engine.freeze("a", "b", "c")
    engine.transport.early = {"a", "b"}
    engine.transport.script = {"a@x.test": [REFUSED], "b@x.test": [DEFERRED]}
    assert engine.run() == "finished"
    refused, deferred, _ = engine.ledger.deliveries("s1")
    assert (refused.state, refused.attempts, refused.reply) == (DeliveryState.REFUSED, 1, REFUSED.text)
    assert (deferred.state, deferred.attempts) == (DeliveryState.ACCEPTED, 2)


def test_no_answer_after_the_point_of_no_return_is_doubt_and_never_tried_again(engine: Engine) -> None:
    engine.freeze("a", "b")
    engine.transport.script = {"a@x.test": [UNKNOWN]}
    assert engine.run() == "finished"
    assert engine.transport.attempts == ["a@x.test", "b@x.test"]
    assert engine.figures == Figures(accepted=1, in_doubt=1)


@pytest.mark.parametrize(
    "error", [ConnectError("gone"), TransportTimeout("silent"), AnswerError("busy", code=421)]
)
def test_a_lost_connection_is_made_again(engine: Engine, error: ConnectError) -> None:
    engine.freeze("a", "b")
    engine.transport.script = {"a@x.test": [error, error]}
    assert engine.run() == "finished"
    assert engine.figures == Figures(accepted=2)
    assert engine.time.seconds == pytest.approx(sum(RECONNECT_WAITS[:2]))


def test_a_relay_that_stays_away_pauses_the_run_and_nobody_is_lost(engine: Engine) -> None:
    engine.freeze("a", "b")
    engine.transport.opened = [None, *[ConnectError("connection refused")] * 9]
    assert engine.run() == "paused: connection refused"
    assert engine.figures == Figures(accepted=1, remaining=1)
    assert engine.time.seconds == pytest.approx(sum(RECONNECT_WAITS))


@pytest.mark.parametrize("error", [AuthError("wrong password"), AnswerError("you are blocked", code=550)])
def test_a_broken_transport_stops_at_once_and_claimed_deliveries_go_back(
    engine: Engine, error: AuthError
) -> None:
    engine.freeze("a", "b")
    engine.transport.script = {"a@x.test": [error]}
    assert engine.run() == f"paused: {error}"
    assert states(engine.ledger) == {"a": DeliveryState.PLANNED, "b": DeliveryState.PLANNED}
    assert engine.time.seconds == 0


def test_a_transport_that_takes_nothing_is_not_asked_for_ever(engine: Engine) -> None:
    engine.freeze("a")
    engine.transport.script = {"a@x.test": [None] * 99}
    assert engine.run() == "paused: memory: took nothing"
    assert engine.figures == Figures(remaining=1)


def test_what_a_batch_did_not_begin_goes_back_and_is_tried_again(engine: Engine) -> None:
    engine.freeze("a", "b")
    engine.transport.batch_size = 2
    engine.transport.script = {"b@x.test": [None]}
    assert engine.run() == "finished"
    assert engine.figures == Figures(accepted=2)


def test_a_message_that_cannot_be_built_is_refused_and_the_others_go_on(engine: Engine) -> None:
    def picky(delivery: PlannedRecipient | Delivery) -> Message:
        if delivery.key == "a":
            raise MessageError("no such header")
        return build(delivery)

    engine.freeze("a", "b")
    assert engine.run(picky) == "finished"
    (refused,) = engine.ledger.deliveries("s1", (DeliveryState.REFUSED,))
    assert refused.reply == "no such header"
    assert engine.progress[-1] == Figures(accepted=1, refused=1)


def test_ten_refusals_from_the_start_pause_the_run(engine: Engine) -> None:
    engine.freeze(*[f"r{number}" for number in range(30)])
    engine.transport.script = {f"r{number}@x.test": [REFUSED] for number in range(30)}
    assert engine.run() == "paused: the first 10 recipients were all refused"
    assert engine.figures == Figures(refused=10, remaining=20)


def test_a_silent_relay_pauses_the_run_before_everybody_is_in_doubt(engine: Engine) -> None:
    engine.freeze(*"abcdef")
    engine.transport.script = {f"{name}@x.test": [UNKNOWN] for name in "abcdef"}
    assert engine.run() == "paused: no clear answer came to the last 3 messages"
    assert engine.figures == Figures(in_doubt=3, remaining=3)


@pytest.mark.parametrize(
    ("state", "figures"),
    [
        (SendState.PAUSED, Figures(accepted=1, remaining=2)),
        (SendState.CANCELLED, Figures(accepted=1, cancelled=2)),
    ],
)
def test_pause_and_cancel_take_effect_before_the_next_message(
    engine: Engine, state: SendState, figures: Figures
) -> None:
    engine.freeze("a", "b", "c")
    engine.transport.after = lambda _: engine.ledger.set_state("s1", state, "by hand")
    assert engine.run() == f"{state}: by hand"
    assert engine.figures == figures
    assert engine.transport.attempts == ["a@x.test"]


def test_a_pause_ends_a_wait(engine: Engine) -> None:
    engine.freeze("a")
    engine.transport.script = {"a@x.test": [DEFERRED, DEFERRED]}
    engine.time.on_sleep = lambda: engine.ledger.set_state("s1", SendState.PAUSED, "by hand")
    assert engine.run() == "paused: by hand"
    assert engine.time.seconds < 5


def test_a_wish_to_stop_finishes_what_is_in_flight_and_pauses(engine: Engine) -> None:
    engine.freeze("a", "b")

    def stop(_: str) -> None:
        engine.stop.requested = True

    engine.transport.after = stop
    assert engine.run() == "paused: interrupted"
    assert engine.figures == Figures(accepted=1, remaining=1)


def test_a_second_run_goes_on_where_the_first_one_stopped(engine: Engine) -> None:
    engine.freeze("a", "b", "c")
    engine.transport.opened = [None, AuthError("no")]
    engine.run()
    assert engine.run() == "finished"
    assert engine.transport.attempts == ["a@x.test", "b@x.test", "c@x.test"]


@pytest.mark.parametrize("batch_size", [1, 4])
def test_the_rate_is_kept_at_the_one_point_where_messages_leave(engine: Engine, batch_size: int) -> None:
    engine.freeze(*[f"r{number}" for number in range(11)])
    engine.transport.batch_size = batch_size
    engine.means = replace(engine.means, limiter=Limiter(Rate(3, 1.0)))
    assert engine.run() == "finished"
    times = [seconds for seconds, addresses in engine.transport.handed_over for _ in addresses]
    assert all(later >= first + 1.0 for first, later in zip(times, times[3:], strict=False))
    assert times[-1] == pytest.approx(3.0)


def test_the_time_spent_is_added_up_over_all_runs(engine: Engine) -> None:
    engine.freeze("a", "b")
    waits: list[Callable[[], None]] = [lambda: engine.time.sleep(2.0), lambda: engine.time.sleep(3.0)]
    engine.transport.after = lambda _: waits.pop(0)()
    engine.transport.opened = [None, AuthError("no")]
    engine.run()
    engine.run()
    assert engine.ledger.find_send("s1").seconds == pytest.approx(5.0)


def test_accepted_needs_a_reply_that_is_kept(engine: Engine) -> None:
    engine.freeze("a")
    engine.run()
    (delivery,) = engine.ledger.deliveries("s1")
    assert (delivery.code, delivery.reply) == (ACCEPTED.code, ACCEPTED.text)
    assert delivery.message_id == "<a@news.test>"
    assert delivery.transport == "memory:"
