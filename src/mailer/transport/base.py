"""What every transport does."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from mailer.message.envelope import Message
from mailer.message.outcome import Outcome

if TYPE_CHECKING:
    from mailer.message.build import MessageTemplate

Commit = Callable[[Sequence[Message]], Sequence[Message]]
"""
Run by the transport with the messages about to pass the point of no return (the final dot, the POST).

It returns those that may go; the transport must not hand over the others.
"""

Ahead = Callable[[], Message | None]
"""
Gives the message of the next `deliver`, where there is one.

A transport that has to wait for answers may ask for it once its own message is on the way, and begin with the
other, but no further than to before its point of no return. It may still be dropped.
"""


def nothing_ahead() -> None:
    """Give no next message."""


class Transport(Protocol):
    """
    Hands messages over.

    `url` names it for people and holds no secret. `rehearsal` is true where nobody is mailed. `loopback` is
    true where messages stay on this machine. `batch_size` is how many messages one `deliver` takes at the
    most; it may change when a `deliver` has shown what fits. `smtputf8` says, once open, whether a non-ASCII
    local part can be carried (RFC 6531).
    """

    @property
    def url(self) -> str: ...  # noqa: D102
    @property
    def rehearsal(self) -> bool: ...  # noqa: D102
    @property
    def loopback(self) -> bool: ...  # noqa: D102
    @property
    def batch_size(self) -> int: ...  # noqa: D102
    @property
    def smtputf8(self) -> bool: ...  # noqa: D102

    def open(self) -> None:
        """Connect and log in; a no-op where already open. Raises TransportError."""

    def deliver(
        self, messages: Sequence[Message], commit: Commit, ahead: Ahead = nothing_ahead
    ) -> list[Outcome | None]:
        """
        Hand over up to `batch_size` messages and return an outcome for each, in order.

        None stands for a message that `commit` held back or that was not begun. A lost connection after the
        point of no return is `Verdict.UNKNOWN`, not an error. A TransportError means that the transport is
        broken and that no message of this call passed the point of no return.
        """
        ...

    def close(self) -> None:
        """Say good-bye; never raises for a connection that is already gone."""


@runtime_checkable
class Particular(Protocol):
    """What a transport can do besides that cannot carry every issue: say so before anybody is mailed."""

    def require(self, template: "MessageTemplate") -> None:
        """Raise TransportError where nobody's copy of an issue can be carried; nothing is opened for that."""
        ...


@runtime_checkable
class Remembering(Protocol):
    """
    What a transport can do besides, whose other side knows what it was handed over before.

    `remembers` is for how many seconds. A mark names the messages of one `deliver`; it is kept with their
    intents, so that another process can hand the very same messages over again.
    """

    @property
    def remembers(self) -> float: ...  # noqa: D102

    def next_mark(self) -> str:
        """Return the mark under which the next `deliver` of this transport, which is open, hands over."""
        ...

    def replay(self, mark: str, messages: Sequence[Message]) -> list[Outcome | None]:
        """
        Hand over again what may have been handed over under `mark`, and return an outcome for each.

        Nobody gets a second copy: the other side answers as it did the first time, or takes what it had not
        got. None, and an unknown outcome, stand for what is no clearer than before. Raises nothing for that.
        """
        ...
