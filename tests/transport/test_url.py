import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.errors import ConfigError
from mailer.transport import registry
from mailer.transport.memory import MemoryTransport, create
from mailer.transport.registry import SCHEMES, open_transport, read_transport_url
from mailer.transport.smtp.relay import relay_of


def test_every_part_of_an_smtp_url_is_read() -> None:
    address = read_transport_url("smtp://news@smtp.example.com:2587?connections=2&rate=5/s&timeout=30")
    assert (address.scheme, address.host, address.port, address.user) == (
        "smtp",
        "smtp.example.com",
        2587,
        "news",
    )
    assert (address.connections, address.rate, address.timeout) == (2, "5/s", 30.0)
    assert not address.loopback


def test_user_may_be_an_address() -> None:
    assert read_transport_url("smtp://news@example.com@smtp.example.com").user == "news@example.com"
    assert read_transport_url("smtp://news%40example.com@smtp.example.com").user == "news@example.com"


@pytest.mark.parametrize(
    ("url", "port", "starttls", "implicit"),
    [
        ("smtp://smtp.example.com", 587, True, False),
        ("smtp://127.0.0.1", 25, False, False),
        ("smtp://localhost:2525", 2525, False, False),
        ("smtp://[::1]", 25, False, False),
        ("smtp://127.0.0.1?tls=required", 25, True, False),
        ("smtps://smtp.example.com", 465, False, True),
        ("smtps://127.0.0.1", 465, False, True),
    ],
)
def test_tls_is_required_off_this_machine(url: str, port: int, starttls: bool, implicit: bool) -> None:
    relay = relay_of(read_transport_url(url), Path())
    assert (relay.port, relay.starttls, relay.implicit_tls) == (port, starttls, implicit)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("smpt://host", "no transport is called smpt: (did you mean 'smtp'?)"),
        ("outbox", "name from [transports]"),
        ("C:\\outbox", "name from [transports]"),
        ("", "name from [transports]"),
        ("smtp://host?conections=2", "conections (did you mean 'connections'?)"),
        ("smtp://host?password=hunter2", "password"),
        ("smtp://host:0", "the port"),
        ("smtp://host:99999", "the port"),
        ("smtp://host:x", "the port"),
        ("smtp://", "names a host"),
        ("smtp:host", "names a host"),
        ("smtp://host/path", "names a host"),
        ("smtp://host?connections=0", "connections"),
        ("smtp://host?rate=fast", "rate"),
        ("smtp://host?rate=10/s,fast", "rate"),
        ("smtp://host?timeout=soon", "timeout"),
        ("smtp://host?wait=soon", "wait"),
        ("smtp://host?tls=never", "loopback"),
        ("smtp://host?tls=maybe", "tls"),
        ("file:out?tls=never", "tls"),
        ("memory:?batch=none", "batch"),
    ],
)
def test_bad_url_is_refused_with_a_way_out(url: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        open_transport(url)
    assert said in str(refused.value)
    assert "hunter2" not in str(refused.value) + refused.value.hint


@pytest.mark.parametrize(
    "url",
    [
        "smtp://news:S3CR3T-canary@host",
        "smtp://news:S3CR3T-canary@host:587?timeout=3",
        "smtp://:S3CR3T-canary@host",
        "smtp://news:S3CR3T/canary@host",
        "smtp://news:S3CR3T#canary@host",
        "smtp://news:S3CR3T?canary=1@host",
        "smtp://news@example.com:S3CR3T-canary@host",
        "smtps://news:S3CR3T%2Dcanary@host:x",
    ],
)
def test_password_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(ConfigError, match="a password stands in the transport URL") as refused:
        open_transport(url)
    assert "S3CR3T" not in str(refused.value) + refused.value.hint


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_config_error(text: str) -> None:
    for url in (text, f"smtp://{text}", f"file:{text}"):
        try:
            read_transport_url(url)
        except ConfigError:
            continue


def test_others_add_a_scheme_by_an_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("pigeon", f"{create.__module__}:create", registry.ENTRY_POINTS)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda *, group: [point])
    assert isinstance(open_transport("pigeon:?rate=1/h"), MemoryTransport)
    with pytest.raises(ConfigError, match="did you mean 'pigeon'"):
        open_transport("pigeons:")


def test_a_scheme_is_loaded_only_when_used() -> None:
    assert all(":" in scheme.factory for scheme in SCHEMES.values())
    assert "mailer.transport.smtp.transport" not in vars(registry)
    assert "smtplib" not in vars(sys.modules["mailer.transport.registry"])
