"""Batches: what went out in one request, and those of which nobody knows whether they were taken."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from mailer.ledger.delivery import Delivery
from mailer.ledger.sqlite.deliveries import Deliveries
from mailer.ledger.sqlite.row import delivery_of, json_list, stamp
from mailer.message.outcome import Outcome


class Batches(Deliveries):
    """The methods of the ledger about batches."""

    def note_batch(self, send: str, mark: str, keys: Sequence[str], *, now: datetime) -> None:
        """Keep that these deliveries, begun at this moment, go out together under `mark`."""
        with self._book.transaction():
            number = self._number(send)
            self._book.change("add_batch", send=number, mark=mark, now=stamp(now), keys=json_list(keys))

    def lost_batches(
        self, send: str, *, transport: str, since: datetime, now: datetime
    ) -> Mapping[str, Sequence[Delivery]]:
        """Return by their marks the batches in doubt since their intent, each whole and in its order."""
        number, place = self._number(send), transport.partition("?")[0]
        found: dict[str, Sequence[Delivery]] = {}
        later: set[str] = set()
        for batch in self._book.rows("batches_between", send=number, since=stamp(since), now=stamp(now)):
            keys = json.loads(batch["keys"])
            rows = self._book.rows(
                "left_in_doubt", send=number, keys=batch["keys"], begun=batch["begun"], place=place
            )
            if len(rows) == len(keys) and later.isdisjoint(keys):
                found[batch["mark"]] = [delivery_of(send, row) for row in rows]
            later.update(keys)
        return found

    def clear_up(self, send: str, outcomes: Mapping[str, Outcome], *, now: datetime) -> None:
        """Write what became of deliveries in doubt: accepted or refused; others are left alone."""
        with self._book.transaction():
            each = ({"send": self._number(send), "key": key} for key in outcomes)
            self._book.change_each("take_up", each)
            self.settle(send, outcomes, now=now)
