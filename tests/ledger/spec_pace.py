"""What every ledger tells of messages that left, for the limits of the next run."""

from datetime import timedelta

import pytest
from tests.ledger.given import ACCEPTED, DEFERRED, LATER, NOW, REFUSED, begin, sending

from mailer.ledger.base import Ledger
from mailer.ledger.delivery import HandedOver, Intent, SendState
from mailer.message.outcome import Outcome

RELAY = "smtp://127.0.0.1"
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def told(ledger: Ledger, transport: str = RELAY, *, by_domain: bool = False) -> list[HandedOver]:
    return [*ledger.handed_over(transport, since=NOW - HOUR, now=NOW + HOUR, by_domain=by_domain)]


def attempt(ledger: Ledger, send: str, outcomes: dict[str, Outcome], seconds: float) -> None:
    """Hand deliveries over, so many seconds after NOW."""
    with ledger.sender():
        begin(ledger, send, "".join(outcomes))
        now = NOW + timedelta(seconds=seconds)
        ledger.settle(send, outcomes, now=now, next_at=dict.fromkeys(outcomes, now + SECOND))


class PaceSpec:
    """Nobody is counted too few times, or too early."""

    def test_what_was_handed_over_is_told_at_the_time_of_its_outcome(self, ledger: Ledger) -> None:
        send = sending(ledger, "abcd")
        attempt(ledger, send, {"a": ACCEPTED, "b": REFUSED}, 3)
        attempt(ledger, send, {"c": DEFERRED}, 60)
        assert told(ledger) == [HandedOver(NOW + 3 * SECOND, 2), HandedOver(NOW + 60 * SECOND, 1)]

    def test_what_was_close_together_is_told_at_the_time_of_the_last(self, ledger: Ledger) -> None:
        send = sending(ledger, "ab")
        attempt(ledger, send, {"a": ACCEPTED}, 1)
        attempt(ledger, send, {"b": ACCEPTED}, 9.5)
        assert told(ledger) == [HandedOver(NOW + 9.5 * SECOND, 2)]

    def test_every_attempt_counts(self, ledger: Ledger) -> None:
        send = sending(ledger, "a")
        attempt(ledger, send, {"a": DEFERRED}, 0)
        attempt(ledger, send, {"a": ACCEPTED}, 30)
        assert told(ledger) == [HandedOver(NOW + 30 * SECOND, 2)]

    def test_what_is_in_doubt_may_have_been_taken_just_now(self, ledger: Ledger) -> None:
        send = sending(ledger, "ab")
        attempt(ledger, send, {"a": ACCEPTED}, 0)
        with ledger.sender():
            begin(ledger, send, "b")
        with ledger.sender():
            pass
        assert told(ledger) == [HandedOver(NOW, 1), HandedOver(NOW + HOUR, 1)]

    def test_what_never_left_is_not_told(self, ledger: Ledger) -> None:
        send = sending(ledger, "abc")
        with ledger.sender():
            begin(ledger, send, "a")
            ledger.give_back(send, ["a"])
            ledger.refuse(send, "b", "cannot be built", now=NOW)
        assert told(ledger) == []

    def test_what_left_before_is_not_told(self, ledger: Ledger) -> None:
        send = sending(ledger, "a")
        attempt(ledger, send, {"a": ACCEPTED}, 0)
        assert not ledger.handed_over(RELAY, since=NOW, now=LATER)

    @pytest.mark.parametrize("state", SendState)
    def test_every_send_counts_whatever_became_of_it(self, ledger: Ledger, state: SendState) -> None:
        send = sending(ledger, "a")
        attempt(ledger, send, {"a": ACCEPTED}, 0)
        ledger.set_state(send, state)
        sending(ledger, "b", name="send-2", issue="autumn")
        attempt(ledger, "send-2", {"b": ACCEPTED}, 30)
        assert [one.number for one in told(ledger)] == [1, 1]

    def test_options_of_the_url_make_no_difference_but_the_relay_does(self, ledger: Ledger) -> None:
        send = sending(ledger, "ab")
        with ledger.sender():
            for key, transport in (("a", "smtp://one.test?rate=5/s"), ("b", "smtp://one.test:25")):
                ledger.begin(send, {key: Intent("<a@b.c>")}, transport=transport, now=NOW)
        assert [one.number for one in told(ledger, "smtp://one.test?timeout=3")] == [1]

    def test_domains_are_told_apart_where_that_is_asked_for(self, ledger: Ledger) -> None:
        send = sending(ledger, "abcd")
        attempt(ledger, send, {"a": ACCEPTED, "b": ACCEPTED}, 0)
        attempt(ledger, send, {"c": ACCEPTED}, 400)
        attempt(ledger, send, {"d": ACCEPTED}, 700)
        assert told(ledger, by_domain=True) == [
            HandedOver(NOW + 400 * SECOND, 3, "example.com"),
            HandedOver(NOW + 700 * SECOND, 1, "example.com"),
        ]
