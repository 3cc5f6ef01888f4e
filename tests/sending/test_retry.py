from datetime import UTC, datetime, timedelta

import pytest

from mailer.errors import AnswerError, AuthError, ConnectError, TransportError, TransportTimeout
from mailer.sending.retry import (
    DEFERRED_WAITS,
    RECONNECT_WAITS,
    is_transient,
    next_attempt,
    patience_after,
    reconnect_wait,
)

NOW = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)


def test_waits_longer_after_each_deferral_and_gives_up_at_the_cap() -> None:
    attempts = range(1, len(DEFERRED_WAITS) + 1)
    times = [next_attempt(attempt, NOW) for attempt in attempts]
    assert times == [NOW + timedelta(seconds=wait) for wait in DEFERRED_WAITS]
    assert sorted(DEFERRED_WAITS) == list(DEFERRED_WAITS)
    assert next_attempt(len(DEFERRED_WAITS) + 1, NOW) is None


def test_reconnects_a_few_times() -> None:
    waits = [reconnect_wait(failures) for failures in range(1, len(RECONNECT_WAITS) + 2)]
    assert waits == [*RECONNECT_WAITS, None]


def test_connections_lost_together_do_not_come_back_together() -> None:
    waits = [reconnect_wait(1, chance / 10) for chance in range(10)]
    assert len({*waits}) == 10
    assert all(wait and RECONNECT_WAITS[0] <= wait < 1.5 * RECONNECT_WAITS[0] for wait in waits)


@pytest.mark.parametrize(
    ("error", "transient"),
    [
        (ConnectError("down"), True),
        (TransportTimeout("silent"), True),
        (AnswerError("closing", code=421), True),
        (AnswerError("not you", code=550), False),
        (AnswerError("no SMTP at all"), False),
        (AuthError("wrong password"), False),
        (TransportError("read-only folder"), False),
    ],
)
def test_tells_what_may_mend_by_itself(error: TransportError, transient: bool) -> None:
    assert is_transient(error) is transient


def test_a_transport_that_asks_to_be_left_alone_is_left_alone() -> None:
    asking = AnswerError("slow down", code=429, wait=20)
    assert patience_after(asking, 1) == 20
    assert patience_after(AnswerError("slow down", code=429, wait=2), 3) == RECONNECT_WAITS[2]


def test_a_run_does_not_wait_for_hours_nor_without_end() -> None:
    assert patience_after(AnswerError("come back tomorrow", code=429, wait=3600), 1) is None
    assert patience_after(AnswerError("slow down", code=429, wait=1), len(RECONNECT_WAITS) + 1) is None
    assert patience_after(AuthError("no such key"), 1) is None
