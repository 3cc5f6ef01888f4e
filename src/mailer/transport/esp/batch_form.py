"""A provider's answer to many messages -> what it says of each."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mailer.transport.answer import clean_reply
from mailer.transport.esp.exchange import Reply


@dataclass(frozen=True, slots=True)
class Taken:
    """One message was taken, and this is what the provider calls it."""

    provider_id: str


Part = Taken | Reply | None
"""What an answer says of one message: a Reply as it would have got alone, None for nothing clear."""

Parts = Sequence[Part]


@dataclass(frozen=True, slots=True)
class BatchForm:
    """
    How a provider takes many messages in one request: a JSON array of what it takes of one.

    `read` returns what an answer says of each of so many messages, None where it is not of the provider's
    form. `pictures` says whether messages in a batch may hold any.
    """

    path: str
    read: Callable[[Reply, int], Parts | None]
    headers: Mapping[str, str] = field(default_factory=dict)
    pictures: bool = True


_NOT_NOW = frozenset({100, 429})
"""Postmark's codes for "later": maintenance, and too many requests."""


def read_postmark(reply: Reply, count: int) -> Parts | None:
    """Read an array in the order of the messages (https://postmarkapp.com/developer/api/email-api)."""
    found = reply.document
    if not isinstance(found, list) or len(found) != count:
        return None
    return [_postmark(one, reply) for one in found]


def _postmark(one: Any, reply: Reply) -> Part:
    """Where mail is delayed the code may be missing beside an id: the message was taken all the same."""
    if not isinstance(one, dict):
        return None
    code, provider_id = one.get("ErrorCode", 0), one.get("MessageID")
    if code == 0:
        return Taken(clean_reply(provider_id)) if isinstance(provider_id, str) else None
    return Reply(429 if code in _NOT_NOW else 422, reply.headers, json.dumps(one).encode())


def read_resend(reply: Reply, count: int) -> Parts | None:
    """
    Read the ids of those taken, in order, and the errors of the others by their place, counted from 0.

    The answer of the permissive mode (https://resend.com/docs/api-reference/emails/send-batch-emails).
    """
    document = reply.document if isinstance(reply.document, dict) else {}
    data, errors = document.get("data"), document.get("errors") or []
    if not isinstance(data, list) or not isinstance(errors, list):
        return None
    wrong = _by_place(errors)
    if len(wrong) != len(errors) or not wrong.keys() <= set(range(count)) or len(data) + len(wrong) != count:
        return None
    ids = iter(data)
    return [
        Reply(422, reply.headers, json.dumps(wrong[place]).encode()) if place in wrong else _resend(next(ids))
        for place in range(count)
    ]


def _by_place(errors: Sequence[Any]) -> dict[int, Mapping[str, Any]]:
    return {
        one["index"]: one for one in errors if isinstance(one, dict) and isinstance(one.get("index"), int)
    }


def _resend(one: Any) -> Part:
    found = one.get("id") if isinstance(one, dict) else None
    return Taken(clean_reply(found)) if isinstance(found, str) else None
