from datetime import UTC, datetime

import pytest

from mailer.message.outcome import Outcome, Verdict
from mailer.sending.brake import CALM, EASE, SLOWEST, Brake, SlowDown, asks_to_slow_down
from mailer.sending.pace import Rate


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (421, "4.7.28 Gmail has detected an unusual rate of unsolicited mail"),
        (421, "4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume"),
        (450, "4.7.1 try again later"),
        (451, "4.7.650 The mail server has been temporarily rate limited due to IP reputation"),
        (451, "4.7.500 Server busy. Please try again later"),
        (450, "4.2.1 The user you are trying to contact is receiving mail at a rate that prevents it"),
        (451, "4.4.5 system congestion"),
        (452, "4.3.2 not accepting messages now"),
        (452, "4.5.3 too many recipients"),
        (454, "Throttling failure: Maximum sending rate exceeded."),
        (421, ""),
    ],
)
def test_hears_a_wish_for_a_slower_pace(code: int, text: str) -> None:
    assert asks_to_slow_down(Outcome(Verdict.DEFERRED, code, text))


@pytest.mark.parametrize(
    ("verdict", "code", "text"),
    [
        (Verdict.DEFERRED, 450, "4.2.0 mailbox busy"),
        (Verdict.DEFERRED, 452, "4.2.2 mailbox full"),
        (Verdict.DEFERRED, 452, "4.3.1 insufficient system storage"),
        (Verdict.DEFERRED, 451, "4.7.1 Greylisting in action, please come back later"),
        (Verdict.DEFERRED, 450, "4.7.1 you have been grey-listed"),
        (Verdict.DEFERRED, 451, "4.1.8 the domain does not resolve at separate servers"),
        (Verdict.DEFERRED, 0, "the relay broke off before the final dot"),
        (Verdict.REFUSED, 550, "5.7.1 too many messages"),
        (Verdict.ACCEPTED, 250, "2.0.0 rate"),
    ],
)
def test_takes_nothing_else_for_one(verdict: Verdict, code: int, text: str) -> None:
    assert not asks_to_slow_down(Outcome(verdict, code, text))


def test_a_wish_halves_the_pace_and_those_right_after_it_are_the_same_wish() -> None:
    brake = Brake(40.0, now=100.0, flying=0)
    assert brake.rate == Rate(20, 1.0)
    brake.tighten(100.0 + CALM / 2)
    assert brake.rate == Rate(20, 1.0)
    brake.tighten(100.0 + CALM)
    assert brake.rate == Rate(10, 1.0)


def test_the_pace_does_not_fall_below_the_slowest() -> None:
    brake = Brake(1.0, now=0.0, flying=0)
    for wish in range(20):
        brake.tighten(wish * CALM)
    assert brake.rate.per_second == pytest.approx(SLOWEST)
    assert str(brake.rate) == "6/m"


def test_the_pace_recovers_step_by_step_to_what_it_was() -> None:
    brake = Brake(4.0, now=0.0, flying=0)
    assert not brake.ease(EASE - 1)
    assert brake.ease(EASE)
    assert brake.rate == Rate(3, 1.0)
    assert not brake.is_off
    assert brake.ease(2 * EASE)
    assert brake.is_off


def test_what_was_on_its_way_already_counts() -> None:
    brake = Brake(2.0, now=100.0, flying=1)
    assert brake.limiter.delay(100.0) > 0
    brake.limiter.end(101.0)
    assert brake.limiter.delay(101.5) == 0.5


def test_a_slow_pace_has_no_bursts() -> None:
    brake = Brake(0.5, now=0.0, flying=0)
    assert brake.rate == Rate(15, 60.0)
    assert brake.limiter.delay(0.0) == pytest.approx(4.0)
    assert brake.limiter.batch == 1


def test_a_slow_down_is_plain_data_for_reports() -> None:
    since = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
    assert SlowDown("x.test", Rate(5, 1.0), since, "421 4.7.0 slow down").to_json() == {
        "domain": "x.test",
        "rate": "5/s",
        "since": "2024-05-01T12:00:00+00:00",
        "reason": "421 4.7.0 slow down",
    }
