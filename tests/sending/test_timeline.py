from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sending.scripted import START

from mailer.ledger.delivery import DeliveryState
from mailer.sending.timeline import MOST_BARS, MOST_STRETCHES, SILENCE, Moment, timeline_of

STATES = st.sampled_from(
    [DeliveryState.ACCEPTED, DeliveryState.DEFERRED, DeliveryState.REFUSED, DeliveryState.IN_DOUBT]
)


def moment(second: int, number: int = 1, state: DeliveryState = DeliveryState.ACCEPTED) -> Moment:
    return (START + timedelta(seconds=second), state, number)


def test_each_second_of_a_short_send_is_a_bar() -> None:
    timeline = timeline_of([moment(0, 5), moment(0, 1, DeliveryState.REFUSED), moment(2, 3)])
    (bars,) = timeline.stretches
    assert [sum(bar.counts.values()) for bar in bars] == [6, 0, 3]
    assert [bar.rate for bar in bars] == [6, 0, 3]
    assert bars[0].counts[DeliveryState.REFUSED] == 1


def test_a_long_send_has_longer_bars() -> None:
    timeline = timeline_of([moment(second, 10) for second in range(3600)])
    assert timeline.step == 30
    (bars,) = timeline.stretches
    assert len(bars) == MOST_BARS
    assert {bar.rate for bar in bars} == {10}


def test_a_pause_parts_two_stretches() -> None:
    timeline = timeline_of([moment(0), moment(1), moment(9000), moment(9001)])
    assert [len(stretch) for stretch in timeline.stretches] == [2, 2]
    assert timeline.stretches[1][0].start == START + timedelta(seconds=9000)


def test_a_send_that_crawls_is_not_cut_to_pieces() -> None:
    timeline = timeline_of([moment(second) for second in range(0, 200 * 400, 400)])
    assert len(timeline.stretches) == 1


def test_a_single_second_has_one_bar_of_a_second() -> None:
    (bar,) = timeline_of([moment(0, 7)]).bars
    assert (bar.seconds, bar.rate) == (1, 7)


@given(st.lists(st.tuples(st.integers(0, 5_000_000), st.integers(1, 1000), STATES), min_size=1, max_size=50))
def test_nothing_is_lost_and_nothing_is_too_long(given_: list[tuple[int, int, DeliveryState]]) -> None:
    moments = [moment(second, number, state) for second, number, state in sorted(given_)]
    timeline = timeline_of(moments)
    assert sum(sum(bar.counts.values()) for bar in timeline.bars) == sum(number for _, _, number in moments)
    assert len(timeline.stretches) <= MOST_STRETCHES
    assert len([*timeline.bars]) <= MOST_BARS + MOST_STRETCHES


@pytest.mark.parametrize(("seconds", "stretches"), [(SILENCE, 1), (SILENCE + 1, 2)])
def test_silence_is_what_parts(seconds: float, stretches: int) -> None:
    assert len(timeline_of([moment(0), moment(int(seconds))]).stretches) == stretches
