"""One `.eml` file per message in a folder: nobody is mailed."""

import hashlib
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from mailer.message.envelope import Message
from mailer.message.outcome import Outcome
from mailer.transport.base import Ahead, Commit, nothing_ahead
from mailer.transport.folder import folder_of, let_go, unwritable, write_private
from mailer.transport.url import TransportAddress

_NAME = re.compile(r"(\d{6,})-([0-9a-f]{16})\.eml")


class FileTransport:
    """
    Writes `000001-HASH.eml`, numbered in the order of delivery; the hash is of the Message-ID.

    A message that was written before is written over, so that a folder never holds two of one Message-ID.
    """

    rehearsal = True
    loopback = True
    smtputf8 = True
    batch_size = 1

    def __init__(self, folder: Path, *, url: str) -> None:
        self.folder = folder
        self.url = url
        self._names: dict[str, str] | None = None
        self._last = 0

    def open(self) -> None:
        """Make the folder where there is none, and look what is in it."""
        if self._names is not None:
            return
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            probe = self.folder / f".{os.getpid()}.part"
            write_private(probe, b"")
            probe.unlink()
            found = [_NAME.fullmatch(path.name) for path in self.folder.iterdir()]
            self._names = {name[2]: name[0] for name in found if name}
            self._last = max((int(name[1]) for name in found if name), default=0)
        except OSError as error:
            raise unwritable(self.folder, "file", error) from None

    def deliver(
        self,
        messages: Sequence[Message],
        commit: Commit,
        ahead: Ahead = nothing_ahead,  # noqa: ARG002 - nothing to wait for
    ) -> list[Outcome | None]:
        """Write each message aside, then give it its name once `commit` lets it go."""
        self.open()
        return [self._deliver(message, commit) for message in messages]

    def close(self) -> None:
        """Forget what is in the folder."""
        self._names = None

    def _deliver(self, message: Message, commit: Commit) -> Outcome | None:
        name = self._name(message.message_id)
        aside = self.folder / f".{name}.part"
        try:
            write_private(aside, message.data)
        except OSError as error:
            raise unwritable(self.folder, "file", error) from None
        return let_go(aside, self.folder / name, may_go=bool(commit([message])))

    def _name(self, message_id: str) -> str:
        assert self._names is not None
        digest = hashlib.sha256(message_id.encode()).hexdigest()[:16]
        if digest not in self._names:
            self._last += 1
            self._names[digest] = f"{self._last:06}-{digest}.eml"
        return self._names[digest]


def create(address: TransportAddress, _secret: Callable[[], str | None], base: Path) -> FileTransport:
    """Return the transport of a `file:PATH` URL."""
    return FileTransport(folder_of(address, base), url=address.url)
