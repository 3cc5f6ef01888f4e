"""What every ledger does with the key that its people are known by."""

from dataclasses import replace

import pytest
from tests.ledger.given import ACCEPTED, hand_over, left, send_of, sending

from mailer.errors import LedgerLocked
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import DeliveryState, PlannedRecipient


class KeySpec:
    """The key is known again, and may be changed for another."""

    def test_a_ledger_knows_the_first_key_that_it_is_shown(self, ledger: Ledger) -> None:
        assert ledger.knows_key("one")
        assert not ledger.knows_key("two")
        assert ledger.knows_key("one")

    def test_under_a_new_key_people_keep_what_they_got_and_that_they_left(self, ledger: Ledger) -> None:
        send = sending(ledger, "ab")
        hand_over(ledger, send, {"a": ACCEPTED})
        ledger.suppress([replace(left("b", "clients"), address="b@example.com")])
        ledger.change_key("two", lambda address: f"new {address}")

        assert (ledger.knows_key("two"), ledger.knows_key("one")) == (True, False)
        [(_, delivery)] = ledger.history("new a@example.com")
        assert delivery.state is DeliveryState.ACCEPTED
        assert ledger.history("a") == []
        assert ledger.elsewhere("spring", ["a", "new a@example.com"], rehearsal=False) == {
            "new a@example.com"
        }
        assert [*ledger.suppressed(["clients"], ["b", "new b@example.com"])] == ["new b@example.com"]

    def test_whoever_is_known_under_both_keys_already_stays_so(self, ledger: Ledger) -> None:
        for name, key in (("send-1", "a"), ("send-2", "b")):
            send = send_of(1, name=name, to=name)
            ledger.freeze(send, [PlannedRecipient(key=key, address="ann@example.com")])
        ledger.change_key("two", lambda address: address)

        assert len(ledger.history("ann@example.com")) == 1
        assert [ledger.figures(send.id).remaining for send in ledger.sends()] == [1, 1]

    def test_a_ledger_that_is_being_sent_from_changes_no_key(self, ledger: Ledger) -> None:
        with ledger.sender(), pytest.raises(LedgerLocked):
            ledger.change_key("two", str)
