"""Moments that `--at` names, on clocks that are put forward and back."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mailer.errors import MailerError
from mailer.sending.schedule import parse_time, require_ahead

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-01 09:00", datetime(2026, 12, 1, 8, tzinfo=UTC)),
        ("2026-06-01T09:00", datetime(2026, 6, 1, 7, tzinfo=UTC)),
        (" 2026-06-01 09:00:30 ", datetime(2026, 6, 1, 7, 0, 30, tzinfo=UTC)),
        ("2026-06-01 09:00Z", datetime(2026, 6, 1, 9, tzinfo=UTC)),
        ("2026-10-25 02:30+01:00", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("2026-03-29 03:00", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_from_the_clocks_of_the_newsletter(text: str, moment: datetime) -> None:
    assert parse_time(text, BERLIN) == moment


WRONG = [
    *("tomorrow", "", "2026-12-01", "09:00", "2026-13-01 09:00", "1 Dec 09:00"),
    *("0001-01-01 00:00", "9999-12-31 23:59-12:00"),
]


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_day_with_a_time_is_refused(text: str) -> None:
    with pytest.raises(MailerError, match="is not a time") as refused:
        parse_time(text, BERLIN)
    assert "2026-12-01 09:00" in refused.value.hint


def test_a_time_that_clocks_leave_out_is_refused_with_the_next_one() -> None:
    with pytest.raises(MailerError, match="never show 2026-03-29 02:30") as refused:
        parse_time("2026-03-29 02:30", BERLIN)
    assert "2026-03-29 03:30" in refused.value.hint


def test_a_time_that_clocks_show_twice_is_refused_with_both() -> None:
    with pytest.raises(MailerError, match="twice") as refused:
        parse_time("2026-10-25 02:30", BERLIN)
    assert '"2026-10-25 02:30+02:00" or --at "2026-10-25 02:30+01:00"' in refused.value.hint


def test_a_time_that_is_over_is_refused() -> None:
    now = datetime(2026, 5, 1, 12, tzinfo=UTC)
    require_ahead(datetime(2026, 5, 1, 12, 0, 1, tzinfo=UTC), now)
    require_ahead(None, now)
    over = now.astimezone().strftime("%Y-%m-%d %H:%M %Z")
    with pytest.raises(MailerError, match=f"{re.escape(over)} is over; nothing was sent"):
        require_ahead(now, now)
