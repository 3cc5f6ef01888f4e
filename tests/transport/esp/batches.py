"""How the providers that take many messages at once are spoken to, and what they answer."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.servers.http import Answer, HttpServer, Recorded, Reply
from tests.transport.esp.dialects import DIALECTS, Seen

SCHEMES = ("postmark", "resend")
PATHS = {"postmark": "/email/batch", "resend": "/emails/batch"}

Refused = Mapping[str, Any]
"""Addresses, and what the provider says of each instead of taking it."""

INACTIVE = {"ErrorCode": 406, "Message": "You tried to send to a recipient that has been marked as inactive."}
INVALID = {"message": "Invalid `to` field."}
TURNED_AWAY = {"postmark": INACTIVE, "resend": INVALID}


def is_batch(scheme: str, request: Recorded) -> bool:
    return request.method == "POST" and request.path == PATHS[scheme]


def elements(scheme: str, request: Recorded) -> list[Recorded]:
    """Return the messages of a request as if each had come alone."""
    if not is_batch(scheme, request):
        return [request] if DIALECTS[scheme].is_message(request) else []
    alone = DIALECTS[scheme].path
    return [replace(request, path=alone, body=json.dumps(one).encode()) for one in request.json]


def seen_in(scheme: str, requests: Sequence[Recorded]) -> list[Seen]:
    return [DIALECTS[scheme].see(one) for request in requests for one in elements(scheme, request)]


def addresses_in(scheme: str, request: Recorded) -> list[str]:
    return [address_of(seen.to) for seen in seen_in(scheme, [request])]


def address_of(mailbox: str) -> str:
    return mailbox.rpartition("<")[2].rstrip(">")


def id_of(address: str) -> str:
    return f"id-of-{address}"


def answer_of(scheme: str, addresses: Sequence[str], refused: Refused | None = None) -> Answer:
    """Return the provider's answer to a batch to these addresses."""
    turned_away = refused or {}
    if scheme == "postmark":
        return Answer(200, [turned_away.get(one) or _taken_by_postmark(one) for one in addresses])
    taken = [{"id": id_of(one)} for one in addresses if one not in turned_away]
    places = [place for place, one in enumerate(addresses) if one in turned_away]
    errors = [{"index": place, **turned_away[addresses[place]]} for place in places]
    return Answer(200, {"data": taken, "errors": errors} if errors else {"data": taken})


def _taken_by_postmark(address: str) -> dict[str, Any]:
    return {
        "To": address,
        "SubmittedAt": "2026-11-23T09:12:00.1234567-05:00",
        "MessageID": id_of(address),
        "ErrorCode": 0,
        "Message": "OK",
    }


def takes_batches(
    scheme: str, *replies: Reply, refused: Refused | None = None
) -> Callable[[Recorded], Reply]:
    """Answer one request after another with `replies`, then take everybody but those `refused`."""
    left = list(replies)

    def respond(request: Recorded) -> Reply:
        found = elements(scheme, request)
        if not found:
            return Answer(200, {})
        if left:
            return left.pop(0)
        if is_batch(scheme, request):
            return answer_of(scheme, addresses_in(scheme, request), refused)
        return DIALECTS[scheme].taken(addresses_in(scheme, request)[0])

    return respond


def batches_to(server: HttpServer, scheme: str) -> list[Recorded]:
    """Return the requests that hand over messages, one or many."""
    return [one for one in server.requests if elements(scheme, one)]
