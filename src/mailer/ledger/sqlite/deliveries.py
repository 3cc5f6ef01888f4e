"""Deliveries: what is due, the intent, and what became of it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from mailer.ledger.delivery import Delivery, DeliveryState, HandedOver, Intent, Send, SendState
from mailer.ledger.sqlite.row import (
    delivery_of,
    intent_values,
    json_list,
    json_text,
    second_of,
    stamp,
    time_of,
)
from mailer.ledger.sqlite.sends import Sends
from mailer.ledger.sqlite.suppressions import Suppressions
from mailer.message.outcome import Outcome, Verdict

ALL_PLACES = 2**62

_USUAL = frozenset({DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.ACCEPTED})
"""States whose deliveries may be very many: no index holds them by state."""

MOST_REMEMBERED = 3000
"""Rows whose numbers are kept: many more than are on their way at a time."""

PAGE = 1000
"""Rows read at once: between two pages no reader holds up anybody."""


class Deliveries(Sends, Suppressions):
    """The methods of the ledger about single deliveries."""

    def due(self, send: str, *, now: datetime, limit: int, places: int | None = None) -> Sequence[Delivery]:
        """Return up to `limit` deliveries to try: planned ones first, then deferred whose time has come."""
        number = self._send(send)["number"]
        among = ALL_PLACES if places is None else places
        rows = self._book.rows("planned", send=number, limit=limit, places=among)
        if places is None and len(rows) < limit:
            rows += self._book.rows("deferred", send=number, now=stamp(now), limit=limit - len(rows))
        known = self._rows.setdefault(number, {})
        if len(known) > MOST_REMEMBERED:
            known.clear()
        known.update((row["key"], row["number"]) for row in rows)
        return [delivery_of(send, row) for row in rows]

    def next_due(self, send: str) -> datetime | None:
        """Return the earliest time at which a deferred delivery may be tried again, or None."""
        row = self._book.row("next_due", send=self._send(send)["number"])
        return time_of(row["next_at"]) if row else None

    def begin(
        self, send: str, intents: Mapping[str, Intent], *, transport: str, now: datetime
    ) -> Sequence[str]:
        """Write the intents to hand these over; return the keys that may go."""
        if not self._sending:
            raise RuntimeError("begin() needs the lock of sender()")
        number = self._number(send)
        with self._book.transaction():
            rows = self._rows_of(number, intents)
            held_back = self._held_back(number, rows.values())
            for row in rows.values():
                if reason := held_back.get(row):
                    self._book.change("suppress_delivery", row=row, reason=reason, now=stamp(now))
            free = {key: row for key, row in rows.items() if row not in held_back}
            same = transport, stamp(now)
            each = [(*intent_values(intents[key]), *same, row, number) for key, row in free.items()]
            self._book.change_each("begin", each)
            return [*free]

    def _held_back(self, send: int, rows: Iterable[int]) -> Mapping[int, str | None]:
        """Return which of these rows may not go now, with the reason where somebody is suppressed."""
        found = self._book.rows("held_back", send=send, rows=json_text([*rows]))
        return {row["number"]: row["suppressed"] for row in found}

    def _rows_of(self, send: int, keys: Collection[str]) -> Mapping[str, int]:
        """
        Return the rows of recipients, in order; whoever is no recipient of this send is left out.

        A row keeps its number for good: those that `due` has read need no look at the index of keys, where
        neighbours of a list are far from each other.
        """
        known = self._rows.get(send, {})
        if all(key in known for key in keys):
            return {key: known[key] for key in keys}
        found = self._book.rows("rows_of", send=send, keys=json_list(keys))
        number = {row["key"]: row["number"] for row in found}
        return {key: number[key] for key in keys if key in number}

    def settle(
        self,
        send: str,
        outcomes: Mapping[str, Outcome],
        *,
        now: datetime,
        next_at: Mapping[str, datetime] | None = None,
    ) -> None:
        """Write what became of deliveries in state sending."""
        again = next_at or {}
        number = self._number(send)
        with self._book.transaction():
            ended = bool(again) and self._send(send)["state"] == SendState.CANCELLED
            accepted: list[Sequence[Any]] = []
            others: list[Mapping[str, Any]] = []
            for key, row in self._rows_of(number, outcomes).items():
                outcome = outcomes[key]
                if outcome.verdict is Verdict.ACCEPTED:
                    reply = outcome.code, outcome.text, outcome.provider_id
                    accepted.append((*reply, stamp(now), row, number))
                else:
                    settled = _settled(outcome, again.get(key), ended=ended)
                    others.append({"row": row, "now": stamp(now), **settled})
            self._book.change_each("accept", accepted)
            if others:
                self._book.change_each("settle", others)

    def refuse(self, send: str, key: str, reason: str, *, now: datetime) -> None:
        """Refuse a planned or deferred delivery before any intent."""
        with self._book.transaction():
            number = self._send(send)["number"]
            self._book.change("refuse", send=number, key=key, reason=reason, now=stamp(now))

    def give_back(self, send: str, keys: Sequence[str]) -> None:
        """Return deliveries from sending to planned; in a cancelled send they are cancelled."""
        with self._book.transaction():
            row = self._send(send)
            ended = row["state"] == SendState.CANCELLED
            state = DeliveryState.CANCELLED if ended else DeliveryState.PLANNED
            each = ({"send": row["number"], "key": key, "state": state} for key in keys)
            self._book.change_each("give_back", each)

    def deliveries(self, send: str, states: Iterable[DeliveryState] = ()) -> Iterator[Delivery]:
        """Return the deliveries of a send in the order of the list, in these states or in any."""
        number = self._send(send)["number"]
        states = {*states}
        wanted = json_list(states)
        page = _page_of(states)
        after = 0
        while rows := self._book.rows(page, send=number, states=wanted, after=after, limit=PAGE):
            yield from (delivery_of(send, row) for row in rows)
            after = rows[-1]["seq"]

    def timeline(self, send: str) -> Sequence[tuple[datetime, DeliveryState, int]]:
        """Return in which second how many deliveries came into which state, earliest first."""
        rows = self._book.rows("timeline", send=self._number(send))
        return [(second_of(row["second"]), DeliveryState(row["state"]), row["number"]) for row in rows]

    def handed_over(
        self, transport: str, *, since: datetime, now: datetime, by_domain: bool = False
    ) -> Sequence[HandedOver]:
        """Return how many attempts were made through a transport after `since`, by any send."""
        name = "handed_over_by_domain" if by_domain else "handed_over"
        place = transport.partition("?")[0]
        rows = self._book.rows(name, place=place, since=stamp(since), now=stamp(now))
        return [HandedOver(datetime.fromisoformat(row["at"]), row["number"], row["domain"]) for row in rows]

    def history(self, key: str) -> Sequence[tuple[Send, Delivery]]:
        """Return every delivery to one recipient, newest first."""
        sends = {send.id: send for send in self.sends()}
        rows = self._book.rows("history", key=key)
        return [(sends[row["send_id"]], delivery_of(row["send_id"], row)) for row in rows]

    def elsewhere(self, issue: str, keys: Sequence[str], *, rehearsal: bool) -> frozenset[str]:
        """Return those of `keys` that hold this issue already in any send of the same kind."""
        rows = self._book.rows("elsewhere", slug=issue, rehearsal=rehearsal, keys=json_list(keys))
        return frozenset(row["key"] for row in rows)


def _page_of(states: AbstractSet[DeliveryState]) -> str:
    """Return the statement that reads deliveries in these states, in any where there are none."""
    if not states:
        return "page"
    return "page_of_states" if states & _USUAL else "page_of_exceptional"


def _settled(outcome: Outcome, next_at: datetime | None, *, ended: bool) -> dict[str, Any]:
    """Return the state that an outcome leads to, with the relay's words."""
    state = _state_after(outcome.verdict, again=next_at is not None, ended=ended)
    return {
        "state": state,
        "next_at": stamp(next_at) if next_at and state is DeliveryState.DEFERRED else None,
        "code": outcome.code,
        "reply": outcome.text,
        "provider_id": outcome.provider_id,
    }


def _state_after(verdict: Verdict, *, again: bool, ended: bool) -> DeliveryState:
    """Return where a verdict leads: `again` within the cap of attempts, `ended` in a cancelled send."""
    if verdict is Verdict.ACCEPTED:
        return DeliveryState.ACCEPTED
    if verdict is Verdict.UNKNOWN:
        return DeliveryState.IN_DOUBT
    if verdict is Verdict.REFUSED or not again:
        return DeliveryState.REFUSED
    return DeliveryState.CANCELLED if ended else DeliveryState.DEFERRED
