"""What every ledger keeps beside sends: staff tests, suppressions, its name."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.ledger.given import LATER, NOW, left, staff_test

from mailer.errors import LedgerError, LedgerLocked
from mailer.ledger.base import Ledger


class RecordsSpec:
    """What staff saw and who left is found again."""

    def test_a_test_is_found_by_its_digest(self, ledger: Ledger) -> None:
        test = staff_test("sha256:1")
        ledger.record_test(test)
        assert ledger.find_test("sha256:1", rehearsal=False) == test
        assert ledger.find_test("sha256:2", rehearsal=False) is None

    def test_a_rehearsed_test_unlocks_only_rehearsals(self, ledger: Ledger) -> None:
        rehearsed = staff_test("sha256:1", rehearsal=True)
        ledger.record_test(rehearsed)
        assert ledger.find_test("sha256:1", rehearsal=False) is None
        assert ledger.latest_test("spring", rehearsal=False) is None
        assert ledger.find_test("sha256:1", rehearsal=True) == rehearsed

    def test_a_real_test_unlocks_rehearsals_too(self, ledger: Ledger) -> None:
        ledger.record_test(staff_test("sha256:1"))
        assert ledger.find_test("sha256:1", rehearsal=True) == staff_test("sha256:1")

    def test_a_test_is_found_by_the_transport_that_it_went_through(self, ledger: Ledger) -> None:
        test = replace(staff_test("sha256:1"), transport="smtp://relay.test:587?connections=2")
        ledger.record_test(test)
        ledger.record_test(staff_test("sha256:1"))
        for url in ("smtp://relay.test:587", "smtp://relay.test:587?rate=5/s"):
            assert ledger.find_test("sha256:1", rehearsal=False, transport=url) == test
        assert ledger.find_test("sha256:1", rehearsal=False, transport="smtp://relay.test") is None
        assert ledger.find_test("sha256:2", rehearsal=False, transport="smtp://relay.test:587") is None

    def test_the_latest_test_of_an_issue_shows_what_staff_saw_last(self, ledger: Ledger) -> None:
        ledger.record_test(staff_test("sha256:1"))
        ledger.record_test(staff_test("sha256:2"))
        ledger.record_test(staff_test("sha256:3", rehearsal=True))
        ledger.record_test(replace(staff_test("sha256:4"), issue="summer"))
        assert ledger.latest_test("spring", rehearsal=False) == staff_test("sha256:2")
        assert ledger.latest_test("spring", rehearsal=True) == staff_test("sha256:3", rehearsal=True)
        assert ledger.latest_test("autumn", rehearsal=True) is None

    def test_suppressions_are_added_once_and_told_newest_first(self, ledger: Ledger) -> None:
        old, new = left("a", at=NOW), left("b", "clients", at=LATER)
        assert ledger.suppress([new, old]) == 2
        assert ledger.suppress([replace(old, reason="complained")]) == 0
        assert [*ledger.suppressions()] == [new, old]

    def test_many_suppressions_come_back_each_once(self, ledger: Ledger) -> None:
        given = [left(f"key-{number}", at=NOW + timedelta(seconds=number // 900)) for number in range(2500)]
        assert ledger.suppress(iter(given)) == 2500
        told = [*ledger.suppressions()]
        assert len(told) == 2500
        assert set(told) == set(given)
        assert [one.at for one in told] == sorted((one.at for one in given), reverse=True)

    def test_bytes_that_are_no_text_are_told(self, ledger: Ledger) -> None:
        with pytest.raises(LedgerError, match="bytes that are no text"):
            ledger.suppress([replace(left("a"), reason="\udcff")])
        assert [*ledger.suppressions()] == []

    def test_a_suppression_is_removed_for_its_own_scope_only(self, ledger: Ledger) -> None:
        ledger.suppress([left("a"), left("a", "clients"), left("b")])
        assert ledger.unsuppress("a", "clients") == 1
        assert ledger.unsuppress("a", "clients") == 0
        assert ledger.suppressed(["clients"], ["a", "b", "c"]) == {"a": "unsubscribed", "b": "unsubscribed"}
        assert ledger.unsuppress("a") == 1
        assert ledger.suppressed(["clients"], ["a"]) == {}

    def test_suppression_for_all_lists_is_the_reason_told(self, ledger: Ledger) -> None:
        ledger.suppress([left("a", "clients"), replace(left("a"), reason="complained")])
        assert ledger.suppressed(["clients"], ["a"]) == {"a": "complained"}
        assert ledger.suppressed([], ["a"]) == {"a": "complained"}

    def test_a_ledger_has_a_name_of_its_own(self, ledger: Ledger) -> None:
        assert len(ledger.ledger_id) >= 16
        assert ledger.ledger_id == ledger.ledger_id

    def test_a_ledger_is_at_home_where_its_live_sends_go_out_from(self, ledger: Ledger) -> None:
        assert ledger.misplaced == ""
        for _ in range(3):
            with ledger.sender(live=True):
                assert ledger.misplaced == ""
            with ledger.sender():
                pass
        assert ledger.misplaced == ""

    def test_an_adopted_ledger_is_at_home_under_its_new_name(self, ledger: Ledger) -> None:
        ledger.adopt("0123456789abcdef")
        assert (ledger.ledger_id, ledger.misplaced) == ("0123456789abcdef", "")
        with ledger.sender(live=True):
            pass
        assert ledger.misplaced == ""

    def test_a_ledger_that_is_being_sent_from_is_not_adopted(self, ledger: Ledger) -> None:
        name = ledger.ledger_id
        with ledger.sender(live=True), pytest.raises(LedgerLocked):
            ledger.adopt("0123456789abcdef")
        assert ledger.ledger_id == name

    def test_it_can_be_seen_whether_somebody_sends(self, ledger: Ledger) -> None:
        assert not ledger.has_sender
        with ledger.sender():
            assert ledger.has_sender
        assert not ledger.has_sender

    def test_the_senders_lock_is_free_again_after_an_error(self, ledger: Ledger) -> None:
        def break_off() -> None:
            with ledger.sender():
                raise ValueError("broken")

        with pytest.raises(ValueError, match="broken"):
            break_off()
        with ledger.sender() as doubtful:
            assert doubtful == 0
