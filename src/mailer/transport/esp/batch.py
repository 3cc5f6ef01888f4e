"""One provider's API, called for many messages at once: a request that is ours, an outcome for each."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

from mailer.errors import MessageError, TransportError
from mailer.message.envelope import Message
from mailer.message.outcome import Outcome, Verdict
from mailer.transport.base import Ahead, Commit, nothing_ahead
from mailer.transport.esp.batch_form import BatchForm, Part, Taken
from mailer.transport.esp.exchange import Reply, Request
from mailer.transport.esp.prepared import Prepared
from mailer.transport.esp.provider import Provider
from mailer.transport.esp.transport import EspTransport
from mailer.transport.esp.verdict import Answered, in_doubt, judge, refused_or_broken

_OK = range(200, 300)
_TOO_LARGE = 413
_PICTURE = b"\r\nContent-ID:"
"""What stands in the bytes of a message that holds a picture (RFC 2392)."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """One message of a call, at its place in it, and what the provider is given of it."""

    place: int
    message: Message
    prepared: Prepared

    @property
    def pictures(self) -> bool:
        """Say whether pictures travel inside."""
        return _PICTURE in self.message.data

    @property
    def size(self) -> int:
        """Return its bytes in a batch, with what stands between it and the next."""
        return len(self.prepared.request.body) + 2


class BatchTransport(EspTransport):
    """
    Hands many messages to a provider in one request, of which there is one for each `deliver`.

    What does not fit is left for the next one. Where the provider refuses a whole request, `batch_size` is
    halved, so that those come one by one whom it is about; then it grows again, except when it was too large.
    """

    def __init__(self, *arguments: Any, form: BatchForm, most: int, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.batch_size = most
        self._most = most
        self._form = form

    def deliver(
        self,
        messages: Sequence[Message],
        commit: Commit,
        ahead: Ahead = nothing_ahead,  # noqa: ARG002 - an answer comes before the next request
    ) -> list[Outcome | None]:
        """Hand over as many of the messages as one request holds; `commit` runs right before it."""
        self.open()
        outcomes: list[Outcome | None] = [self._refusal(message) for message in messages]
        pieces = []
        for place, message in enumerate(messages):
            if outcomes[place] is None:
                try:
                    pieces.append(_Piece(place, message, self._prepare(message)))
                except MessageError as error:
                    outcomes[place] = Outcome(Verdict.REFUSED, 0, str(error))
        going = self._cleared(self._fitting(pieces), commit)
        for piece, outcome in zip(going, self._carry_all(going), strict=True):
            outcomes[piece.place] = outcome
        return outcomes

    def _fitting(self, pieces: Sequence[_Piece]) -> Sequence[_Piece]:
        """Return the first pieces, as many as one request holds; the next call gets no more than these."""
        count = _count_within(pieces, self._provider.limits.batch_size)
        if not self._form.pictures and any(piece.pictures for piece in pieces):
            count = 1
        if count < len(pieces):
            self.batch_size = self._most = count
        return pieces[:count]

    def _cleared(self, pieces: Sequence[_Piece], commit: Commit) -> Sequence[_Piece]:
        keys = {one.key for one in commit([piece.message for piece in pieces])} if pieces else set()
        return [piece for piece in pieces if piece.message.key in keys]

    def _carry_all(self, pieces: Sequence[_Piece]) -> Sequence[Outcome | None]:
        if not pieces:
            return ()
        if len(pieces) == 1:
            self._grow()
            return [self._carry(pieces[0].prepared)]
        answered = self._ask_until_clear(joined(pieces, self._provider, self._form, api=self._endpoint.api))
        whole = self._whole(answered, len(pieces))
        if isinstance(whole, Outcome) and whole.verdict is Verdict.REFUSED:
            if answered.doubt:
                return [in_doubt(answered.doubt)] * len(pieces)
            self._halve(len(pieces), for_good=whole.code == _TOO_LARGE)
            return [None] * len(pieces)
        if isinstance(whole, Outcome):
            return [whole] * len(pieces)
        self._grow()
        return self._each(whole)

    def _whole(self, answered: Answered, count: int) -> Outcome | Sequence[Part]:
        """Return what the answer says of each message, else the outcome that all of them share."""
        answer = answered.answer
        if isinstance(answer, Reply) and answer.status in _OK:
            parts = self._form.read(answer, count)
            if parts is not None:
                return parts
        return judge(answered, self._provider, lambda _: None, key=self._key, now=datetime.now(UTC))

    def _each(self, parts: Sequence[Part]) -> Sequence[Outcome | None]:
        """
        Return what became of each message, None where the provider would have taken it at another time.

        Raises TransportError where that is true of all of them.
        """
        found = [self._one(part) for part in parts]
        errors = [one for one in found if isinstance(one, TransportError)]
        if len(errors) == len(found):
            raise errors[0]
        return [None if isinstance(one, TransportError) else one for one in found]

    def _one(self, part: Part) -> Outcome | TransportError:
        if part is None:
            return Outcome(Verdict.UNKNOWN, 200, "the answer says nothing clear of this message")
        if isinstance(part, Taken):
            return Outcome(Verdict.ACCEPTED, 200, "taken", part.provider_id)
        try:
            return refused_or_broken(part, self._provider, key=self._key, now=datetime.now(UTC))
        except TransportError as error:
            return error

    def _halve(self, count: int, *, for_good: bool) -> None:
        self.batch_size = count // 2
        if for_good:
            self._most = self.batch_size

    def _grow(self) -> None:
        self.batch_size = min(self._most, self.batch_size * 2)


def _count_within(pieces: Sequence[_Piece], limit: int) -> int:
    """Return how many of the first pieces one request of so many bytes holds (0: any), but at least one."""
    size = 0
    for count, piece in enumerate(pieces):
        size += piece.size
        if limit and count and size > limit:
            return count
    return len(pieces)


def joined(pieces: Sequence[_Piece], provider: Provider, form: BatchForm, *, api: str) -> Request:
    """Return one request for all: an array of what each message's own request holds."""
    requests = [piece.prepared.request for piece in pieces]
    headers = {**requests[0].headers, **form.headers}
    key = provider.idempotency
    if key and key.name in headers:
        names = "\n".join(request.headers[key.name] for request in requests)
        headers[key.name] = str(UUID(bytes=hashlib.sha256(names.encode()).digest()[:16], version=4))
    body = b"[" + b", ".join(request.body for request in requests) + b"]"
    return Request("POST", urljoin(api, form.path), headers, body)
