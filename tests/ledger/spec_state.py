"""What every ledger does with the state of a send: pause, cancel, finish, try again."""

from collections.abc import Mapping

import pytest
from tests.ledger.given import (
    ACCEPTED,
    DEFERRED,
    REFUSED,
    UNKNOWN,
    begin,
    frozen,
    hand_over,
    only,
    sending,
    settle,
    states,
)

from mailer.errors import LedgerError
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import (
    Figures,
    SendState,
)
from mailer.message.outcome import Outcome


class StateSpec:
    """A send hides nobody, and what was stopped stays stopped."""

    def test_cancelling_ends_what_is_planned_or_deferred(self, ledger: Ledger) -> None:
        send = sending(ledger, "abcd")
        with ledger.sender():
            begin(ledger, send, "abc")
            settle(ledger, send, {"a": ACCEPTED, "b": DEFERRED})
            assert ledger.set_state(send, SendState.CANCELLED, "wrong link") is SendState.CANCELLED
            assert states(ledger, send) == {
                "a": "accepted",
                "b": "cancelled",
                "c": "sending",
                "d": "cancelled",
            }
            settle(ledger, send, {"c": ACCEPTED})
        assert ledger.figures(send) == Figures(accepted=2, cancelled=2)
        assert ledger.find_send(send).reason == "wrong link"

    def test_in_a_cancelled_send_nothing_is_left_to_do(self, ledger: Ledger) -> None:
        send = sending(ledger, "abc")
        with ledger.sender():
            begin(ledger, send, "abc")
            ledger.set_state(send, SendState.CANCELLED)
            settle(ledger, send, {"a": DEFERRED, "b": UNKNOWN})
            ledger.give_back(send, ["c"])
        assert states(ledger, send) == {"a": "cancelled", "b": "in_doubt", "c": "cancelled"}
        assert ledger.resolve(send, resend=True) == 1
        assert ledger.retry_refused(send) == 0
        assert ledger.figures(send) == Figures(cancelled=3)

    @pytest.mark.parametrize("state", SendState)
    def test_cancelled_is_the_end(self, ledger: Ledger, state: SendState) -> None:
        send = frozen(ledger)
        ledger.set_state(send, SendState.CANCELLED, "wrong link")
        assert ledger.set_state(send, state, "by hand") is SendState.CANCELLED
        assert ledger.find_send(send).state is SendState.CANCELLED
        assert ledger.find_send(send).reason == "wrong link"

    @pytest.mark.parametrize("outcomes", [{"a": ACCEPTED}, {"a": ACCEPTED, "b": DEFERRED}])
    def test_a_send_is_not_finished_while_something_is_left(
        self, ledger: Ledger, outcomes: Mapping[str, Outcome]
    ) -> None:
        send = sending(ledger, "ab")
        hand_over(ledger, send, outcomes)
        assert ledger.set_state(send, SendState.FINISHED) is SendState.SENDING
        hand_over(ledger, send, {"b": REFUSED})
        assert ledger.set_state(send, SendState.FINISHED) is SendState.FINISHED

    @pytest.mark.parametrize("state", [SendState.PAUSED, SendState.CANCELLED, SendState.PLANNED])
    def test_a_finished_send_is_neither_held_nor_ended(self, ledger: Ledger, state: SendState) -> None:
        send = sending(ledger, "a")
        hand_over(ledger, send, {"a": ACCEPTED})
        ledger.set_state(send, SendState.FINISHED)
        assert ledger.set_state(send, state) is SendState.FINISHED

    def test_time_spent_sending_adds_up(self, ledger: Ledger) -> None:
        send = frozen(ledger)
        ledger.add_seconds(send, 1.5)
        ledger.add_seconds(send, 2.25)
        assert ledger.find_send(send).seconds == 3.75

    def test_the_refused_are_planned_again_from_their_first_attempt_on(self, ledger: Ledger) -> None:
        send = sending(ledger, "ab")
        hand_over(ledger, send, {"a": REFUSED, "b": ACCEPTED})
        ledger.set_state(send, SendState.FINISHED)
        assert ledger.retry_refused(send) == 1
        assert states(ledger, send) == {"a": "planned", "b": "accepted"}
        assert only(ledger, send, "a").attempts == 0
        assert ledger.find_send(send).state is SendState.PAUSED

    def test_a_refused_delivery_is_not_tried_again_where_another_send_got_through(
        self, ledger: Ledger
    ) -> None:
        sending(ledger, "ab")
        hand_over(ledger, "send-1", {"a": REFUSED, "b": REFUSED})
        ledger.set_state("send-1", SendState.FINISHED)
        sending(ledger, "a", name="send-2", to="clients")
        hand_over(ledger, "send-2", {"a": ACCEPTED})
        assert ledger.retry_refused("send-1") == 1
        assert states(ledger, "send-1") == {"a": "refused", "b": "planned"}

    def test_nothing_is_planned_again_beside_an_unfinished_send_of_the_same_identity(
        self, ledger: Ledger
    ) -> None:
        sending(ledger, "ab")
        hand_over(ledger, "send-1", {"a": REFUSED, "b": UNKNOWN})
        ledger.set_state("send-1", SendState.FINISHED)
        frozen(ledger, "c", name="send-2")
        with pytest.raises(LedgerError, match="send send-2"):
            ledger.retry_refused("send-1")
        with pytest.raises(LedgerError, match="send send-2"):
            ledger.resolve("send-1", resend=True)
        with pytest.raises(LedgerError, match="send send-2"):
            ledger.set_state("send-1", SendState.SENDING)
        assert states(ledger, "send-1") == {"a": "refused", "b": "in_doubt"}

    def test_doubt_is_settled_as_accepted(self, ledger: Ledger) -> None:
        send = sending(ledger, "ab")
        hand_over(ledger, send, {"a": UNKNOWN, "b": REFUSED})
        assert ledger.resolve(send, resend=False) == 1
        assert states(ledger, send) == {"a": "accepted", "b": "refused"}
        assert ledger.resolve(send, resend=False) == 0

    def test_doubt_is_planned_again_on_request(self, ledger: Ledger) -> None:
        send = sending(ledger, "ab")
        hand_over(ledger, send, {"a": UNKNOWN, "b": ACCEPTED})
        ledger.set_state(send, SendState.FINISHED)
        assert ledger.resolve(send, resend=True) == 1
        assert states(ledger, send) == {"a": "planned", "b": "accepted"}
        assert ledger.find_send(send).state is SendState.PAUSED
        ledger.set_state(send, SendState.SENDING)
        hand_over(ledger, send, {"a": ACCEPTED})
