"""
A web server that records what it is asked, and answers by script.

    with WebServer({"/owl.png": 404}) as server:
        ...  # ask for server.url + "/owl.png"
        assert server.asked == ["HEAD /owl.png"]
"""

import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

Script = Mapping[str, int | str | Callable[[str], int]]
"""
Path -> a status; an address or a path to be led on to; or what gives a status for a method.

HANG says nothing until the server is stopped, BABBLE speaks no HTTP. Any other path is 200.
"""

HANG = -1
BABBLE = -2


class WebServer:
    """Listens on 127.0.0.1 while it is entered; `kind` is the media type of all it has."""

    def __init__(self, script: Script | None = None, *, kind: str = "image/png") -> None:
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self._stopped = threading.Event()
        handler = _handler(self, script or {}, kind)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.port = int(self._server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()

    def wait_until_stopped(self) -> None:
        self._stopped.wait(60)


def _handler(server: WebServer, script: Script, kind: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            server.asked.append(f"{self.command} {self.path}")
            server.headers.append(dict(self.headers))
            told = script.get(self.path, 200)
            self._answer(told(self.command) if callable(told) else told)

        do_GET = do_HEAD  # noqa: N815 - as the library calls it

        def _answer(self, told: int | str) -> None:
            if told == HANG:
                server.wait_until_stopped()
            elif told == BABBLE:
                self.wfile.write(b"220 mail.example.com ESMTP\r\n")
            else:
                status, header = (
                    (302, ("Location", told)) if isinstance(told, str) else (told, ("Content-Type", kind))
                )
                self.send_response(status)
                self.send_header(*header)
                self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as in the library
            """Write nothing."""

    return Handler
