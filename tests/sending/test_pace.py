import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.errors import MailerError
from mailer.sending.pace import Limiter, Rate, parse_rate


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("10/s", Rate(10, 1.0)),
        ("600/m", Rate(600, 60.0)),
        ("5000/h", Rate(5000, 3600.0)),
        (" 20000 / d ", Rate(20000, 86400.0)),
    ],
)
def test_reads_a_rate_as_its_author_writes_it(text: str, rate: Rate) -> None:
    assert parse_rate(text) == rate
    assert str(rate) == text.replace(" ", "")


@pytest.mark.parametrize("text", ["", "10", "fast", "0/s", "-1/s", "1.5/s", "10/week", "10/s/s", "1\n0/s"])
def test_refuses_anything_else_with_examples(text: str) -> None:
    with pytest.raises(MailerError, match="is not a rate") as caught:
        parse_rate(text)
    assert "10/s" in caught.value.hint


def test_lets_a_burst_go_and_then_waits_for_the_window_to_slide() -> None:
    limiter = Limiter(Rate(2, 1.0))
    limiter.note(100.0)
    limiter.note(100.5)
    assert limiter.delay(100.5) == 0.5
    assert limiter.delay(101.0) == 0.0
    assert limiter.delay(101.0, 2) == 0.5


@given(
    count=st.integers(1, 6),
    seconds=st.sampled_from([1.0, 60.0]),
    asked=st.lists(st.tuples(st.floats(0, 90), st.integers(1, 6)), max_size=40),
)
def test_no_window_is_ever_exceeded(count: int, seconds: float, asked: list[tuple[float, int]]) -> None:
    limiter = Limiter(Rate(count, seconds))
    now, left = 1e6, list[float]()
    for pause, wanted in asked:
        messages = min(wanted, limiter.batch)
        now += pause
        while (wait := limiter.delay(now, messages)) > 0:
            now += wait
        limiter.note(now, messages)
        left += [now] * messages
    for first, after_a_full_window in zip(left, left[count:], strict=False):
        assert after_a_full_window >= first + seconds
