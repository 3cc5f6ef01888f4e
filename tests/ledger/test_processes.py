"""Several processes and threads with one SQLite ledger."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.ledger.given import ACCEPTED, NOW, begin, frozen, left, sending, states
from tests.ledger.processes import child, heard, let_go

from mailer.errors import LedgerLocked
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Figures, SendState


def test_a_second_sender_is_turned_away_at_once_and_told_who_sends(ledger: Ledger, tmp_path: Path) -> None:
    sending(ledger)
    with child(tmp_path, "hold") as other:
        assert heard(other) == "holding"
        with pytest.raises(LedgerLocked) as caught, ledger.sender():
            pass
        assert f"process {other.pid}, since 20" in str(caught.value)
        assert "mailer pause send-1" in caught.value.hint
        let_go(other)
        other.wait()
        with ledger.sender() as doubtful:
            assert doubtful == 0


def test_the_lock_of_a_killed_sender_is_free(ledger: Ledger, tmp_path: Path) -> None:
    with child(tmp_path, "hold") as other:
        assert heard(other) == "holding"
        assert ledger.has_sender
        other.kill()
        other.wait()
        assert not ledger.has_sender
        with ledger.sender():
            pass


def test_two_openings_in_one_process_do_not_send_both(ledger: Ledger, beside: Ledger) -> None:
    with ledger.sender():
        with pytest.raises(LedgerLocked, match=f"process {os.getpid()}"), beside.sender():
            pass
        with pytest.raises(LedgerLocked), ledger.sender():
            pass


def test_reading_goes_on_while_another_process_freezes(ledger: Ledger, tmp_path: Path) -> None:
    frozen(ledger, issue="summer", name="send-0")
    with child(tmp_path, "freeze") as other:
        assert heard(other) == "freezing"
        assert ledger.figures("send-0") == Figures(remaining=3)
        assert [send.id for send in ledger.sends()] == ["send-0"]
        let_go(other)
        assert heard(other) == "frozen"
    assert ledger.figures("send-1") == Figures(remaining=5000)


def test_a_reader_in_the_middle_of_a_list_holds_up_no_writer(ledger: Ledger, tmp_path: Path) -> None:
    sending(ledger)
    deliveries = ledger.deliveries("send-1")
    next(deliveries)
    with child(tmp_path, "pause") as other:
        assert heard(other) == "paused"
    assert len([*deliveries]) == 2


def test_a_pause_by_another_process_takes_effect_at_the_next_intent(ledger: Ledger, tmp_path: Path) -> None:
    send = sending(ledger)
    with ledger.sender():
        assert begin(ledger, send, "a") == ["a"]
        with child(tmp_path, "pause") as other:
            assert heard(other) == "paused"
        assert begin(ledger, send, "b") == []
    assert ledger.find_send(send).reason == "by hand"


def test_others_may_write_while_a_sender_does(ledger: Ledger, tmp_path: Path) -> None:
    keys = "".join(chr(0x4E00 + number) for number in range(200))
    send = sending(ledger, keys)
    with ledger.sender(), child(tmp_path, "suppress") as other:
        for key in keys:
            assert begin(ledger, send, key) == [key]
            ledger.give_back(send, [key])
        assert heard(other) == "suppressed"
    assert len([*ledger.suppressions()]) == 200


def test_a_suppression_written_beside_is_heeded(ledger: Ledger, beside: Ledger) -> None:
    send = sending(ledger)
    with ledger.sender():
        beside.suppress([left("b")])
        assert begin(ledger, send, "abc") == ["a", "c"]


def test_a_ledger_may_be_made_by_several_processes_at_once(tmp_path: Path) -> None:
    with child(tmp_path, "suppress") as one, child(tmp_path, "suppress") as two:
        assert [heard(one), heard(two)] == ["suppressed", "suppressed"]


def test_a_sender_beside_sees_the_state_that_another_opening_wrote(ledger: Ledger, beside: Ledger) -> None:
    send = frozen(ledger)
    beside.set_state(send, SendState.SENDING)
    with ledger.sender():
        assert begin(ledger, send, "a") == ["a"]
    assert states(beside, send)["a"] == "sending"


def test_threads_may_share_one_opening(ledger: Ledger) -> None:
    keys = "".join(chr(0x4E00 + number) for number in range(100))
    send = sending(ledger, keys)

    def hand_over_all(_: int) -> list[str]:
        went = [key for key in keys if begin(ledger, send, key)]
        ledger.settle(send, dict.fromkeys(went, ACCEPTED), now=NOW)
        return went

    with ledger.sender(), ThreadPoolExecutor(4) as threads:
        went = [key for keys in threads.map(hand_over_all, range(4)) for key in keys]
    assert sorted(went) == [*keys]
    assert ledger.figures(send) == Figures(accepted=100)
