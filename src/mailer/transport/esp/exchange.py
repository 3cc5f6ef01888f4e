"""The values of one exchange over HTTP: what is asked, and what comes of it."""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

_HIDDEN = "•••"


@dataclass(frozen=True, slots=True)
class Request:
    """A whole request; `headers` holds the key, so that no part of this is ever shown."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def credentials(self) -> str:
        """Return the key as it is written here after the name of its scheme (RFC 9110 §11.6.2), if it is."""
        return self.headers.get("Authorization", "").partition(" ")[2]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; the names in `headers` are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)

    @property
    def document(self) -> Any:
        """Return the body's JSON, or None where it is none, or nested beyond reason."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


@dataclass(frozen=True, slots=True)
class Silence:
    """No answer, and why; `begun` where the whole request may have arrived all the same."""

    reason: str
    begun: bool
    timeout: bool = False


Answer = Reply | Silence


def without(secrets: Iterable[str], reply: Reply) -> Reply:
    """Return an answer in which nobody sees these secrets, in whatever way its JSON spells them."""
    text = hidden = _plain(reply)
    for secret in filter(None, secrets):
        for spelled in (secret, json.dumps(secret, ensure_ascii=False)[1:-1]):
            hidden = hidden.replace(spelled, _HIDDEN)
    return reply if hidden == text else replace(reply, body=hidden.encode("utf-8", "replace"))


def _plain(reply: Reply) -> str:
    """Return a body without the escapes of its JSON."""
    with suppress(RecursionError):
        if (document := reply.document) is not None:
            return json.dumps(document, ensure_ascii=False)
    return reply.body.decode("utf-8", "replace")
