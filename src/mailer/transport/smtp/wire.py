"""An open connection -> commands out, replies in."""

import select
import smtplib
import socket
import ssl
from collections import deque
from contextlib import suppress
from typing import NamedTuple

_LONGEST = 64 * 1024
"""Bytes a reply may have at the most, all its lines together."""


class Reply(NamedTuple):
    """What the relay says: `code` is -1 where it does not speak SMTP; `text` has a line end between lines."""

    code: int
    text: bytes


class Wire:
    """
    The socket of a connection that smtplib has opened.

    Any number of commands may be written before their replies are read. Raises OSError and
    SMTPServerDisconnected.
    """

    def __init__(self, client: smtplib.SMTP) -> None:
        assert client.sock is not None
        self._client = client
        self._socket = client.sock
        self._timeout = client.sock.gettimeout()
        self._unread = _early(client)
        self._lines: deque[bytes] = deque()
        self._poll = select.poll() if hasattr(select, "poll") else None
        if self._poll:
            self._poll.register(self._socket, select.POLLIN | select.POLLHUP | select.POLLERR)

    def write(self, data: bytes) -> None:
        """Write all of it."""
        self._socket.sendall(data)

    def read(self, timeout: float) -> Reply:
        """Return the next reply, waiting `timeout` seconds for each piece of it."""
        line = self._lines.popleft() if self._lines else self._line(timeout)
        text = line[4:].strip()
        while line[3:4] == b"-" and line[:3].isdigit():
            line = self._line(timeout)
            text += b"\n" + line[4:].strip()
        return Reply(int(line[:3]), text) if line[:3].isdigit() else Reply(-1, line.strip())

    def is_quiet(self) -> bool:
        """Return whether the connection stands and nothing unasked has come in on it."""
        if self._unread or self._lines:
            return False
        if isinstance(self._socket, ssl.SSLSocket):
            return _is_quiet_inside(self._socket)
        if self._poll:
            return not self._poll.poll(0)
        return not select.select([self._socket], [], [], 0)[0]

    def cut(self) -> None:
        """End the connection from any thread; whoever reads or writes on it finds out."""
        with suppress(OSError):
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the connection without a word."""
        self._client.close()

    def _line(self, timeout: float) -> bytes:
        while not self._lines:
            self._receive(timeout)
        return self._lines.popleft()

    def _receive(self, timeout: float) -> None:
        if timeout != self._timeout:
            self._socket.settimeout(timeout)
            self._timeout = timeout
        received = self._socket.recv(_LONGEST)
        if not received:
            raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
        self._unread += received
        *lines, rest = self._unread.split(b"\n")
        if len(rest) > _LONGEST or len(self._lines) > _LONGEST:
            raise smtplib.SMTPServerDisconnected("Reply too long")
        self._lines += lines
        self._unread = rest


def _early(client: smtplib.SMTP) -> bytes:
    """Return what the relay has said before it was asked."""
    assert client.sock is not None
    if client.file is None:
        return b""
    timeout = client.sock.gettimeout()
    client.sock.setblocking(False)
    try:
        return bytes(client.file.peek(1))
    except (BlockingIOError, ssl.SSLWantReadError):
        return b""
    finally:
        client.sock.settimeout(timeout)


def _is_quiet_inside(connection: ssl.SSLSocket) -> bool:
    """Tell the same for TLS, where bytes on the wire need not be words of the relay."""
    timeout = connection.gettimeout()
    connection.setblocking(False)
    try:
        connection.recv(1)
    except ssl.SSLWantReadError:
        return True
    except OSError:
        return False
    finally:
        connection.settimeout(timeout)
    return False
