"""The values of one exchange over HTTP: what is asked, and what comes of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """A whole request; `headers` holds the key, so that no part of this is ever shown."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; the names in `headers` are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)

    @property
    def document(self) -> Any:
        """Return the body's JSON, or None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Silence:
    """No answer, and why; `begun` where the whole request may have arrived all the same."""

    reason: str
    begun: bool
    timeout: bool = False


Answer = Reply | Silence
