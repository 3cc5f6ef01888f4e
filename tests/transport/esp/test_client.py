"""Requests over a real connection: what is known of a request that got no answer."""

import gzip
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.servers.certificate import self_signed
from tests.servers.http import Answer, Fault, HttpServer, Recorded, Reply

from mailer.transport.esp import client as module
from mailer.transport.esp.client import Client
from mailer.transport.esp.exchange import Reply as Heard
from mailer.transport.esp.exchange import Request, Silence

LARGE = b"x" * 8 * 1024 * 1024
"""More than the connection takes while nobody reads at the other end."""


def well(_request: Recorded) -> Reply:
    return Answer(200, {"ok": True}, {"X-Told": "yes"})


@pytest.fixture
def client() -> Iterator[Client]:
    client = Client(timeout=0.5, loopback=True)
    yield client
    client.close()


def post(url: str, body: bytes = b"body") -> Request:
    return Request("POST", url, {"X-Key": "k"}, body)


def test_an_answer_comes_whole_and_the_connection_is_kept(client: Client) -> None:
    with HttpServer(well) as server:
        heard = [client.ask(post(server.url)) for _ in range(3)]
        client.close()
    for one in heard:
        assert isinstance(one, Heard)
        assert (one.status, one.document, one.headers["x-told"]) == (200, {"ok": True}, "yes")
    assert [one.body for one in server.requests] == [b"body"] * 3
    assert server.connections == 1


def test_a_connection_that_idled_is_not_trusted(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_IDLE", -1.0)
    with HttpServer(well) as server:
        assert all(isinstance(client.ask(post(server.url)), Heard) for _ in range(2))
        client.close()
    assert server.connections == 2


def test_where_nobody_listens_nothing_has_begun(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert client.ask(post(f"http://127.0.0.1:{port}/")) == Silence("cannot be reached", begun=False)


@pytest.mark.parametrize(
    ("fault", "silence"),
    [
        (Fault.HANG, Silence("no answer in time", begun=True, timeout=True)),
        (Fault.DROP, Silence("the connection was lost", begun=True)),
    ],
)
def test_a_request_that_went_out_may_have_arrived(client: Client, fault: Fault, silence: Silence) -> None:
    with HttpServer(lambda _: fault) as server:
        assert client.ask(post(server.url)) == silence
        assert isinstance(
            client.ask(post(server.url)), Silence
        )  # and the next one has a connection of its own
    assert server.connections == 2


@pytest.mark.parametrize("fault", [Fault.HANG, Fault.DROP])
def test_a_body_that_was_not_written_to_its_end_cannot_have_arrived(client: Client, fault: Fault) -> None:
    with HttpServer(well) as server:
        server.unread = fault
        silence = client.ask(post(server.url, LARGE))
    assert isinstance(silence, Silence)
    assert not silence.begun


def test_an_early_answer_to_a_large_body_is_heard(client: Client) -> None:
    with HttpServer(lambda _: Answer(413, b"too large")) as server:
        heard = client.ask(post(server.url, LARGE))
    assert isinstance(heard, Heard)
    assert heard.status == 413
    assert len(server.requests) == 1


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_without_end_is_cut_off_and_its_connection_let_go(
    client: Client, monkeypatch: pytest.MonkeyPatch, packed: bool
) -> None:
    monkeypatch.setattr(module, "_LONGEST", 1000)
    body = gzip.compress(b"x" * 9_000_000) if packed else b"x" * 9_000_000
    long = Answer(200, body, {"Content-Encoding": "gzip"} if packed else {})
    with HttpServer(lambda _: long) as server:
        for _ in range(2):
            heard = client.ask(post(server.url))
            assert isinstance(heard, Heard)
            assert heard.body == b"x" * 1000
        client.close()
    assert server.connections == 2


def test_an_answer_that_trickles_is_not_waited_for(client: Client) -> None:
    with HttpServer(lambda _: Fault.TRICKLE) as server:
        assert client.ask(post(server.url)) == Silence("no answer in time", begun=True, timeout=True)


def test_an_answer_that_breaks_off_may_be_of_a_message_that_was_taken(client: Client) -> None:
    cut = Answer(200, {"ok": True}, {"Content-Encoding": "gzip"})
    with HttpServer(lambda _: cut) as server:
        assert client.ask(post(server.url)) == Silence("the connection was lost", begun=True)


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_a_variable_that_names_no_certificates_is_named(
    client: Client, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv(variable, "nowhere.pem")
    silence = client.ask(post("https://127.0.0.1:9/"))
    assert silence == Silence(f"no safe connection: {variable} names no file", begun=False)


@pytest.mark.parametrize("speaks_tls", [True, False])
def test_a_certificate_that_nobody_vouches_for_is_no_connection(
    client: Client, tmp_path: Path, speaks_tls: bool
) -> None:
    context = self_signed(tmp_path).context() if speaks_tls else None
    with HttpServer(well, context=context) as server:
        silence = client.ask(post(server.url.replace("http:", "https:")))
    assert silence == Silence("no safe connection", begun=False)
    assert not server.requests


@pytest.mark.parametrize(("host", "safe"), [("127.0.0.1", True), ("api.example.com", False)])
def test_a_certificate_that_the_environment_vouches_for_has_to_be_of_that_host(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, safe: bool
) -> None:
    certificate = self_signed(tmp_path, host)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    with HttpServer(well, context=certificate.context()) as server:
        heard = client.ask(post(server.url))
    assert isinstance(heard, Heard) if safe else heard == Silence("no safe connection", begun=False)
    assert len(server.requests) == int(safe)


def test_a_proxy_of_the_environment_is_used_but_not_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with HttpServer(well) as server:
        for name in ("http_proxy", "HTTP_PROXY"):
            monkeypatch.setenv(name, server.url)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        away = Client(timeout=5, loopback=False)
        assert isinstance(away.ask(post("http://api.example.com/send")), Heard)
        near = Client(timeout=5, loopback=True)
        assert isinstance(near.ask(post(f"{server.url}near")), Heard)
        away.close()
        near.close()
    assert [one.path for one in server.requests] == ["http://api.example.com/send", "/near"]
