"""
List -> audience: every row read, folded by person and held against the ledger.

The rows stand in a private temporary database that spills to disk, so that memory does not grow with them.
"""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from mailer.address import Address
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Counts, DeliveryState, PlannedRecipient, SendIdentity
from mailer.message.token import recipient_key
from mailer.position import Position
from mailer.recipients.recipient import BadRow, Recipient
from mailer.transport.base import Transport

CHUNK = 500
"""How many people the ledger is asked about at a time."""

_TABLES = """
create table person (
    place integer primary key, key text not null unique, address text not null, name text not null,
    merge_values text not null, path text not null, line integer not null, fate text not null default ''
);
create table opted_out (key text primary key, reason text not null) without rowid;
create table suppressed (key text primary key, reason text not null) without rowid;
create table freed (key text primary key) without rowid;
create table bad_row (
    place integer primary key, path text not null, line integer not null, reason text not null,
    skipped integer not null
);
create view planned as
    select place, person.key, address, name, merge_values, path, line,
        coalesce(opted_out.reason, suppressed.reason, '') as why
    from person left join opted_out using (key) left join suppressed using (key)
    where fate = '';
"""


@dataclass(frozen=True, slots=True)
class Source:
    """
    Rows of a list, and which of its recipients are meant: its own `where` and that of the command.

    `columns` are what its header names; None where it has none.
    """

    rows: Iterable[Recipient | BadRow]
    selects: Callable[[Recipient], bool] = lambda _: True
    columns: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A planned recipient and where in the list it stands."""

    recipient: PlannedRecipient
    position: Position


class Audience:
    """
    The people of a list, each once, first row first.

    `key` gives the recipient key of an address. `offers_smtputf8` is asked about addresses that only such a
    transport can carry; without it their rows are skipped with a reason. Whoever opted out in any row has
    opted out.
    """

    def __init__(self, *, key: Callable[[Address], str], offers_smtputf8: Callable[[], bool]) -> None:
        self._key = key
        self._offers_smtputf8 = offers_smtputf8
        self._listed = self._duplicates = self._invalid = self._not_selected = self._seeds = 0
        self._rows = sqlite3.connect("", isolation_level=None)
        self._rows.executescript(f"pragma journal_mode = off; pragma synchronous = off; {_TABLES} begin;")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the rows go."""
        self._rows.close()

    def read(self, source: Source) -> None:
        """Take in every row of a source."""
        for row in source.rows:
            self._listed += 1
            if isinstance(row, BadRow):
                self._note_bad(row, skipped=False)
            elif row.address.is_ascii or self._offers_smtputf8():
                self._add(row, selected=source.selects(row))
            else:
                reason = f"{row.address}: this transport cannot carry an address that is not ASCII (SMTPUTF8)"
                self._note_bad(BadRow(row.position, reason), skipped=True)

    def end_seeds(self) -> None:
        """Take everybody who was read until now for a seed: they come first, and no limit cuts them."""
        self._seeds = self._rows.execute("select count(*) from person").fetchone()[0]

    @property
    def seeds(self) -> int:
        """Return how many of the planned are seeds."""
        found = "select count(*) from planned where place <= ?"
        counted: int = self._rows.execute(found, [self._seeds]).fetchone()[0]
        return counted

    def cut(self, limit: int | None) -> None:
        """Keep the first `limit` people besides the seeds."""
        if limit is not None:
            last = self._seeds + limit
            self._rows.execute("update person set fate = 'not_selected' where place > ?", [last])

    def free(self, keys: Iterable[str]) -> None:
        """Take these people for free although the ledger still holds them: their send is being replaced."""
        self._rows.executemany("insert or ignore into freed values (?)", ([key] for key in keys))

    def leave_out_held(self, ledger: Ledger, identity: SendIdentity) -> None:
        """Leave out who holds the issue in another send."""
        for keys in self._chunks():
            held = ledger.elsewhere(identity.issue, keys, rehearsal=identity.rehearsal)
            self._rows.executemany(
                "update person set fate = 'elsewhere' where key = ? and key not in (select key from freed)",
                ([key] for key in held),
            )

    def suppress(self, ledger: Ledger, scopes: tuple[str, ...]) -> None:
        """Note who must not be written to: suppressed for all lists, or for one of `scopes`."""
        for keys in self._chunks():
            found = ledger.suppressed(scopes, keys)
            self._rows.executemany("insert or ignore into suppressed values (?, ?)", found.items())

    @property
    def counts(self) -> Counts:
        """Return how the rows that are not planned fell away."""
        return Counts(
            listed=self._listed,
            duplicates=self._duplicates,
            invalid=self._invalid,
            not_selected=self._not_selected + self._count("not_selected"),
            elsewhere=self._count("elsewhere"),
        )

    @property
    def planned(self) -> int:
        """Return the number of people who are left, the suppressed ones among them."""
        return self._count("")

    def suppressed(self) -> dict[str, int]:
        """Return for each reason how many of the planned must not be written to, most frequent first."""
        reasons = self._rows.execute(
            "select why, count(*) from planned where why <> '' group by why order by count(*) desc, why"
        )
        return dict(reasons.fetchall())

    @property
    def bad(self) -> int:
        """Return the number of rows that the author has to mend."""
        counted: int = self._rows.execute("select count(*) from bad_row where not skipped").fetchone()[0]
        return counted

    def bad_rows(self, *, skipped: bool) -> Iterator[BadRow]:
        """Return the rows that are skipped with a reason, or else those that the author has to mend."""
        found = self._rows.execute(
            "select path, line, reason from bad_row where skipped = ? order by place", [skipped]
        )
        return (BadRow(Position(path, line), reason) for path, line, reason in found)

    def placed(self) -> Iterator[Placed]:
        """Return the planned recipients in the order of the list."""
        found = self._rows.execute(
            "select key, address, name, merge_values, why, path, line from planned order by place"
        )
        for key, address, name, values, suppressed, path, line in found:
            recipient = PlannedRecipient(key, address, name, json.loads(values), suppressed)
            yield Placed(recipient, Position(path, line))

    def _note_bad(self, row: BadRow, *, skipped: bool) -> None:
        self._invalid += 1
        self._rows.execute(
            "insert into bad_row (path, line, reason, skipped) values (?, ?, ?, ?)",
            [row.position.path, row.position.line, row.reason, skipped],
        )

    def _add(self, row: Recipient, *, selected: bool) -> None:
        key = self._key(row.address)
        if row.opted_out:
            self._rows.execute("insert or ignore into opted_out values (?, ?)", [key, row.opted_out])
        if not selected:
            self._not_selected += 1
            return
        added = self._rows.execute(
            "insert into person (key, address, name, merge_values, path, line) values (?, ?, ?, ?, ?, ?)"
            " on conflict (key) do nothing",
            [
                key,
                str(row.address),
                row.name,
                json.dumps(dict(row.values)),
                row.position.path,
                row.position.line,
            ],
        )
        self._duplicates += not added.rowcount

    def _chunks(self) -> Iterator[list[str]]:
        place = 0
        while rows := self._rows.execute(
            "select place, key from person where fate = '' and place > ? order by place limit ?",
            [place, CHUNK],
        ).fetchall():
            place = rows[-1][0]
            yield [key for _, key in rows]

    def _count(self, fate: str) -> int:
        counted: int = self._rows.execute("select count(*) from person where fate = ?", [fate]).fetchone()[0]
        return counted


def audience_through(transport: Transport, secret: bytes) -> Audience:
    """Return an empty audience for this transport, which is opened only where a row needs SMTPUTF8."""

    def offers_smtputf8() -> bool:
        transport.open()
        return transport.smtputf8

    return Audience(
        key=lambda address: recipient_key(secret, address.canonical), offers_smtputf8=offers_smtputf8
    )


def freed_by(ledger: Ledger, send: str) -> Iterator[str]:
    """Return the keys of those whom a replaced send has not reached: they are free once it is cancelled."""
    untouched = ledger.deliveries(send, (DeliveryState.PLANNED, DeliveryState.DEFERRED))
    return (delivery.key for delivery in untouched)
