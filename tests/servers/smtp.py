"""
A recording SMTP server that can misbehave, in threads of a test or as a process of its own.

    with SmtpServer({"RCPT bob@example.org": "550 5.1.1 no such user"}) as server:
        ...  # talk to server.url
        assert [message.recipient for message in server.messages] == [...]

As a process: `python -m tests.servers.smtp --port 0 --log FILE [--reply STEP=REPLY]…` writes `listening PORT`
to standard output, and one JSON line for each message to FILE, on its way to the disk before the 250.
"""

import argparse
import base64
import json
import os
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from io import BufferedReader
from pathlib import Path
from types import TracebackType
from typing import Self

DROP = "drop"
"""Close the connection instead of answering; nothing is recorded."""

RECORD_AND_DROP = "record and drop"
"""At DOT: take the message, then close the connection instead of answering."""

HANG = "hang"
"""Say nothing until the server is stopped."""

USUAL = ""
"""The usual answer, in a sequence."""

LATE = "late "
"""Before a reply: it comes LATE_SECONDS later."""

LATE_SECONDS = 0.6

DEAF = "deaf"
"""Answer as usual, but lose whatever was written before the answer: a server that cannot pipeline."""

Reply = str | Sequence[str]
"""A reply line or one of the words above, for ever; or some of them for the first times, in order."""

STEPS = (
    "GREETING",
    "EHLO",
    "HELO",
    "STARTTLS",
    "AUTH",
    "MAIL",
    "RCPT",
    "DATA",
    "EAGER",
    "BODY",
    "DOT",
    "RSET",
    "QUIT",
)
"""
Where a script can step in: the verbs, the greeting, the middle of the body and the final dot. EAGER is the
answer to DATA where every recipient was refused.
"""

EXTENSIONS = ("8BITMIME", "SMTPUTF8", "PIPELINING", "ENHANCEDSTATUSCODES", "SIZE 33554432")


@dataclass(frozen=True, slots=True)
class Received:
    """One message the server took: `data` is without dot-stuffing, `connection` counts from 1."""

    sender: str
    recipient: str
    data: bytes
    options: str
    connection: int
    tls: bool
    user: str

    @property
    def message_id(self) -> str:
        """Return the Message-ID header."""
        return str(message_from_bytes(self.data)["Message-ID"])


class _Dropped(Exception):
    """The script closes this connection."""


