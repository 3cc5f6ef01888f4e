"""What every transport does, done over every provider."""

from collections.abc import Iterator

import pytest
from tests.servers.http import HttpServer
from tests.transport.esp.calls import SCHEMES, takes_all, transport_to
from tests.transport.esp.dialects import messages_in
from tests.transport.spec import Handed, TransportSpec

from mailer.transport.base import Transport


class TestProviders(TransportSpec):
    @pytest.fixture(params=SCHEMES)
    def scheme(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    @pytest.fixture
    def server(self, scheme: str) -> Iterator[HttpServer]:
        with HttpServer(takes_all(scheme)) as server:
            yield server

    @pytest.fixture
    def transport(self, scheme: str, server: HttpServer) -> Iterator[Transport]:
        transport = transport_to(scheme, server.url)
        yield transport
        transport.close()

    @pytest.fixture
    def handed(self, scheme: str, server: HttpServer) -> Handed:
        """Put the message together again: an API takes its parts."""

        def read() -> list[bytes]:
            found = []
            for seen in messages_in(scheme, server.requests):
                message_id = seen.headers.get("message-id", f"<{seen.subject}@example.com>")
                text = seen.text.replace("\n", "\r\n")
                found.append(f"Message-ID: {message_id}\r\nSubject: {seen.subject}\r\n\r\n{text}".encode())
            return found

        return read
