from collections.abc import Iterable

from mailer.message.outcome import Verdict
from mailer.sending.breaker import Breaker

ACCEPTED, DEFERRED, REFUSED, UNKNOWN = Verdict


def tripped_after(verdicts: Iterable[Verdict]) -> int | None:
    breaker = Breaker()
    for number, verdict in enumerate(verdicts, start=1):
        breaker.note(verdict)
        if breaker.tripped:
            return number
    return None


def test_trips_when_the_first_ten_are_all_refused() -> None:
    assert tripped_after([REFUSED] * 300) == 10


def test_one_accepted_among_the_first_ten_is_enough_to_go_on() -> None:
    assert tripped_after([*[REFUSED] * 9, ACCEPTED, *[REFUSED] * 5]) is None


def test_trips_when_a_tenth_of_the_last_two_hundred_was_refused() -> None:
    assert tripped_after([*[ACCEPTED] * 500, *[REFUSED] * 30]) == 520


def test_does_not_judge_a_share_before_the_window_is_full() -> None:
    assert tripped_after([ACCEPTED, *[REFUSED] * 19, *[ACCEPTED] * 179]) is None
    assert tripped_after([ACCEPTED, *[REFUSED] * 19, *[ACCEPTED] * 179, REFUSED]) == 200


def test_deferred_and_unknown_are_no_refusals() -> None:
    assert tripped_after([DEFERRED, UNKNOWN] * 300) is None


def test_says_why() -> None:
    breaker = Breaker()
    for _ in range(10):
        breaker.note(REFUSED)
    assert breaker.tripped == "the first 10 recipients were all refused"
