"""Rows of the SQLite ledger <-> dataclasses and JSON."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from sqlite3 import Row
from typing import Any

from mailer.ledger.delivery import (
    Counts,
    Delivery,
    DeliveryState,
    Intent,
    PlannedRecipient,
    Send,
    SendIdentity,
    SendState,
    StaffTest,
    Suppression,
)

_DECODER = json.JSONDecoder()
_STATES = {state.value: state for state in DeliveryState}
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=dict)
"""Takes any mapping for an object; the order of keys is kept, since headers have one."""


def stamp(time: datetime) -> str:
    """Write a time so that text order is the order of time: UTC, always with microseconds."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def json_text(value: Any) -> str:
    """Write compact JSON."""
    return _ENCODER.encode(value)


def json_list(values: Iterable[str]) -> str:
    """Write a JSON array, for statements that take any number of keys."""
    return json.dumps([*values], ensure_ascii=False)


def json_digest(body: str) -> str:
    """Return the SHA-256 under which a content is kept."""
    return sha256(body.encode()).hexdigest()


def send_values(send: Send) -> dict[str, Any]:
    """Return what `add_send` takes, but for the numbers of issue and content."""
    identity, counts = send.identity, send.counts
    return {
        "id": send.id,
        "list": identity.list,
        "where": identity.where,
        "limit": identity.limit,
        "digest": send.digest,
        "transport": send.transport,
        "created": stamp(send.created),
        "state": send.state,
        "scopes": json_list(send.scopes),
        "listed": counts.listed,
        "duplicates": counts.duplicates,
        "invalid": counts.invalid,
        "not_selected": counts.not_selected,
        "elsewhere": counts.elsewhere,
        "settings": json_text(send.settings),
        "tested": send.tested,
        "untested": send.untested,
        "approval": json_text(send.approval),
        "reason": send.reason,
        "seconds": send.seconds,
        "not_before": stamp(send.not_before) if send.not_before else None,
        "seeds": send.seeds,
        "hold": send.hold,
    }


def identity_values(identity: SendIdentity) -> dict[str, Any]:
    """Return what `sends_of_identity` takes."""
    return {
        "slug": identity.issue,
        "list": identity.list,
        "where": identity.where,
        "limit": identity.limit,
        "rehearsal": identity.rehearsal,
    }


def send_of(row: Row) -> Send:
    """Read a send joined with its issue and, as `body`, its content."""
    return Send(
        id=row["id"],
        identity=SendIdentity(
            issue=row["slug"],
            list=row["list"],
            where=row["where_expression"],
            limit=row["row_limit"],
            rehearsal=bool(row["rehearsal"]),
        ),
        digest=row["digest"],
        transport=row["transport"],
        created=datetime.fromisoformat(row["created"]),
        state=SendState(row["state"]),
        scopes=tuple(json.loads(row["scopes"])),
        counts=Counts(
            listed=row["listed"],
            duplicates=row["duplicates"],
            invalid=row["invalid"],
            not_selected=row["not_selected"],
            elsewhere=row["elsewhere"],
        ),
        content=json.loads(row["body"]),
        settings=json.loads(row["settings"]),
        tested=bool(row["tested"]),
        untested=row["untested"],
        approval=json.loads(row["approval"]),
        reason=row["reason"],
        seconds=row["seconds"],
        not_before=time_of(row["not_before"]),
        seeds=row["seeds"],
        hold=row["hold"],
    )


def planned_values(recipient: PlannedRecipient) -> dict[str, Any]:
    """Return what `add_delivery` takes, but for the numbers."""
    state = DeliveryState.SUPPRESSED if recipient.suppressed else DeliveryState.PLANNED
    return {
        "key": recipient.key,
        "address": recipient.address,
        "name": recipient.name,
        "values": json_text(recipient.values),
        "state": state.value,
        "reply": recipient.suppressed,
    }


def delivery_of(send: str, row: Row) -> Delivery:
    """
    Read a delivery of the send with this id.

    A row has the columns in the order of the table, because to find each by its name takes ten times as long.
    """
    *_, key, address, name, values, state, attempts, next_at, message_id, code, reply = row[:14]
    transport, changed, dated, size, _, provider_id = row[14:20]
    return Delivery(
        send=send,
        key=key,
        address=address,
        name=name,
        values=_DECODER.raw_decode(values)[0],
        state=_STATES[state],
        attempts=attempts,
        next_at=time_of(next_at),
        message_id=message_id,
        code=code,
        reply=reply,
        transport=transport,
        changed=time_of(changed),
        dated=None if dated is None else datetime.fromtimestamp(dated, UTC),
        size=size,
        provider_id=provider_id,
    )


def intent_values(intent: Intent) -> tuple[str, int | None, int]:
    """Return what `begin` takes of one intent."""
    dated = None if intent.dated is None else int(intent.dated.timestamp())
    return intent.message_id, dated, intent.size


def second_of(text: str) -> datetime:
    """Read a time that was cut after its seconds."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def time_of(text: str | None) -> datetime | None:
    """Read a time that may be missing."""
    return datetime.fromisoformat(text) if text else None


def staff_test_of(row: Row) -> StaffTest:
    """Read a staff test joined with its issue and content."""
    return StaffTest(
        issue=row["slug"],
        digest=row["digest"],
        rehearsal=bool(row["rehearsal"]),
        at=datetime.fromisoformat(row["at"]),
        to=row["recipients"],
        transport=row["transport"],
        content=json.loads(row["body"]),
        who=row["who"],
    )


def suppression_of(row: Row) -> Suppression:
    """Read a suppression."""
    return Suppression(
        key=row["key"],
        list=row["list"],
        reason=row["reason"],
        at=datetime.fromisoformat(row["at"]),
        address=row["address"],
    )


def suppression_values(suppression: Suppression) -> Mapping[str, Any]:
    """Return what `suppress` takes."""
    return {
        "key": suppression.key,
        "list": suppression.list,
        "reason": suppression.reason,
        "at": stamp(suppression.at),
        "address": suppression.address,
    }
