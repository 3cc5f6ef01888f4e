"""Messages kept in memory: for tests."""

from collections.abc import Callable, Sequence
from pathlib import Path

from mailer.message.envelope import Message
from mailer.message.outcome import Outcome, Verdict
from mailer.transport.base import Ahead, Commit, nothing_ahead
from mailer.transport.url import TransportAddress


class MemoryTransport:
    """Takes every message into `messages`."""

    rehearsal = True
    loopback = True
    smtputf8 = True

    def __init__(self, url: str = "memory:", *, batch_size: int = 1) -> None:
        self.url = url
        self.batch_size = batch_size
        self.messages: list[Message] = []

    def open(self) -> None:
        """Do nothing."""

    def deliver(
        self,
        messages: Sequence[Message],
        commit: Commit,
        ahead: Ahead = nothing_ahead,  # noqa: ARG002 - nothing to wait for
    ) -> list[Outcome | None]:
        """Keep the messages that `commit` lets go."""
        cleared = {message.key for message in commit(messages)}
        self.messages += [message for message in messages if message.key in cleared]
        taken = Outcome(Verdict.ACCEPTED, 250, "kept in memory")
        return [taken if message.key in cleared else None for message in messages]

    def close(self) -> None:
        """Do nothing; the messages stay."""


def create(address: TransportAddress, _secret: Callable[[], str | None], _base: Path) -> MemoryTransport:
    """Return the transport of a `memory:` URL; `?batch=10` takes that many messages at once."""
    return MemoryTransport(address.url, batch_size=int(address.options.get("batch", "1")))
