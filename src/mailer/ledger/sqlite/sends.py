"""Sends: frozen, found, and led from state to state."""

from collections.abc import Iterable, Sequence
from itertools import islice
from sqlite3 import Row

from mailer.errors import LedgerError
from mailer.ledger.delivery import (
    UNFINISHED,
    Counts,
    DeliveryState,
    Figures,
    PlannedRecipient,
    Send,
    SendIdentity,
    SendState,
)
from mailer.ledger.sqlite.part import Part
from mailer.ledger.sqlite.row import identity_values, json_text, planned_values, send_of, send_values

CHUNK = 1000
"""Rows written at once: memory stays the same for any audience."""


class Sends(Part):
    """The methods of the ledger about whole sends."""

    def freeze(self, send: Send, audience: Iterable[PlannedRecipient]) -> Figures:
        """Write a send, its content and its whole audience in one transaction."""
        with self._book.transaction():
            self._refuse_twin(self.unfinished(send.identity))
            issue = self._issue(send.identity.issue, rehearsal=send.identity.rehearsal)
            content = self._content(json_text(send.content))
            self._book.change("add_send", issue=issue, content=content, **send_values(send))
            number = self._send(send.id)["number"]
            given, added = self._add_deliveries(number, issue, audience)
            _require_sum(send.counts, given)
            self._book.change("add_elsewhere", send=number, more=given - added)
            return self.figures(send.id)

    def _add_deliveries(self, send: int, issue: int, audience: Iterable[PlannedRecipient]) -> tuple[int, int]:
        """Write an audience chunk by chunk; return how many were given and how many of them added."""
        given = added = 0
        rows = iter(audience)
        while chunk := [*islice(rows, CHUNK)]:
            places = enumerate(chunk, start=given + 1)
            each = ({"send": send, "issue": issue, "seq": seq, **planned_values(row)} for seq, row in places)
            added += self._book.change_each("add_delivery", each)
            given += len(chunk)
        return given, added

    def sends(self) -> Sequence[Send]:
        """Return every send, newest first, without content."""
        return [send_of(row) for row in self._book.rows("sends")]

    def find_send(self, prefix: str) -> Send:
        """Return the one send whose id begins with `prefix`; LedgerError where there is none or several."""
        # An empty word is an unset variable of a script, and bytes that are no text are part of no id.
        named = bool(prefix) and prefix.isprintable()
        ids = [row["id"] for row in self._book.rows("send_ids", prefix=prefix)] if named else []
        if prefix in ids:
            ids = [prefix]
        if not ids:
            raise LedgerError(f"no send begins with '{prefix}'", hint="`mailer status` lists the sends")
        if len(ids) > 1:
            raise LedgerError(
                f"{len(ids)} sends begin with '{prefix}'", hint=f"say more of it: {', '.join(ids[:5])}"
            )
        return self._whole(ids[0])

    def unfinished(self, identity: SendIdentity) -> Send | None:
        """Return the planned, sending or paused send of this identity, or None."""
        return self._newest(row for row in self._alike(identity) if row["state"] in UNFINISHED)

    def latest(self, identity: SendIdentity) -> Send | None:
        """Return the newest send of this identity in any state, or None."""
        return self._newest(self._alike(identity))

    def set_state(self, send: str, state: SendState, reason: str = "") -> SendState:
        """Change a send's state where that is allowed, and return the state now in force."""
        with self._book.transaction():
            row = self._send(send)
            if not self._may_become(row, state):
                return SendState(row["state"])
            if state in UNFINISHED:
                self._refuse_twin_of(row)
            if state is SendState.CANCELLED:
                self._book.change("cancel", send=row["number"])
            self._book.change("change_state", send=row["number"], state=state, reason=reason)
            return state

    def _may_become(self, row: Row, state: SendState) -> bool:
        """Tell whether a send may change: cancelled is the end, and finished hides nobody."""
        if row["state"] == SendState.CANCELLED:
            return False
        if row["state"] == SendState.FINISHED:
            return state in {SendState.SENDING, SendState.FINISHED}
        if state is SendState.FINISHED:
            unsettled = self._book.row("unsettled", send=row["number"])
            return unsettled is not None and not unsettled["found"]
        return True

    def add_seconds(self, send: str, seconds: float) -> None:
        """Add to the time spent sending."""
        with self._book.transaction():
            self._book.change("add_seconds", id=send, seconds=seconds)

    def figures(self, send: str) -> Figures:
        """Return how many deliveries stand where."""
        number = self._send(send)["number"]
        counted = {row["state"]: row["number"] for row in self._book.rows("figures", send=number)}
        accepted = 2 * counted["all"] - sum(counted.values())
        remaining = counted.pop(DeliveryState.PLANNED) + counted.pop(DeliveryState.SENDING)
        del counted["all"]
        return Figures(**counted, accepted=accepted, remaining=remaining)

    def retry_refused(self, send: str) -> int:
        """Plan the refused deliveries of a send again and return their number."""
        with self._book.transaction():
            row = self._send(send)
            if row["state"] == SendState.CANCELLED:
                return 0
            planned = self._book.change("plan_refused", send=row["number"])
            self._reopen(row, planned)
            return planned

    def resolve(self, send: str, *, resend: bool) -> int:
        """Settle deliveries in doubt: planned again, or taken as accepted. Returns their number."""
        with self._book.transaction():
            row = self._send(send)
            if not resend:
                return self._book.change("resolve", send=row["number"], state=DeliveryState.ACCEPTED)
            if row["state"] == SendState.CANCELLED:
                return self._book.change("resolve", send=row["number"], state=DeliveryState.CANCELLED)
            planned = self._book.change("resolve", send=row["number"], state=DeliveryState.PLANNED)
            self._reopen(row, planned)
            return planned

    def _reopen(self, row: Row, planned: int) -> None:
        """Make a finished send a paused one when some of it was planned again."""
        if planned and row["state"] == SendState.FINISHED:
            self._refuse_twin_of(row)
            reason = f"{planned} planned again"
            self._book.change("change_state", send=row["number"], state=SendState.PAUSED, reason=reason)

    def _whole(self, send: str) -> Send:
        row = self._book.row("whole_send", id=send)
        assert row is not None
        return send_of(row)

    def _alike(self, identity: SendIdentity) -> Sequence[Row]:
        return self._book.rows("sends_of_identity", **identity_values(identity))

    def _newest(self, rows: Iterable[Row]) -> Send | None:
        row = next(iter(rows), None)
        return self._whole(row["id"]) if row else None

    def _refuse_twin_of(self, row: Row) -> None:
        twin = self._book.row("unfinished_twin", send=row["number"])
        self._refuse_twin(self._whole(twin["id"]) if twin else None)

    def _refuse_twin(self, twin: Send | None) -> None:
        """Raise LedgerError where the same issue to the same list is unfinished already."""
        if twin:
            raise LedgerError(
                f"{twin.identity.issue} to {twin.identity.list} is {twin.state} already: send {twin.id}",
                hint=f"`mailer resume {twin.id}` goes on with it, `mailer cancel {twin.id}` ends it",
            )


def _require_sum(counts: Counts, given: int) -> None:
    """Raise LedgerError where the audience is not what was counted: the list changed in between."""
    away = counts.duplicates + counts.invalid + counts.not_selected + counts.elsewhere
    expected = counts.listed - away
    if given != expected:
        raise LedgerError(
            f"the list changed while it was read: {expected} were to be planned, {given} came",
            hint="nothing was written or sent: run the same command again",
        )
