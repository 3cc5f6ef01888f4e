"""Batches under a key that outlives the process: handed over again after a kill, and nobody gets two."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

from mailer.errors import TransportError
from mailer.message.envelope import Message
from mailer.message.outcome import Outcome
from mailer.transport.esp.batch import BatchTransport
from mailer.transport.esp.exchange import Answer, Request, Silence
from mailer.transport.esp.replay import ask_until_clear
from mailer.transport.esp.verdict import Answered

_KILLED = Silence("the sender stopped before the answer", begun=True)


class MarkedBatchTransport(BatchTransport):
    """
    Hands over under a mark, which is the idempotency key of the request.

    The provider answers a request that it knows as it did the first time, and refuses another one under the
    same key. Keys belong to an account, so a mark says which API key it was made with.
    """

    _mark = ""
    _doubt: Answer | None = None

    @property
    def remembers(self) -> float:
        """Return for how many seconds the provider knows a key."""
        return self._provider.idempotency.seconds if self._provider.idempotency else 0.0

    def next_mark(self) -> str:
        """Return the mark under which the next `deliver` hands over."""
        self._mark = f"{self._account}-{uuid4().hex}"
        return self._mark

    def replay(self, mark: str, messages: Sequence[Message]) -> list[Outcome | None]:
        """Hand over again what may have been handed over under `mark`, and return an outcome for each."""
        self.open()
        if not mark.startswith(f"{self._account}-"):
            return [None] * len(messages)
        self._mark, self._doubt = mark, _KILLED
        try:
            return self.deliver(messages, lambda ready: ready)
        except TransportError:
            return [None] * len(messages)
        finally:
            self._mark, self._doubt = "", None

    @property
    def _account(self) -> str:
        return hashlib.sha256(" ".join(["account", *self._secrets]).encode()).hexdigest()[:16]

    def _ask_until_clear(self, request: Request) -> Answered:
        key, mark = self._provider.idempotency, self._mark
        self._mark = ""
        if key and mark:
            request = replace(request, headers={**request.headers, key.name: mark})
        return ask_until_clear(self._ask, request, self._provider, self._clock, doubt=self._doubt)
