import tracemalloc
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import pytest

from mailer.address import Address, parse_address
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Counts, PlannedRecipient, Send, SendIdentity, SendState, Suppression
from mailer.position import Position
from mailer.recipients.recipient import BadRow, Recipient
from mailer.sending.audience import Audience, Source, freed_by

NOW = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
IDENTITY = SendIdentity("spring", "readers")


def canonical(address: Address) -> str:
    return address.canonical


def row(email: str, line: int = 2, *, opted_out: str = "", **values: str) -> Recipient:
    return Recipient(parse_address(email), Position("list.csv", line), values=values, opted_out=opted_out)


def audience_of(rows: Iterable[Recipient | BadRow], *, smtputf8: bool = False) -> Audience:
    audience = Audience(key=canonical, offers_smtputf8=lambda: smtputf8)
    audience.read(Source(rows))
    return audience


def addresses(audience: Audience) -> list[str]:
    return [placed.recipient.address for placed in audience.placed()]


def adds_up(audience: Audience) -> bool:
    counts = audience.counts
    away = counts.duplicates + counts.invalid + counts.not_selected + counts.elsewhere
    return counts.listed == audience.planned + away


def hold(ledger: Ledger, send: str, *keys: str) -> None:
    """Freeze a send of the same issue to another list, with these people."""
    found = Send(
        send, SendIdentity("spring", send), "sha256:0", "memory:", NOW, counts=Counts(listed=len(keys))
    )
    ledger.freeze(found, [PlannedRecipient(key, key) for key in keys])


def test_folds_people_by_key_and_keeps_the_first_row_in_the_order_of_the_list() -> None:
    with audience_of([row("b@x.test", 2, n="1"), row("a@x.test", 3), row("B@X.TEST", 4, n="2")]) as audience:
        placed = list(audience.placed())
        assert [one.recipient.address for one in placed] == ["b@x.test", "a@x.test"]
        assert placed[0].recipient.values == {"n": "1"}
        assert placed[0].position == Position("list.csv", 2)
        assert audience.counts == Counts(listed=3, duplicates=1)
        assert adds_up(audience)


def test_keeps_bad_rows_with_line_and_reason() -> None:
    bad = BadRow(Position("list.csv", 3), "'nobody' is not an email address")
    with audience_of([row("a@x.test"), bad]) as audience:
        assert list(audience.bad_rows(skipped=False)) == [bad]
        assert audience.counts == Counts(listed=2, invalid=1)
        assert audience.bad == 1
        assert adds_up(audience)


def test_skips_an_address_that_the_transport_cannot_carry_and_says_why() -> None:
    with audience_of([row("grün@x.test", 2), row("a@x.test", 3)]) as audience:
        (skipped,) = audience.bad_rows(skipped=True)
        assert skipped.position.line == 2
        assert "SMTPUTF8" in skipped.reason
        assert audience.counts == Counts(listed=2, invalid=1)
        assert not audience.bad
    with audience_of([row("grün@x.test", 2)], smtputf8=True) as audience:
        assert addresses(audience) == ["grün@x.test"]


def test_asks_about_smtputf8_only_where_an_address_needs_it() -> None:
    def never() -> bool:
        raise AssertionError

    with Audience(key=canonical, offers_smtputf8=never) as audience:
        audience.read(Source([row("a@x.test")]))
        assert audience.planned == 1


def test_selects_rows_before_it_folds_them() -> None:
    rows = [row("a@x.test", 2, kind="old"), row("a@x.test", 3, kind="new"), row("b@x.test", 4, kind="old")]
    with Audience(key=canonical, offers_smtputf8=lambda: False) as audience:
        audience.read(Source(rows, lambda one: one.values["kind"] == "new"))
        assert addresses(audience) == ["a@x.test"]
        assert audience.counts == Counts(listed=3, not_selected=2)
        assert adds_up(audience)


def test_keeps_the_first_people_up_to_the_limit() -> None:
    with audience_of([row("a@x.test"), row("a@x.test"), row("b@x.test"), row("c@x.test")]) as audience:
        audience.cut(2)
        assert addresses(audience) == ["a@x.test", "b@x.test"]
        assert audience.counts == Counts(listed=4, duplicates=1, not_selected=1)
        assert adds_up(audience)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_whoever_opted_out_in_any_row_has_opted_out(order: tuple[int, int]) -> None:
    rows = [row("a@x.test"), row("a@x.test", opted_out="status is unsubscribed")]
    with audience_of([rows[number] for number in order]) as audience:
        (placed,) = audience.placed()
        assert placed.recipient.suppressed == "status is unsubscribed"
        assert audience.suppressed() == {"status is unsubscribed": 1}


def test_an_opt_out_counts_even_in_a_row_that_is_not_selected() -> None:
    rows = [row("a@x.test", kind="new"), row("a@x.test", kind="old", opted_out="deleted_at is set")]
    with Audience(key=canonical, offers_smtputf8=lambda: False) as audience:
        audience.read(Source(rows, lambda one: one.values["kind"] == "new"))
        assert audience.suppressed() == {"deleted_at is set": 1}


def test_plans_the_suppressed_with_their_reason_and_counts_who_holds_the_issue_elsewhere(
    ledger: Ledger,
) -> None:
    hold(ledger, "clients", "b@x.test")
    ledger.suppress([Suppression("c@x.test", "readers", "unsubscribed", NOW)])
    ledger.suppress([Suppression("d@x.test", "another", "unsubscribed", NOW)])
    with audience_of([row(f"{name}@x.test") for name in "abcd"]) as audience:
        audience.leave_out_held(ledger, IDENTITY)
        audience.suppress(ledger, ("readers",))
        assert addresses(audience) == ["a@x.test", "c@x.test", "d@x.test"]
        assert audience.counts == Counts(listed=4, elsewhere=1)
        assert audience.suppressed() == {"unsubscribed": 1}
        assert adds_up(audience)


def test_whoever_a_replaced_send_has_not_reached_is_free(ledger: Ledger) -> None:
    hold(ledger, "old", "a@x.test", "b@x.test")
    ledger.set_state("old", SendState.PAUSED)
    with audience_of([row("a@x.test"), row("b@x.test")]) as audience:
        audience.free(freed_by(ledger, "old"))
        audience.leave_out_held(ledger, IDENTITY)
        assert addresses(audience) == ["a@x.test", "b@x.test"]


def test_memory_does_not_grow_with_the_rows(ledger: Ledger) -> None:
    def rows(count: int) -> Iterator[Recipient]:
        return (row(f"reader{number}@x.test", number, first_name="x" * 200) for number in range(count))

    def peak(count: int) -> int:
        tracemalloc.start()
        with audience_of(rows(count)) as audience:
            audience.leave_out_held(ledger, IDENTITY)
            audience.suppress(ledger, ())
            assert sum(1 for _ in audience.placed()) == count
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    few = peak(1_000)
    assert peak(10_000) < few + 200_000
