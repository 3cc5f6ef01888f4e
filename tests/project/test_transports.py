"""What a named transport brings along besides its connection."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.message.dkim_keys import dkimpy_accepts, new_key, pem_of
from tests.message.given import DATE, built

from mailer.config import load_config
from mailer.errors import ConfigError
from mailer.project.transports import PacedTransport, find_transport
from mailer.transport.base import Transport
from mailer.transport.registry import open_transport

TOML = """
[newsletter]
name = "Field Notes"
from = "Field Notes <news@example.com>"
[transports]
plain = "memory:"
[transports.relay]
url = "memory:"
dkim = { domain = "example.com", selector = "autumn", key = { file = "dkim.pem" } }
"""


def find(folder: Path, name: str) -> PacedTransport:
    (folder / "mailer.toml").write_text(TOML)
    return find_transport(name, load_config(folder / "mailer.toml", environment={}))


def test_a_transport_signs_where_it_is_told_to(tmp_path: Path) -> None:
    (tmp_path / "dkim.pem").write_text(pem_of(new_key()))
    signer = find(tmp_path, "relay").signer

    assert signer
    assert dkimpy_accepts(signer(built().data, DATE))


def test_a_transport_does_not_sign_else_and_needs_no_key(tmp_path: Path) -> None:
    assert find(tmp_path, "plain").signer is None


def test_a_fault_of_the_key_is_found_before_anything_is_sent(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"dkim\.pem cannot be read"):
        find(tmp_path, "relay")
    (tmp_path / "dkim.pem").write_text("nothing")
    with pytest.raises(ConfigError, match=r"dkim\.pem holds no private key"):
        find(tmp_path, "relay")


LIMITS = """
[newsletter]
name = "Field Notes"
from = "Field Notes <news@example.com>"
[sending]
rate = "7/s"
[transports]
plain = "smtp://relay.example.com"
url = "smtp://relay.example.com?rate=5/s,900/hour"
beside = { url = "smtp://relay.example.com?rate=5/s", rate = ["3/s", "100/m, 2000/d"] }
"""


@pytest.mark.parametrize(
    ("name", "rate", "batch", "longest"),
    [
        ("plain", "", 7, 1.0),
        ("url", "", 5, 3600.0),
        ("beside", "", 3, 86400.0),
        ("beside", "2/s, 50/m", 2, 60.0),
    ],
)
def test_the_rates_of_a_flag_win_over_the_transports_and_those_over_the_usual(
    tmp_path: Path, name: str, rate: str, batch: int, longest: float
) -> None:
    (tmp_path / "mailer.toml").write_text(LIMITS)
    limiter = find_transport(name, load_config(tmp_path / "mailer.toml", environment={}), rate=rate).limiter
    assert limiter
    assert (limiter.batch, limiter.longest) == (batch, longest)


RELAY = "smtp://news@relay.example.com:587"
BY_URL = f"""
[newsletter]
name = "Field Notes"
from = "Field Notes <news@example.com>"
[transports.relay]
url = "{RELAY}?rate=3/s"
password = {{ env = "RELAY_PASSWORD" }}
connections = 2
dkim = {{ domain = "example.com", selector = "autumn", key = {{ file = "dkim.pem" }} }}
"""


@pytest.mark.parametrize(
    ("options", "batch", "connections"), [("", 3, 2), ("?timeout=9", 3, 2), ("?rate=7/s&connections=5", 7, 5)]
)
def test_a_url_brings_along_what_stands_beside_it_in_mailer_toml(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: str, batch: int, connections: int
) -> None:
    (tmp_path / "dkim.pem").write_text(pem_of(new_key()))
    (tmp_path / "mailer.toml").write_text(BY_URL)
    monkeypatch.setenv("RELAY_PASSWORD", "sesame")
    asked: list[str | None] = []

    def opened(url: str, *, secret: Callable[[], str | None], base: Path) -> Transport:
        asked.append(secret())
        return open_transport(url, secret=secret, base=base)

    monkeypatch.setattr("mailer.project.transports.open_transport", opened)
    found = find_transport(f"{RELAY}{options}", load_config(tmp_path / "mailer.toml", environment={}))

    assert found.signer
    assert dkimpy_accepts(found.signer(built().data, DATE))
    assert asked == ["sesame"] * connections
    assert found.limiter
    assert found.limiter.batch == batch


def test_a_url_of_several_names_is_refused_where_they_sign_otherwise(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="memory: under several names") as refused:
        find(tmp_path, "memory:")
    assert refused.value.hint == "say which one is meant: --transport plain, --transport relay"


def test_a_url_that_no_name_has_stands_for_itself(tmp_path: Path) -> None:
    assert find(tmp_path, "file:outbox").signer is None
