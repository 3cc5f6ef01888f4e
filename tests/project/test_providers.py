"""What a provider's transport brings along: how fast messages leave, and that nobody signs them here."""

from pathlib import Path

import pytest

from mailer.config import load_config
from mailer.errors import ConfigError
from mailer.project.transports import find_transport
from mailer.sending.pace import parse_rates
from mailer.transport.esp.providers import RESEND

TOML = """
[newsletter]
name = "Field Notes"
from = "Field Notes <news@example.com>"
[transports]
plain = "resend://"
local = "resend://?api=http://127.0.0.1:8025/"
other = { url = "postmark://", rate = "7/s" }
"""
SENDING = '[sending]\nrate = "3/s"\n'


def batch(folder: Path, name: str, *, flag: str = "", sending: str = "") -> int | None:
    """Return how many messages may leave at once, which is the rate's own figure."""
    (folder / "mailer.toml").write_text(TOML + sending)
    found = find_transport(name, load_config(folder / "mailer.toml", environment={}), rate=flag)
    return found.limiter.batch if found.limiter else None


def test_without_any_rate_it_is_the_providers_own(tmp_path: Path) -> None:
    [own] = parse_rates(RESEND.rate)
    assert batch(tmp_path, "plain") == own.count


@pytest.mark.parametrize(("name", "expected"), [("plain", 3), ("other", 7)])
def test_a_rate_of_ones_own_wins(tmp_path: Path, name: str, expected: int) -> None:
    assert batch(tmp_path, name, sending=SENDING) == expected
    assert batch(tmp_path, name, flag="1/s", sending=SENDING) == 1


def test_where_the_provider_publishes_none_it_is_the_usual_one(tmp_path: Path) -> None:
    assert batch(tmp_path, "mailgun://mg.example.com") == 10


def test_on_this_machine_there_is_no_limit(tmp_path: Path) -> None:
    assert batch(tmp_path, "local") is None


def test_a_signature_that_would_not_hold_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    dkim = 'dkim = { domain = "example.com", selector = "a", key = { file = "dkim.pem" } }\n'
    signed = f'[transports.signed]\nurl = "resend://"\n{dkim}'
    with pytest.raises(ConfigError, match="signature") as found:
        batch(tmp_path, "signed", sending=signed)
    assert "take dkim out" in found.value.hint
