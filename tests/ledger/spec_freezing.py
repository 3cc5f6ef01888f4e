"""What every ledger does with a send: freezing and finding."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from tests.ledger.given import (
    LATER,
    NOW,
    REFUSED,
    begin,
    frozen,
    hand_over,
    left,
    only,
    people,
    person,
    send_of,
    sending,
    states,
)

from mailer.errors import LedgerError
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import (
    Counts,
    Delivery,
    DeliveryState,
    Figures,
    PlannedRecipient,
    SendIdentity,
    SendState,
)


class FreezingSpec:
    """A send is frozen whole, and nobody is planned twice."""

    def test_a_frozen_send_comes_back_as_it_was_given(self, ledger: Ledger) -> None:
        send = replace(
            send_of(1),
            identity=SendIdentity("spring", "subscribers", "segment == 'client'", 10, rehearsal=True),
            scopes=("subscribers", "clients"),
            tested=True,
            untested="no time",
            approval={"how": "lock", "who": "Ann"},
            seconds=1.5,
            not_before=LATER,
            seeds=3,
            hold=120.0,
        )
        ledger.freeze(send, people("a"))
        assert ledger.find_send(send.id) == send
        assert [*ledger.find_send(send.id).content["headers"]] == ["Z", "A"]

    def test_a_frozen_delivery_comes_back_as_it_was_given(self, ledger: Ledger) -> None:
        values = {"zebra": "ü — 'x'", "first_name": "Ann"}
        recipient = PlannedRecipient("a", "ann@example.com", "Ann Ünder", values)
        ledger.freeze(send_of(1), [recipient])
        (delivery,) = ledger.deliveries("send-1")
        assert delivery == Delivery(
            "send-1", "a", "ann@example.com", "Ann Ünder", values, DeliveryState.PLANNED
        )
        assert [*delivery.values] == ["zebra", "first_name"]

    def test_deliveries_keep_the_order_of_the_list(self, ledger: Ledger) -> None:
        keys = [f"key-{number * 7919 % 2500:04}" for number in range(2500)]
        figures = ledger.freeze(send_of(2500), iter(people(keys)))
        assert figures == Figures(remaining=2500)
        assert [delivery.key for delivery in ledger.deliveries("send-1")] == keys

    def test_whoever_is_suppressed_when_frozen_counts_but_is_never_due(self, ledger: Ledger) -> None:
        audience = [person("a"), person("b", suppressed="unsubscribed")]
        figures = ledger.freeze(send_of(2), audience)
        assert figures == Figures(suppressed=1, remaining=1)
        assert [delivery.key for delivery in ledger.due("send-1", now=NOW, limit=9)] == ["a"]
        assert only(ledger, "send-1", "b").reply == "unsubscribed"

    def test_nothing_is_frozen_when_the_audience_breaks_off(self, ledger: Ledger) -> None:
        def audience() -> Iterable[PlannedRecipient]:
            yield from people(f"key-{number}" for number in range(1500))
            raise ValueError("bad row")

        with pytest.raises(ValueError, match="bad row"):
            ledger.freeze(send_of(1501), audience())
        assert not ledger.sends()
        assert frozen(ledger) == "send-1"

    @pytest.mark.parametrize("number", [2, 4])
    def test_nothing_is_frozen_when_the_list_changed_since_it_was_counted(
        self, ledger: Ledger, number: int
    ) -> None:
        with pytest.raises(LedgerError, match=f"{number} were to be planned, 3 came"):
            ledger.freeze(send_of(number), people("abc"))
        assert not ledger.sends()

    def test_whoever_holds_the_issue_in_another_send_is_left_out_and_counted(self, ledger: Ledger) -> None:
        frozen(ledger, "ab")
        other = replace(
            send_of(0, name="send-2", to="clients"), counts=Counts(listed=7, duplicates=1, elsewhere=2)
        )
        figures = ledger.freeze(other, people("bcad"))
        assert figures.planned == 2
        assert states(ledger, "send-2") == {"c": "planned", "d": "planned"}
        assert ledger.find_send("send-2").counts == Counts(listed=7, duplicates=1, elsewhere=4)

    def test_nobody_is_planned_twice_in_one_send(self, ledger: Ledger) -> None:
        assert ledger.freeze(send_of(3), people("aba")).planned == 2

    def test_refused_suppressed_and_cancelled_deliveries_do_not_bar_another_send(
        self, ledger: Ledger
    ) -> None:
        sending(ledger, "abc")
        hand_over(ledger, "send-1", {"a": REFUSED})
        ledger.suppress([left("b")])
        with ledger.sender():
            begin(ledger, "send-1", "b")
        ledger.set_state("send-1", SendState.CANCELLED)
        assert states(ledger, "send-1") == {"a": "refused", "b": "suppressed", "c": "cancelled"}
        frozen(ledger, "abc", name="send-2")
        assert states(ledger, "send-2") == dict.fromkeys("abc", "planned")

    def test_a_rehearsal_bars_no_real_send(self, ledger: Ledger) -> None:
        ledger.freeze(send_of(1, rehearsal=True), people("a"))
        assert ledger.elsewhere("spring", ["a"], rehearsal=True) == {"a"}
        assert ledger.elsewhere("spring", ["a"], rehearsal=False) == frozenset()
        assert frozen(ledger, "a", name="send-2") == "send-2"
        assert states(ledger, "send-2") == {"a": "planned"}

    def test_a_send_of_an_unfinished_identity_cannot_be_frozen_again(self, ledger: Ledger) -> None:
        frozen(ledger, "a")
        with pytest.raises(LedgerError, match="planned already: send send-1") as caught:
            frozen(ledger, "b", name="send-2")
        assert "mailer resume send-1" in caught.value.hint
        ledger.set_state("send-1", SendState.CANCELLED)
        assert frozen(ledger, "b", name="send-2") == "send-2"

    def test_sends_are_listed_newest_first_without_content(self, ledger: Ledger) -> None:
        frozen(ledger, "a")
        frozen(ledger, "b", name="send-2", to="clients")
        assert [(send.id, send.content) for send in ledger.sends()] == [("send-2", {}), ("send-1", {})]

    def test_a_send_is_found_by_the_beginning_of_its_id(self, ledger: Ledger) -> None:
        frozen(ledger, "a", name="2024-05-01-ab", to="x")
        frozen(ledger, "b", name="2024-05-01-cd", to="y")
        frozen(ledger, "c", name="2024-05-01-cdef", to="z")
        assert ledger.find_send("2024-05-01-a").id == "2024-05-01-ab"
        assert ledger.find_send("2024-05-01-cd").id == "2024-05-01-cd"

    @pytest.mark.parametrize("prefix", ["2025", "%", "2024_05", "2024-05-01-abc", "", "\udcff"])
    def test_an_unknown_send_is_told(self, ledger: Ledger, prefix: str) -> None:
        frozen(ledger, name="2024-05-01-ab")
        with pytest.raises(LedgerError, match="no send begins with"):
            ledger.find_send(prefix)

    def test_an_ambiguous_send_is_told_with_its_ids(self, ledger: Ledger) -> None:
        frozen(ledger, "a", name="send-1", to="x")
        frozen(ledger, "b", name="send-2", to="y")
        with pytest.raises(LedgerError, match="2 sends begin with 'send'") as caught:
            ledger.find_send("send")
        assert "send-2, send-1" in caught.value.hint

    def test_a_send_is_found_by_its_identity_while_it_is_unfinished(self, ledger: Ledger) -> None:
        identity = send_of(1).identity
        assert ledger.unfinished(identity) is None
        frozen(ledger, "a")
        assert ledger.unfinished(identity) == ledger.find_send("send-1")
        for other in (
            replace(identity, where="x == 1"),
            replace(identity, limit=1),
            replace(identity, rehearsal=True),
            replace(identity, list="clients"),
            replace(identity, issue="summer"),
        ):
            assert ledger.unfinished(other) is ledger.latest(other) is None
        ledger.set_state("send-1", SendState.CANCELLED)
        assert ledger.unfinished(identity) is None
        assert ledger.latest(identity) == ledger.find_send("send-1")
