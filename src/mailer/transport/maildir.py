"""A Maildir, which any mail reader opens: nobody is mailed (https://cr.yp.to/proto/maildir.html)."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from mailer.message.envelope import Message
from mailer.message.outcome import Outcome
from mailer.transport.base import Ahead, Commit, nothing_ahead
from mailer.transport.folder import folder_of, let_go, unwritable, write_private
from mailer.transport.url import TransportAddress


class MaildirTransport:
    """
    Writes into `tmp`, then moves to `new`, under a name made of the Message-ID.

    So nothing half-written is ever seen, and a message that was written before and not read yet is written
    over. Line ends are those of Unix, as mail readers expect in a Maildir.
    """

    rehearsal = True
    loopback = True
    smtputf8 = True
    batch_size = 1

    def __init__(self, folder: Path, *, url: str) -> None:
        self.folder = folder
        self.url = url

    def open(self) -> None:
        """Make the Maildir where there is none."""
        try:
            for part in (self.folder, *(self.folder / name for name in ("tmp", "new", "cur"))):
                part.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(self.folder, "maildir", error) from None

    def deliver(
        self,
        messages: Sequence[Message],
        commit: Commit,
        ahead: Ahead = nothing_ahead,  # noqa: ARG002 - nothing to wait for
    ) -> list[Outcome | None]:
        """Write each message aside, then move it to the new ones once `commit` lets it go."""
        self.open()
        return [self._deliver(message, commit) for message in messages]

    def close(self) -> None:
        """Nothing is held open."""

    def _deliver(self, message: Message, commit: Commit) -> Outcome | None:
        name = f"{hashlib.sha256(message.message_id.encode()).hexdigest()[:24]}.mailer"
        aside = self.folder / "tmp" / name
        try:
            write_private(aside, message.data.replace(b"\r\n", b"\n"))
        except OSError as error:
            raise unwritable(self.folder, "maildir", error) from None
        return let_go(aside, self.folder / "new" / name, may_go=bool(commit([message])))


def create(address: TransportAddress, _secret: Callable[[], str | None], base: Path) -> MaildirTransport:
    """Return the transport of a `maildir:PATH` URL."""
    return MaildirTransport(folder_of(address, base), url=address.url)