class SmtpServer:
    """
    Listens on a port of this machine.

    `script` maps a step (`MAIL`), or a step and a recipient (`DOT bob@example.org`), to what happens there
    instead of the usual answer. `context` offers STARTTLS, or with `implicit_tls` TLS from the first byte.
    `login` is the (user, password) that must be given before MAIL. `on_message` sees each message before the
    250 is written.
    """

    def __init__(
        self,
        script: Mapping[str, Reply] | None = None,
        *,
        port: int = 0,
        extensions: Sequence[str] = EXTENSIONS,
        context: ssl.SSLContext | None = None,
        implicit_tls: bool = False,
        login: tuple[str, str] | None = None,
        on_message: Callable[[Received], None] | None = None,
    ) -> None:
        self.script = Script(script or {})
        self.extensions = tuple(extensions)
        self.context = context
        self.implicit_tls = implicit_tls
        self.login = login
        self.on_message = on_message
        self.messages: list[Received] = []
        self.commands: list[str] = []
        self.connections = 0
        self.stopped = threading.Event()
        self.hangs = threading.Event()
        self._wanted_port = port
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Return the transport URL of this server."""
        return f"{'smtps' if self.implicit_tls else 'smtp'}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listen and serve in the background."""
        self._listener = socket.create_server(("127.0.0.1", self._wanted_port))
        self.port = self._listener.getsockname()[1]
        self._start_thread(self._accept)

    def stop(self) -> None:
        """Stop listening and cut every connection."""
        self.stopped.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop_connections()
        for thread in self._threads:
            thread.join(timeout=5)

    def drop_connections(self) -> None:
        """Cut every open connection, as a relay does with idle ones."""
        with self._lock:
            open_now = list(self._open)
        for connection in open_now:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def record(self, message: Received) -> None:
        """Keep a message; runs before the 250."""
        with self._lock:
            self.messages.append(message)
        if self.on_message:
            self.on_message(message)

    def _start_thread(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            # Replies to pipelined commands leave one by one: each must not wait for the last one's ACK.
            with suppress(OSError):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self.connections += 1
                self._open.add(connection)
            self._start_thread(self._serve, connection, self.connections)

    def _serve(self, connection: socket.socket, number: int) -> None:
        session = _Session(self, connection, number)
        try:
            session.run()
        except (_Dropped, OSError, ValueError):
            pass
        finally:
            with self._lock:
                self._open.discard(connection)
            session.close()


class Script:
    """What happens instead of the usual answers."""

    def __init__(self, replies: Mapping[str, Reply]) -> None:
        unknown = [key for key in replies if key.split()[0] not in STEPS]
        if unknown:
            raise ValueError(f"no such step: {unknown}")
        self._always = {key: reply for key, reply in replies.items() if isinstance(reply, str)}
        self._once = {key: list(reply) for key, reply in replies.items() if not isinstance(reply, str)}
        self._lock = threading.Lock()

    def take(self, step: str, recipient: str = "") -> str:
        """Return what to do at a step, or an empty string for the usual."""
        for key in (f"{step} {recipient}", step):
            with self._lock:
                if self._once.get(key):
                    return self._once[key].pop(0)
            if key in self._always:
                return self._always[key]
        return ""


@dataclass(slots=True)
class _Transaction:
    sender: str | None = None
    options: str = ""
    recipients: list[str] = field(default_factory=list)


class _Session:
    """One connection."""

    def __init__(self, server: SmtpServer, connection: socket.socket, number: int) -> None:
        self.server = server
        self.connection = connection
        self.number = number
        self.user = ""
        self.tls = False
        self.transaction = _Transaction()
        self.reader: BufferedReader = connection.makefile("rb")

    def close(self) -> None:
        for closable in (self.reader, self.connection):
            with suppress(OSError):
                closable.close()

    def run(self) -> None:
        if self.server.implicit_tls:
            self._wrap()
        self.answer("GREETING", "220 sink.example ESMTP")
        while line := self.reader.readline():
            command = line.decode("utf-8", "replace").rstrip("\r\n")
            self.server.commands.append(command)
            verb = command.split(" ")[0].upper()
            handler = getattr(self, f"do_{verb.lower()}", None)
            if handler is None:
                self.write("502 5.5.2 no such command")
            else:
                handler(command)

    def write(self, reply: str) -> None:
        self.connection.sendall(reply.encode() + b"\r\n")

    def act(self, scripted: str) -> None:
        """Do what the script says."""
        if scripted == DROP:
            raise _Dropped
        if scripted == HANG:
            self.server.hangs.set()
            self.server.stopped.wait()
            raise _Dropped
        if scripted.startswith(LATE):
            self.server.stopped.wait(LATE_SECONDS)
            scripted = scripted.removeprefix(LATE)
        self.write(scripted)
        if scripted.startswith("421"):
            raise _Dropped

    def answer(self, step: str, usual: str, recipient: str = "") -> bool:
        """Write the scripted or the usual reply; true for the usual."""
        scripted = self.server.script.take(step, recipient)
        if scripted == DEAF:
            self.lose_input()
        elif scripted:
            self.act(scripted)
            return False
        self.write(usual)
        return True

    def lose_input(self) -> None:
        """Throw away what has come in already."""
        self.connection.setblocking(False)
        with suppress(BlockingIOError):
            while self.reader.read1():
                pass
        self.connection.setblocking(True)

    def do_ehlo(self, _command: str) -> None:
        lines = ["sink.example", *self.server.extensions]
        if self.server.context and not self.tls:
            lines.append("STARTTLS")
        if self.server.login:
            lines.append("AUTH PLAIN LOGIN")
        usual = "\r\n".join([f"250-{line}" for line in lines[:-1]] + [f"250 {lines[-1]}"])
        self.answer("EHLO", usual)

    def do_helo(self, _command: str) -> None:
        self.answer("HELO", "250 sink.example")

    def do_starttls(self, _command: str) -> None:
        if self.server.context is None:
            self.write("502 5.5.1 no TLS here")
        elif self.answer("STARTTLS", "220 2.0.0 go ahead"):
            self._wrap()

    def _wrap(self) -> None:
        assert self.server.context is not None
        plain = self.connection
        self.reader.close()
        self.connection = self.server.context.wrap_socket(plain, server_side=True)
        with self.server._lock:
            self.server._open.discard(plain)
            self.server._open.add(self.connection)
        self.reader = self.connection.makefile("rb")
        self.tls = True

    def do_auth(self, command: str) -> None:
        _, mechanism, *initial = command.split(" ")
        ask = self._auth_plain if mechanism.upper() == "PLAIN" else self._auth_login
        given = ask(initial[0] if initial else "")
        if given == self.server.login:
            self.user = given[0]
            self.answer("AUTH", "235 2.7.0 welcome")
        else:
            self.answer("AUTH", "535 5.7.8 wrong user or password")

    def _auth_plain(self, initial: str) -> tuple[str, str]:
        _, user, password = base64.b64decode(initial or self._ask("")).decode().split("\0")
        return user, password

    def _auth_login(self, initial: str) -> tuple[str, str]:
        user = base64.b64decode(initial or self._ask("VXNlcm5hbWU6")).decode()
        return user, base64.b64decode(self._ask("UGFzc3dvcmQ6")).decode()

    def _ask(self, challenge: str) -> str:
        self.write(f"334 {challenge}")
        return self.reader.readline().decode().strip()

    def do_mail(self, command: str) -> None:
        if self.server.login and not self.user:
            self.write("530 5.7.0 log in first")
            return
        path, _, options = command[len("MAIL FROM:") :].partition(" ")
        if self.answer("MAIL", "250 2.1.0 fine"):
            self.transaction = _Transaction(path.strip("<>"), options)

    def do_rcpt(self, command: str) -> None:
        recipient = command[len("RCPT TO:") :].partition(" ")[0].strip("<>")
        if self.transaction.sender is None:
            self.write("503 5.5.1 MAIL first")
        elif self.answer("RCPT", "250 2.1.5 fine", recipient):
            self.transaction.recipients.append(recipient)

    def do_data(self, _command: str) -> None:
        if not self.transaction.recipients:
            self._without_recipient()
            return
        recipient = self.transaction.recipients[0]
        if self.answer("DATA", "354 go ahead", recipient):
            self._finish(self._read_body(recipient), recipient)

    def _without_recipient(self) -> None:
        """Refuse DATA, or with EAGER take a body for nobody."""
        eager = self.server.script.take("EAGER")
        self.write(eager or "503 5.5.1 RCPT first")
        if eager:
            self._read_body("")
            self.transaction = _Transaction()
            self.write("554 5.5.1 no valid recipients")

    def _read_body(self, recipient: str) -> bytes:
        lines = [self.reader.readline()]
        if scripted := self.server.script.take("BODY", recipient):
            self.act(scripted)
        while lines[-1] != b".\r\n":
            lines.append(self.reader.readline())
            if not lines[-1]:
                raise _Dropped
        return b"".join(line.removeprefix(b".") for line in lines[:-1])

    def _finish(self, data: bytes, recipient: str) -> None:
        transaction, self.transaction = self.transaction, _Transaction()
        scripted = self.server.script.take("DOT", recipient)
        taken = scripted.removeprefix(LATE).startswith("2")
        if not scripted or taken or scripted in {RECORD_AND_DROP, DEAF}:
            for one in transaction.recipients:
                self.server.record(
                    Received(
                        transaction.sender or "",
                        one,
                        data,
                        transaction.options,
                        self.number,
                        self.tls,
                        self.user,
                    )
                )
        if scripted == DEAF:
            self.lose_input()
            scripted = ""
        self.act(DROP if scripted == RECORD_AND_DROP else scripted or "250 2.0.0 taken")

    def do_rset(self, _command: str) -> None:
        self.transaction = _Transaction()
        self.answer("RSET", "250 2.0.0 fine")

    def do_noop(self, _command: str) -> None:
        self.write("250 2.0.0 fine")

    def do_quit(self, _command: str) -> None:
        self.answer("QUIT", "221 2.0.0 good bye")
        raise _Dropped


def log_to(path: Path) -> Callable[[Received], None]:
    """Return a recorder that writes one JSON line a message, in one write, so that a kill loses none."""
    log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def write(message: Received) -> None:
        line = {"to": message.recipient, "from": message.sender, "message_id": message.message_id}
        os.write(log, (json.dumps(line) + "\n").encode())

    return write


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(prog="tests.servers.smtp", description="A recording SMTP server.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--reply", action="append", default=[], metavar="STEP=REPLY")
    options = parser.parse_args(arguments)
    script = dict(reply.split("=", 1) for reply in options.reply)
    with SmtpServer(script, port=options.port, on_message=log_to(options.log)) as server:
        sys.stdout.write(f"listening {server.port}\n")
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            server.stopped.wait()


if __name__ == "__main__":
    main()
