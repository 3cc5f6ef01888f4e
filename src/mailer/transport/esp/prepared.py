"""What a provider is asked for one message, and how its answer is read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from mailer.message.envelope import Message
from mailer.transport.esp.exchange import Reply, Request
from mailer.transport.esp.provider import Check
from mailer.transport.esp.verdict import Receipt


def _never(_reply: Reply) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Prepared:
    """
    A request, and how its answer is read: None where that is not of the provider's form.

    `concerns_all` says whether a refusal would meet every other message too.
    """

    request: Request
    read: Callable[[Reply], Receipt | None] = field(repr=False)
    concerns_all: Callable[[Reply], bool] = field(default=_never, repr=False)


class Adapter(Protocol):
    """Builds requests and makes none; used by one thread. `secrets` are what no answer may repeat."""

    @property
    def secrets(self) -> tuple[str, ...]: ...  # noqa: D102

    def carry(self, message: Message) -> Prepared:
        """Return the request for one message; MessageError where it has no place for a part."""
        ...

    def ask(self, check: Check) -> Request:
        """Return a request that mails nobody and needs a valid key."""
        ...
