"""A transport of somebody else's: `example:FILE` appends each message to one file."""

from collections.abc import Callable, Sequence
from pathlib import Path

from mailer.errors import ConfigError, ConnectError
from mailer.message.envelope import Message
from mailer.message.outcome import Outcome, Verdict
from mailer.transport.base import Ahead, Commit, nothing_ahead
from mailer.transport.url import TransportAddress


class BoxTransport:
    """Appends to a file, after each message the line `--` or that of `?mark=`."""

    keys = ("mark",)
    """The query keys besides `connections`, `rate` and `timeout`, which every transport knows."""

    rehearsal = True
    loopback = True
    smtputf8 = True
    batch_size = 1

    def __init__(self, address: TransportAddress, secret: Callable[[], str | None], folder: Path) -> None:
        if not address.path:
            raise ConfigError("an example: URL names a file", hint="write for example example:box.txt")
        self.url = address.url
        self._file = folder / address.path
        self._mark = address.options.get("mark", "--").encode()
        self._secret = secret  # asked in open() by whoever needs it

    def open(self) -> None:
        """Say what is wrong before the first message is begun."""
        try:
            self._file.touch(mode=0o600)
        except OSError as error:
            raise ConnectError(f"cannot write {self._file}: {error.strerror}", hint="name another") from None

    def deliver(
        self, messages: Sequence[Message], commit: Commit, ahead: Ahead = nothing_ahead
    ) -> list[Outcome | None]:
        """Hand over what `commit` lets go, and say of each what became of it."""
        return [self._deliver(message) if commit([message]) else None for message in messages]

    def close(self) -> None:
        """Nothing is held open."""

    def _deliver(self, message: Message) -> Outcome:
        with self._file.open("ab") as file:
            file.write(message.data + self._mark + b"\r\n")
        return Outcome(Verdict.ACCEPTED, 250, f"appended to {self._file.name}")
