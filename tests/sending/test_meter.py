import pytest

from mailer.ledger.delivery import Figures
from mailer.sending.meter import WINDOW, Meter, done, figures_in_words


def run_at(rate: float, seconds: int, *, before: int = 0) -> Meter:
    meter = Meter()
    for second in range(seconds + 1):
        meter.note(float(second), Figures(accepted=before + int(second * rate)))
    return meter


@pytest.mark.parametrize("rate", [1, 20, 1000])
def test_the_rate_is_that_of_outcomes(rate: int) -> None:
    assert run_at(rate, 10).rate == rate


def test_what_earlier_runs_did_does_not_count() -> None:
    assert run_at(10, 5, before=100_000).rate == 10


def test_the_rate_is_that_of_the_last_seconds() -> None:
    meter = run_at(100, 60)
    for second in range(61, 61 + int(2 * WINDOW)):
        meter.note(float(second), Figures(accepted=6000))
    assert meter.rate == 0


def test_many_figures_within_a_second_cost_no_memory() -> None:
    meter = Meter()
    for number in range(10_000):
        meter.note(number / 1000, Figures(accepted=number))
    assert meter.rate == pytest.approx(1000, rel=0.01)
    assert len(meter._samples) < 2 * WINDOW


def test_time_left_is_told_once_there_is_a_rate() -> None:
    assert Meter().words(Figures(remaining=5)) == ""
    assert run_at(20, 10).words(Figures(accepted=200, remaining=1200)) == "20/s, 0:01:00 left"
    assert run_at(0.5, 10).words(Figures(accepted=5, remaining=30)) == "0.5/s, 0:01:00 left"
    assert run_at(20, 10).words(Figures(accepted=200, deferred=3)) == "20/s"


def test_deferred_ones_are_not_done() -> None:
    figures = Figures(accepted=1200, deferred=3, refused=2, in_doubt=1, suppressed=4, remaining=5)
    assert done(figures) == 1207
    assert figures_in_words(figures) == "1,200 accepted, 3 deferred, 2 refused, 1 in doubt"
