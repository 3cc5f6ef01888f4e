from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mailer.errors import MailerError
from mailer.ledger.delivery import Counts, Figures, SendIdentity
from mailer.sending.approval import Approval
from mailer.sending.plan import Plan, check_expected, parse_expected

PLAN = Plan(
    identity=SendIdentity("spring", "readers"),
    digest="sha256:0123456789abcdef",
    transport="smtp://relay.test",
    counts=Counts(listed=60, duplicates=4, invalid=3, not_selected=2, elsewhere=1),
    planned=50,
    suppressed={"unsubscribed": 7, "deleted_at is set": 3},
    approval=Approval("ledger", "Ann", datetime(2024, 5, 1, 12, 0, tzinfo=UTC), "staff", "smtp://relay.test"),
)


def test_the_plan_says_who_gets_it_who_does_not_and_why() -> None:
    told = "\n".join(PLAN.lines())
    assert "40  get it" in told
    assert "7  suppressed: unsubscribed" in told
    assert "3  suppressed: deleted_at is set" in told
    assert "1  have it already" in told
    assert "tested by Ann, 2024-05-01 12:00 UTC, to staff" in told
    assert "NOT tested" not in told


def test_the_plan_says_when_a_send_begins_that_waits() -> None:
    begins = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    told = replace(PLAN, begins=begins).lines()

    assert f"  it begins {begins.astimezone():%Y-%m-%d %H:%M %Z}" in told


def test_the_plan_says_which_part_of_the_list_is_meant() -> None:
    chosen = replace(PLAN, identity=replace(PLAN.identity, where="segment == 'client'", limit=1000)).lines()

    assert chosen[1:3] == ["  only where segment == 'client'", "  only the first 1,000"]
    assert not any("only" in line for line in PLAN.lines())


def test_the_suppressed_are_planned_but_not_written_to() -> None:
    assert PLAN.to_write == 40
    assert PLAN.figures == Figures(suppressed=10, remaining=40)
    assert PLAN.figures.planned == PLAN.planned


@pytest.mark.parametrize(
    ("text", "expected"), [("12000..13000", (12000, 13000)), ("5", (5, 5)), ("0..1", (0, 1))]
)
def test_reads_an_expected_range(text: str, expected: tuple[int, int]) -> None:
    assert parse_expected(text) == expected


@pytest.mark.parametrize("text", ["", "a..b", "5..", "..5", "9..5", "-1..5"])
def test_refuses_what_is_no_range(text: str) -> None:
    with pytest.raises(MailerError, match="is not a range"):
        parse_expected(text)


@pytest.mark.parametrize(("count", "fits"), [(9, False), (10, True), (20, True), (21, False)])
def test_a_count_outside_the_expected_range_stops(count: int, fits: bool) -> None:
    check_expected(count, None)
    if fits:
        check_expected(count, (10, 20))
    else:
        with pytest.raises(MailerError, match="between 10 and 20"):
            check_expected(count, (10, 20))
