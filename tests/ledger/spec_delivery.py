"""What every ledger does with a delivery: intent, outcome, doubt."""

from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from tests.ledger.given import (
    ACCEPTED,
    DEFERRED,
    LATER,
    NOW,
    REFUSED,
    UNKNOWN,
    begin,
    frozen,
    hand_over,
    left,
    only,
    sending,
    settle,
    states,
)

from mailer.errors import LedgerError
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import (
    DeliveryState,
    Figures,
    Intent,
    SendState,
)
from mailer.message.outcome import Outcome


class DeliverySpec:
    """Nobody goes without an intent on disk, and every outcome is kept."""

    def test_due_are_planned_ones_first_then_deferred_whose_time_has_come(self, ledger: Ledger) -> None:
        send = sending(ledger, "abcd")
        hand_over(ledger, send, {"a": DEFERRED, "b": ACCEPTED})
        assert [delivery.key for delivery in ledger.due(send, now=NOW, limit=9)] == ["c", "d"]
        assert [delivery.key for delivery in ledger.due(send, now=LATER, limit=9)] == ["c", "d", "a"]
        assert [delivery.key for delivery in ledger.due(send, now=LATER, limit=1)] == ["c"]
        assert ledger.next_due(send) == LATER

    def test_the_first_places_can_be_asked_for_alone(self, ledger: Ledger) -> None:
        send = sending(ledger, "abcd")
        hand_over(ledger, send, {"a": DEFERRED})
        assert [delivery.key for delivery in ledger.due(send, now=LATER, limit=9, places=3)] == ["b", "c"]

    def test_times_of_any_zone_are_compared_as_moments(self, ledger: Ledger) -> None:
        send = sending(ledger, "a")
        with ledger.sender():
            begin(ledger, send, "a")
            east = timezone(timedelta(hours=9))
            ledger.settle(send, {"a": DEFERRED}, now=NOW, next_at={"a": LATER.astimezone(east)})
        assert ledger.next_due(send) == LATER
        assert not ledger.due(send, now=LATER - timedelta(seconds=1), limit=9)
        assert ledger.due(send, now=LATER.astimezone(east), limit=9)

    def test_an_intent_is_written_before_anything_may_go(self, ledger: Ledger) -> None:
        send = sending(ledger, "abc")
        with ledger.sender():
            assert begin(ledger, send, "cb") == ["c", "b"]
        assert states(ledger, send) == {"a": "planned", "b": "sending", "c": "sending"}
        delivery = only(ledger, send, "b")
        assert delivery.attempts == 1
        assert delivery.message_id == "<b@news.example.com>"
        assert delivery.transport == "smtp://127.0.0.1"
        assert delivery.changed == NOW
        assert ledger.figures(send) == Figures(remaining=3)

    def test_an_intent_is_given_out_once(self, ledger: Ledger) -> None:
        send = sending(ledger, "ab")
        with ledger.sender():
            assert begin(ledger, send, "a") == ["a"]
            assert begin(ledger, send, "ab") == ["b"]
            settle(ledger, send, {"a": ACCEPTED, "b": UNKNOWN})
            assert begin(ledger, send, "abz") == []

    def test_an_intent_needs_the_senders_lock(self, ledger: Ledger) -> None:
        send = sending(ledger)
        with pytest.raises(RuntimeError, match="lock"):
            begin(ledger, send, "a")

    @pytest.mark.parametrize("state", [SendState.PAUSED, SendState.CANCELLED])
    def test_a_send_that_was_stopped_lets_nobody_go(self, ledger: Ledger, state: SendState) -> None:
        send = sending(ledger)
        ledger.set_state(send, state)
        with ledger.sender():
            assert begin(ledger, send, "abc") == []

    @pytest.mark.parametrize("scope", ["", "subscribers"])
    def test_whoever_is_suppressed_meanwhile_is_held_back(self, ledger: Ledger, scope: str) -> None:
        send = sending(ledger)
        ledger.suppress([left("b", scope)])
        with ledger.sender():
            assert begin(ledger, send, "abc") == ["a", "c"]
        assert only(ledger, send, "b").state is DeliveryState.SUPPRESSED
        assert only(ledger, send, "b").reply == "unsubscribed"

    def test_a_suppression_for_another_list_does_not_count(self, ledger: Ledger) -> None:
        send = sending(ledger)
        ledger.suppress([left("b", "clients")])
        with ledger.sender():
            assert begin(ledger, send, "abc") == ["a", "b", "c"]

    def test_whoever_is_suppressed_while_deferred_is_held_back(self, ledger: Ledger) -> None:
        send = sending(ledger, "a")
        hand_over(ledger, send, {"a": DEFERRED})
        ledger.suppress([left("a")])
        with ledger.sender():
            assert begin(ledger, send, "a") == []
        assert ledger.figures(send) == Figures(suppressed=1)

    @pytest.mark.parametrize(
        ("outcome", "state"),
        [(ACCEPTED, "accepted"), (DEFERRED, "deferred"), (REFUSED, "refused"), (UNKNOWN, "in_doubt")],
    )
    def test_an_outcome_is_kept_with_the_relays_words(
        self, ledger: Ledger, outcome: Outcome, state: str
    ) -> None:
        send = sending(ledger, "a")
        hand_over(ledger, send, {"a": outcome})
        delivery = only(ledger, send, "a")
        assert delivery.state == state
        assert (delivery.code, delivery.reply) == (outcome.code, outcome.text)
        assert delivery.next_at == (LATER if state == "deferred" else None)

    @pytest.mark.parametrize("outcome", [ACCEPTED, REFUSED, UNKNOWN])
    def test_what_the_provider_calls_a_message_is_kept_beside_our_name_for_it(
        self, ledger: Ledger, outcome: Outcome
    ) -> None:
        send = sending(ledger, "a")
        hand_over(ledger, send, {"a": replace(outcome, provider_id="their-id")})
        delivery = only(ledger, send, "a")
        assert delivery.provider_id == "their-id"
        assert delivery.message_id

    def test_a_deferred_delivery_without_a_next_time_is_refused(self, ledger: Ledger) -> None:
        send = sending(ledger, "a")
        with ledger.sender():
            begin(ledger, send, "a")
            ledger.settle(send, {"a": DEFERRED}, now=NOW)
        assert ledger.figures(send) == Figures(refused=1)
        assert only(ledger, send, "a").code == 451

    def test_an_outcome_changes_only_what_is_being_sent(self, ledger: Ledger) -> None:
        send = sending(ledger, "abc")
        hand_over(ledger, send, {"a": ACCEPTED})
        settle(ledger, send, {"a": REFUSED, "b": ACCEPTED, "z": ACCEPTED})
        assert states(ledger, send) == {"a": "accepted", "b": "planned", "c": "planned"}

    def test_every_attempt_is_counted_but_one_given_back(self, ledger: Ledger) -> None:
        send = sending(ledger, "a")
        hand_over(ledger, send, {"a": DEFERRED})
        with ledger.sender():
            begin(ledger, send, "a")
            ledger.give_back(send, ["a"])
        delivery = only(ledger, send, "a")
        assert (delivery.state, delivery.attempts) == (DeliveryState.PLANNED, 1)

    def test_a_delivery_that_cannot_be_built_is_refused_without_an_intent(self, ledger: Ledger) -> None:
        send = sending(ledger, "ab")
        hand_over(ledger, send, {"b": ACCEPTED})
        ledger.refuse(send, "a", "no SMTPUTF8", now=NOW)
        ledger.refuse(send, "b", "no SMTPUTF8", now=NOW)
        assert states(ledger, send) == {"a": "refused", "b": "accepted"}
        assert only(ledger, send, "a").reply == "no SMTPUTF8"
        assert only(ledger, send, "a").attempts == 0

    def test_intents_left_over_are_in_doubt_for_the_next_sender(self, ledger: Ledger) -> None:
        send = sending(ledger, "abc")
        with ledger.sender() as doubtful:
            assert doubtful == 0
            begin(ledger, send, "ab")
            settle(ledger, send, {"a": ACCEPTED})
        with ledger.sender() as doubtful:
            assert doubtful == 1
            assert states(ledger, send) == {"a": "accepted", "b": "in_doubt", "c": "planned"}
            assert begin(ledger, send, "abc") == ["c"]

    def test_deliveries_can_be_had_by_state(self, ledger: Ledger) -> None:
        send = sending(ledger, "abcd")
        hand_over(ledger, send, {"d": REFUSED, "b": REFUSED, "c": ACCEPTED})
        wanted = [DeliveryState.REFUSED, DeliveryState.PLANNED]
        assert [delivery.key for delivery in ledger.deliveries(send, wanted)] == ["a", "b", "d"]

    def test_deliveries_may_change_while_they_are_looked_through(self, ledger: Ledger) -> None:
        send = sending(ledger, "abc")
        for delivery in ledger.deliveries(send, [DeliveryState.PLANNED]):
            hand_over(ledger, send, {delivery.key: ACCEPTED})
        assert ledger.figures(send) == Figures(accepted=3)

    def test_history_tells_every_send_to_one_person_newest_first(self, ledger: Ledger) -> None:
        sending(ledger, "ab")
        hand_over(ledger, "send-1", {"a": ACCEPTED})
        frozen(ledger, "a", name="send-2", issue="summer")
        told = [(send.id, send.identity.issue, delivery.state) for send, delivery in ledger.history("a")]
        assert told == [("send-2", "summer", "planned"), ("send-1", "spring", "accepted")]
        assert ledger.history("z") == []

    def test_the_evidence_of_the_last_intent_is_kept(self, ledger: Ledger) -> None:
        send = sending(ledger, "a")
        with ledger.sender():
            for moment, size in ((NOW, 900), (LATER + timedelta(milliseconds=700), 1234)):
                ledger.begin(send, {"a": Intent("<a@x.test>", moment, size)}, transport="t", now=LATER)
                ledger.settle(send, {"a": DEFERRED}, now=NOW, next_at={"a": LATER})
        kept = only(ledger, send, "a")
        assert (kept.message_id, kept.dated, kept.size) == ("<a@x.test>", LATER, 1234)

    def test_the_timeline_counts_what_came_of_messages_in_each_second(self, ledger: Ledger) -> None:
        send = sending(ledger, "abcdef")
        hand_over(ledger, send, {"a": ACCEPTED, "b": ACCEPTED, "c": REFUSED})
        with ledger.sender():
            begin(ledger, send, "d")
            ledger.settle(send, {"d": UNKNOWN}, now=LATER + timedelta(milliseconds=700))
        assert ledger.timeline(send) == [
            (NOW, DeliveryState.ACCEPTED, 2),
            (NOW, DeliveryState.REFUSED, 1),
            (LATER, DeliveryState.IN_DOUBT, 1),
        ]

    def test_elsewhere_are_those_who_hold_the_issue(self, ledger: Ledger) -> None:
        send = sending(ledger, "abcdef")
        hand_over(ledger, send, {"a": ACCEPTED, "b": DEFERRED, "c": REFUSED, "d": UNKNOWN})
        assert ledger.elsewhere("spring", [*"abcdefz"], rehearsal=False) == set("abdef")
        assert ledger.elsewhere("summer", [*"abcdefz"], rehearsal=False) == frozenset()

    @pytest.mark.parametrize(
        "ask",
        [
            lambda ledger: ledger.figures("x"),
            lambda ledger: ledger.set_state("x", SendState.PAUSED),
            lambda ledger: ledger.due("x", now=NOW, limit=1),
            lambda ledger: [*ledger.deliveries("x")],
            lambda ledger: ledger.resolve("x", resend=True),
        ],
    )
    def test_a_send_that_is_not_there_is_told(self, ledger: Ledger, ask: object) -> None:
        assert callable(ask)
        with pytest.raises(LedgerError, match="no send 'x'"):
            ask(ledger)
