"""What is seen of a run while it goes on."""

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from mailer.cli.progress import SELDOM, Lines, drawn
from mailer.ledger.delivery import Figures
from mailer.sending.brake import SlowDown
from mailer.sending.pace import Rate

FIGURES = Figures(accepted=8100, deferred=12, refused=8, in_doubt=1, remaining=4281)
SLOW = SlowDown(
    "gmail.test", Rate(5, 1.0), datetime(2024, 5, 1, tzinfo=UTC), "421 4.7.28 [red]unusual[/] rate"
)


def screen(width: int, *slow_downs: SlowDown) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=False).print(
        drawn(FIGURES, "1,020/s, 0:00:04 left", slow_downs)
    )
    return out.getvalue().splitlines()


def test_the_drawing_tells_all_figures_rate_and_time_left() -> None:
    ahead, figures = screen(80)
    assert "8,109 of 12,402" in ahead
    assert "1,020/s, 0:00:04 left" in ahead
    assert figures.strip() == "8,100 accepted, 12 deferred, 8 refused, 1 in doubt"


def test_domains_that_are_slowed_down_are_told_in_the_relays_own_words() -> None:
    told = screen(100, SLOW)[2].strip()
    assert told == "gmail.test slowed down to 5/s: 421 4.7.28 [red]unusual[/] rate"
    many = [SLOW] * 7
    assert screen(100, *many)[-1].strip() == "and 3 more domains slowed down"


def test_a_narrow_terminal_gets_no_more_lines() -> None:
    assert len(screen(60, SLOW)) == 3
    assert max(map(len, screen(60, SLOW))) <= 60


def test_elsewhere_there_is_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    time = 0.0
    lines = Lines(lambda: (SLOW,), lambda: time)
    for second in range(int(2 * SELDOM) + 5):
        time = float(second)
        lines(Figures(accepted=second * 20, remaining=12_402 - second * 20))
    told = capsys.readouterr().err.splitlines()
    slowed = "gmail.test slowed down to 5/s: 421 4.7.28 [red]unusual[/] rate"
    counted = "accepted, 0 deferred, 0 refused, 0 in doubt"
    assert told == [
        f"600 of 12,402: 600 {counted}; 20/s, 0:09:50 left; {slowed}",
        f"1,200 of 12,402: 1,200 {counted}; 20/s, 0:09:20 left; {slowed}",
    ]


def test_a_short_run_says_nothing_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines(tuple, lambda: 0.0)
    lines(FIGURES)
    assert capsys.readouterr().err == ""
