"""What every ledger knows of batches, so that those that a kill left in doubt can be asked for again."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from tests.ledger.given import ACCEPTED, DEFERRED, NOW, REFUSED, UNKNOWN, begin, sending, settle, states

from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Intent

URL = "resend://?batch=2"
LATER = NOW + timedelta(minutes=5)


def begin_batch(ledger: Ledger, keys: str, mark: str, *, now: datetime = NOW, transport: str = URL) -> None:
    intents = {key: Intent(f"<{key}@news.example.com>", now) for key in keys}
    with ledger.together():
        begun = ledger.begin("send-1", intents, transport=transport, now=now)
        ledger.note_batch("send-1", mark, begun, now=now)


def lost(ledger: Ledger, *, transport: str = URL, hours: float = 1.0) -> dict[str, str]:
    """Return mark and keys of each batch that is found an hour later by somebody who takes over."""
    found = ledger.lost_batches(
        "send-1", transport=transport, since=NOW - timedelta(seconds=1), now=NOW + timedelta(hours=hours)
    )
    return {mark: _keys(deliveries) for mark, deliveries in found.items()}


def _keys(deliveries: Iterable[object]) -> str:
    return "".join(getattr(one, "key", "") for one in deliveries)


def take_over(ledger: Ledger) -> None:
    with ledger.sender():
        pass


class BatchesSpec:
    """Found are whole batches that have been in doubt since their intent, each delivery in its last one."""

    def test_a_batch_that_was_left_over_is_found_in_its_order(self, ledger: Ledger) -> None:
        sending(ledger, "abcd")
        with ledger.sender():
            begin_batch(ledger, "ca", "m1")
            begin_batch(ledger, "bd", "m2")
            assert lost(ledger) == {}
        take_over(ledger)
        assert lost(ledger) == {"m2": "bd", "m1": "ca"}
        assert lost(ledger, transport="resend://?rate=5/s") == {"m2": "bd", "m1": "ca"}

    def test_only_through_its_own_transport_and_in_time(self, ledger: Ledger) -> None:
        sending(ledger, "ab")
        with ledger.sender():
            begin_batch(ledger, "ab", "m1")
        take_over(ledger)
        assert lost(ledger, transport="postmark://") == {}
        assert lost(ledger, hours=-0.5) == {}
        assert not ledger.lost_batches("send-1", transport=URL, since=NOW, now=LATER)

    def test_a_batch_of_which_anything_is_known_is_not(self, ledger: Ledger) -> None:
        sending(ledger, "abcd")
        with ledger.sender():
            begin_batch(ledger, "ab", "m1")
            begin_batch(ledger, "cd", "m2")
            settle(ledger, "send-1", {"a": ACCEPTED})
            ledger.settle("send-1", {"c": UNKNOWN, "d": UNKNOWN}, now=LATER)
        take_over(ledger)
        assert lost(ledger) == {}

    def test_a_delivery_is_in_its_last_batch_alone(self, ledger: Ledger) -> None:
        sending(ledger, "abc")
        with ledger.sender():
            begin_batch(ledger, "abc", "m1")
            ledger.give_back("send-1", ["a", "b", "c"])
            begin_batch(ledger, "ab", "m2")
            begin_batch(ledger, "c", "m3")
        take_over(ledger)
        assert lost(ledger) == {"m3": "c", "m2": "ab"}

    def test_without_a_mark_it_is_in_none(self, ledger: Ledger) -> None:
        sending(ledger, "abc")
        with ledger.sender():
            begin_batch(ledger, "ab", "m1")
            ledger.give_back("send-1", ["a", "b"])
            intents = {key: Intent(f"<{key}@x>", LATER) for key in "ab"}
            ledger.begin("send-1", intents, transport=URL, now=LATER)
        take_over(ledger)
        assert lost(ledger) == {}

    def test_what_became_of_doubt_is_written(self, ledger: Ledger) -> None:
        sending(ledger, "abcde")
        with ledger.sender():
            begin(ledger, "send-1", "abcd")
            settle(ledger, "send-1", {"d": DEFERRED})
        with ledger.sender():
            ledger.clear_up("send-1", {"a": ACCEPTED, "b": REFUSED, "d": ACCEPTED, "e": ACCEPTED}, now=LATER)
        expected = {"a": "accepted", "b": "refused", "c": "in_doubt", "d": "deferred", "e": "planned"}
        assert states(ledger, "send-1") == expected
