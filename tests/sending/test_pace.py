import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.errors import MailerError
from mailer.sending.pace import PARTS, Limiter, Rate, parse_rates


@pytest.mark.parametrize(
    ("text", "rates"),
    [
        ("10/s", (Rate(10, 1.0),)),
        ("600/m", (Rate(600, 60.0),)),
        ("5000/h", (Rate(5000, 3600.0),)),
        (" 20000 / d ", (Rate(20000, 86400.0),)),
        ("10/s, 5000/h,50000/d", (Rate(10, 1.0), Rate(5000, 3600.0), Rate(50000, 86400.0))),
    ],
)
def test_reads_rates_as_their_author_writes_them(text: str, rates: tuple[Rate, ...]) -> None:
    assert parse_rates(text) == rates
    assert ",".join(map(str, rates)) == text.replace(" ", "")


@pytest.mark.parametrize("unit", ["s sec second", "m min minute", "h hour", "d day"])
def test_units_may_be_spelled_out(unit: str) -> None:
    assert len({parse_rates(f"7/{name}") for name in unit.split()}) == 1


@pytest.mark.parametrize(
    "text", ["", "10", "fast", "0/s", "-1/s", "1.5/s", "10/week", "10/s/s", "1\n0/s", "10/s,", "10/s 5/m"]
)
def test_refuses_anything_else_with_examples(text: str) -> None:
    with pytest.raises(MailerError, match="is not a rate") as caught:
        parse_rates(text)
    assert "10/s" in caught.value.hint


def left(limiter: Limiter, now: float, messages: int = 1) -> None:
    limiter.begin(messages)
    limiter.end(now, messages)


def test_lets_a_burst_go_and_then_waits_for_the_window_to_slide() -> None:
    limiter = Limiter(Rate(2, 1.0))
    left(limiter, 100.0)
    left(limiter, 100.5)
    assert limiter.delay(100.5) == 0.5
    assert limiter.delay(101.0) == 0.0
    assert limiter.delay(101.0, 2) == 0.5


def test_the_slowest_of_several_rates_holds() -> None:
    limiter = Limiter(Rate(2, 1.0), Rate(3, 60.0))
    for now in (100.0, 100.0, 101.0):
        assert limiter.delay(now) == 0.0
        left(limiter, now)
    assert limiter.delay(102.0) == 58.0
    assert limiter.batch == 2
    assert limiter.longest == 60.0


def test_what_is_on_its_way_counts_until_a_window_after_it_arrived() -> None:
    limiter = Limiter(Rate(1, 1.0))
    limiter.begin()
    assert limiter.delay(105.0) > 0
    limiter.end(105.0)
    assert limiter.delay(105.5) == 0.5
    assert limiter.delay(106.0) == 0.0


def test_what_never_left_does_not_count() -> None:
    limiter = Limiter(Rate(1, 60.0))
    limiter.begin()
    limiter.drop()
    assert limiter.delay(0.0) == 0.0
    assert limiter.is_idle(0.0)


def test_messages_before_the_run_count() -> None:
    limiter = Limiter(Rate(100, 3600.0))
    limiter.recall(-1800.0, 90)
    limiter.recall(-10.0, 10)
    assert limiter.delay(0.0) == 1800.0
    assert limiter.delay(1800.0, 90) == 0.0
    assert limiter.delay(1800.0, 91) == pytest.approx(1790.0)


def test_changed_rates_remember_what_left() -> None:
    limiter = Limiter(Rate(10, 1.0))
    limiter.begin()
    left(limiter, 100.0, 3)
    limiter.change(Rate(2, 1.0))
    assert limiter.delay(100.0) > 0
    limiter.drop()
    assert limiter.delay(101.0, 2) == 0.0


RATES = st.lists(
    st.builds(Rate, st.integers(1, 2 * PARTS), st.sampled_from([1.0, 60.0, 3600.0])), min_size=1, max_size=3
)


@given(rates=RATES, seed=st.integers(0, 2**32))
def test_no_window_is_ever_exceeded(rates: list[Rate], seed: int) -> None:
    """The receiver notes each message somewhere between its begin and its end."""
    chance = random.Random(seed)
    limiter = Limiter(*rates)
    now, noted = 1e6, list[float]()
    flying = list[tuple[float, int]]()
    for _ in range(60):
        messages = chance.randint(1, limiter.batch)
        now += chance.choice([0.0, 0.0, chance.uniform(0, 2), chance.expovariate(1 / 100)])
        while flying and (chance.random() < 0.5 or limiter.delay(now, messages) > 0):
            began, number = flying.pop(0)
            limiter.end(now, number)
            noted += [chance.choice([began, now])] * number
        while (wait := limiter.delay(now, messages)) > 0:
            now += wait
        limiter.begin(messages)
        flying.append((now, messages))
    noted.sort()
    for rate in rates:
        for first, after_a_full_window in zip(noted, noted[rate.count :], strict=False):
            assert after_a_full_window >= first + rate.seconds


def test_a_day_at_full_rate_stays_flat_in_memory_and_near_the_rate() -> None:
    limiter = Limiter(Rate(100_000, 86_400.0))
    now, count = 0.0, 0
    while now < 2 * 86_400.0:
        now += limiter.delay(now, 100)
        left(limiter, now, 100)
        count += 100
        now += 40.0
    (window,) = limiter._windows
    assert len([*window]) <= PARTS + 1
    assert count >= 0.98 * 200_000


def test_a_rate_beyond_what_is_remembered_one_by_one_costs_a_thousandth_at_the_most() -> None:
    limiter = Limiter(Rate(5 * PARTS, 1.0))
    now, count = 0.0, 0
    while now < 10.0:
        now += limiter.delay(now)
        left(limiter, now)
        count += 1
        now += 1e-5
    assert 0.998 * 50_000 <= count <= 55_000
