"""A scripted HTTP server on this machine: it records requests and answers, or misbehaves, as it is told."""

import json
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR
from ssl import SSLContext
from typing import Any, Self
from urllib.parse import parse_qs


@dataclass(frozen=True, slots=True)
class Recorded:
    """A request as it came in; the names in `headers` are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode(), strict_parsing=True).items()}


class Fault(Enum):
    """What a server does instead of answering."""

    HANG = "say nothing until the server ends"
    DROP = "close the connection"
    TRICKLE = "begin an answer, and go on a byte at a time"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says; a `body` that is no bytes and no text goes out as JSON."""

    status: int = 200
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        if isinstance(self.body, bytes | str):
            return self.body.encode() if isinstance(self.body, str) else self.body
        return json.dumps(self.body).encode()

    def all_headers(self) -> dict[str, str]:
        kind = "text/html" if isinstance(self.body, bytes | str) else "application/json"
        return {"Content-Type": kind, **self.headers}


Reply = Answer | Fault
Respond = Callable[[Recorded], Reply]


class HttpServer:
    """
    Answers each request by `respond`; with `unread` it does that before it has read a body. With a `context`
    it speaks TLS.

    `requests` are all that came in, also those it did not answer; `connections` is how many were made.
    """

    def __init__(self, respond: Respond, *, context: SSLContext | None = None) -> None:
        self.respond = respond
        self.unread: Fault | None = None
        self.requests: list[Recorded] = []
        self.connections = 0
        self._over = threading.Event()
        self._open: set[Any] = set()
        self._server = _Server(self)
        self._scheme = "https" if context else "http"
        if context:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        for connection in [*self._open]:
            with suppress(OSError):
                connection.shutdown(SHUT_RDWR)
        self._server.server_close()
        self._thread.join()

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        """Read one request, record it, and answer."""
        length = int(handler.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        unread = self.unread if length else None
        data = b"" if unread else handler.rfile.read(length)
        request = Recorded(handler.command, handler.path, headers, data)
        self.requests.append(request)
        reply = unread or self.respond(request)
        if isinstance(reply, Answer):
            _write(handler, reply)
        else:
            self._misbehave(handler, reply)

    def _misbehave(self, handler: BaseHTTPRequestHandler, fault: Fault) -> None:
        if fault is Fault.HANG:
            self._over.wait(60)
        if fault is Fault.TRICKLE:
            self._trickle(handler)
        handler.close_connection = True
        with suppress(OSError):
            handler.connection.shutdown(SHUT_RDWR)

    def _trickle(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        with suppress(OSError):
            while not self._over.wait(0.05):
                handler.wfile.write(b" ")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = True

    def __init__(self, owner: HttpServer) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that give up are what is tested."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.owner.connections += 1
        self.server.owner._open.add(self.connection)

    def finish(self) -> None:
        self.server.owner._open.discard(self.connection)
        with suppress(OSError):
            super().finish()

    def do_POST(self) -> None:
        self.server.owner.handle(self)

    do_GET = do_POST  # noqa: N815 - named by its base class

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named by its base class
        """Keep quiet."""


def _write(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    data = answer.to_bytes()
    handler.send_response(answer.status)
    for name, value in answer.all_headers().items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    with suppress(OSError):
        handler.wfile.write(data)
