"""The ways to send: Postfix's load generator, mailer with all it has or a part of it, and the installed."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import installed, postfix
from bench.audience import freeze
from bench.measured import Taken, run
from bench.message import new_key, person, prepared, whole
from bench.sinks import CACHE, ROOT

Send = Callable[[str, int, int], Taken]
"""Sends to a URL, over so many connections, so many messages."""


@dataclass(frozen=True, slots=True)
class Peer:
    """
    Somebody else's sender: how it is called for a port.

    `share` is how many messages it sends for a thousand of ours, `target` how many times as fast ours should
    be.
    """

    command: Callable[[str], Sequence[str]]
    share: int
    connections: int = 1
    target: float | None = None
    signs: bool = False

    def __call__(self, url: str, _connections: int, messages: int) -> Taken:
        """Send as many messages as readers are written."""
        installed.write_readers(messages)
        return run(self.command(url.rpartition(":")[2]), installed.FOLDER)


def reference(url: str, connections: int, messages: int) -> Taken:
    """Send one constant message of the same size, as the relay's own tool does."""
    size = len(whole(prepared(), person(1)))
    load = ["-s", str(connections), "-m", str(messages), "-l", str(size)]
    people = ["-f", "bounces@example.com", "-t", "reader@example.org"]
    host = url.removeprefix("smtp://")
    return run(postfix.command("smtp-source", "-d", *load, *people, host), ROOT)


def mailer(url: str, connections: int, messages: int) -> Taken:
    """Send through the whole engine an audience that is frozen beforehand."""
    return _from_ledger(messages, url, str(connections))


def signed(url: str, connections: int, messages: int) -> Taken:
    """Do the same with DKIM."""
    key = CACHE / "dkim.pem"
    if not key.is_file():
        key.write_text(new_key(), encoding="ascii")
    return _from_ledger(messages, url, str(connections), str(key))


def alone(url: str, connections: int, messages: int) -> Taken:
    """Send through the builder and the transport only: nothing is written down."""
    return run([sys.executable, "-m", "bench.sender", "--alone", str(messages), url, str(connections)], ROOT)


def _from_ledger(messages: int, *arguments: str) -> Taken:
    CACHE.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=CACHE) as folder:
        freeze(Path(folder), messages)
        return run([sys.executable, "-m", "bench.sender", folder, *arguments], ROOT)


PEERS = {
    "mailmerge": Peer(installed.mailmerge, share=5, target=40),
    "smtplib + EmailMessage + Jinja2": Peer(
        lambda port: installed.python("plain.py", port), share=15, target=15
    ),
    "Django's mail backend": Peer(lambda port: installed.python("django_backend.py", port), share=30),
    "nodemailer": Peer(lambda port: installed.node(port, "1"), share=35, target=7),
    "nodemailer's pool": Peer(lambda port: installed.node(port, "4"), share=35, connections=4, target=7),
    "smtplib + dkimpy": Peer(
        lambda port: installed.python("plain.py", port, str(installed.KEY)), share=7, target=15, signs=True
    ),
    "nodemailer + DKIM": Peer(
        lambda port: installed.node(port, "4", str(installed.KEY)),
        share=20,
        connections=4,
        target=6,
        signs=True,
    ),
}
"""By their names."""
