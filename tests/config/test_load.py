from collections.abc import Callable
from pathlib import Path

import pytest

from mailer.config import Config, load_config
from mailer.config.secret import Secret
from mailer.errors import AuthError, ConfigError
from mailer.sending.pace import Rate

MINIMAL = '[newsletter]\nname = "Field Notes"\nfrom = "Field Notes <news@example.com>"\n'

Load = Callable[..., Config]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    monkeypatch.chdir(tmp_path)

    def write_and_load(text: str | bytes, **environment: str) -> Config:
        path = tmp_path / "mailer.toml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return load_config(path, environment=environment)

    return write_and_load


def test_name_and_from_are_enough(load: Load) -> None:
    config = load(MINIMAL)
    assert config.newsletter.sender == "Field Notes <news@example.com>"
    assert config.ledger == "sqlite:.mailer/ledger.sqlite3"
    assert config.sending.refused_ok == 0.02
    assert config.sending.rate is None
    assert config.issue_folders == ("issues",)


def test_lists_and_transports_take_their_short_and_long_forms(load: Load) -> None:
    config = load(
        MINIMAL
        + """
[lists]
staff = "staff.csv"
clients = { file = "recipients.csv", where = "segment == 'client'" }
everyone = ["clients", "staff"]
[transports]
default = "file:outbox"
relay = { url = "smtp://news@smtp.example.com:587", password = { env = "SMTP_PASSWORD" }, rate = "10/s" }
"""
    )
    assert config.lists["clients"].where == "segment == 'client'"
    assert config.lists["everyone"].members == ("clients", "staff")
    assert config.transports["default"].url == "file:outbox"
    assert config.transports["relay"].password == Secret("env", "SMTP_PASSWORD")


def test_addresses_of_the_web_are_put_into_ascii(load: Load) -> None:
    newsletter = load(
        MINIMAL
        + 'unsubscribe_url = "https://news.Bücher.example:8443/für-dich"\n'
        + 'view_url = "https://example.com/größe/{slug}/?a=b%20c"\n'
    ).newsletter
    assert newsletter.unsubscribe_url == "https://news.xn--bcher-kva.example:8443/f%C3%BCr-dich"
    assert newsletter.view_url == "https://example.com/gr%C3%B6%C3%9Fe/{slug}/?a=b%20c"


def test_environment_wins_over_the_file(load: Load) -> None:
    config = load(MINIMAL + "[sending]\nconnections = 2\n", MAILER_SENDING_CONNECTIONS="9")
    assert config.sending.connections == 9
    (origin,) = [one for one in config.origins if one.key == "sending.connections"]
    assert (origin.value, origin.source) == ("9", "MAILER_SENDING_CONNECTIONS")


@pytest.mark.parametrize(
    ("written", "expected"),
    [('"2 MB"', 2_000_000), ('"1.5MB"', 1_500_000), ('"500 kB"', 500_000), ("70", 70)],
)
def test_a_size_is_in_bytes(load: Load, written: str, expected: int) -> None:
    assert load(MINIMAL + f"[images]\ncarry_limit = {written}\n").carry_limit == expected


def test_yes_and_no_are_shown_as_they_are_written(load: Load) -> None:
    for text, expected in ((MINIMAL, "true"), (MINIMAL + "[images]\nask = false\n", "false")):
        config = load(text)
        assert [one.value for one in config.origins if one.key == "images.ask"] == [expected]
        assert config.ask_images == (expected == "true")
    assert not load(MINIMAL, MAILER_IMAGES_ASK="false").ask_images


def test_every_fault_is_listed_with_its_line_and_the_nearest_key(load: Load) -> None:
    with pytest.raises(ConfigError) as caught:
        load(
            """\
ledgr = "x"
[newsletter]
nme = "Field Notes"
from = "nobody"
[sending]
connections = "many"
refused_ok = 3
[lists]
everyone = ["ghosts"]
"""
        )
    told = str(caught.value)
    assert "mailer.toml:1: ledgr: unknown setting (did you mean 'ledger'?)" in told
    assert "mailer.toml:3: newsletter.nme: unknown setting (did you mean 'name'?)" in told
    assert "newsletter.name: missing" in told
    assert "mailer.toml:4: newsletter.from: " in told
    assert "mailer.toml:6: sending.connections: expected a whole number" in told
    assert "mailer.toml:7: sending.refused_ok: expected a share" in told
    assert "mailer.toml:9: lists.everyone: no list 'ghosts'" in told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("newsletter = 1\n", "newsletter: expected a table [newsletter]"),
        ('[newsletter]\nname = "a\n', "mailer.toml:2:10: this is not TOML"),
        (b'[newsletter]\nname = "\xff"\n', "not UTF-8 (byte 21)"),
        (MINIMAL + 'url = "example.com"\n', "newsletter.url: expected an address like https://example.com"),
        (
            MINIMAL + 'view_url = "https://example.com/{name}"\n',
            "newsletter.view_url: expected {slug} and no other",
        ),
        (
            MINIMAL + 'unsubscribe_url = "http://example.com"\n',
            "newsletter.unsubscribe_url: expected https://",
        ),
        (MINIMAL + 'lang = "english!"\n', "newsletter.lang: expected a language tag"),
        (MINIMAL + "[sending]\nconnections = 0\n", "a whole number of 1 or more, got 0"),
        (MINIMAL + '[images]\ncarry_limit = "2 GB"\n', 'a size such as "2 MB" or "500 kB", got \'2 GB\''),
        (MINIMAL + '[images]\nask = "no"\n', "images.ask: expected true or false, got 'no'"),
        (MINIMAL + 'timezone = "Mars/Base"\n', "no time zone 'Mars/Base'"),
        (
            MINIMAL + '[transports]\nx = { url = "memory:", password = "S3CR3T" }\n',
            "a password stands in no file",
        ),
        (MINIMAL + '[checks]\n"A11Y-07" = "loud"\n', "checks.A11Y-07: expected error, warning, info or off"),
    ],
)
def test_bad_value_is_told(load: Load, text: str, expected: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(text)
    assert expected in str(caught.value)
    assert "S3CR3T" not in str(caught.value)


def test_password_is_read_from_the_environment_only_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = Secret("env", "SMTP_PASSWORD")
    monkeypatch.delenv("SMTP_PASSWORD", raising=False)
    with pytest.raises(AuthError, match="SMTP_PASSWORD is not set"):
        secret.read()
    monkeypatch.setenv("SMTP_PASSWORD", "S3CR3T")
    assert secret.read() == "S3CR3T"
    assert "S3CR3T" not in repr(secret)


def test_rates_are_one_text_or_several_and_domains_have_their_own(load: Load) -> None:
    sending = load(
        MINIMAL
        + """
[sending]
rate = ["10/s", "5000/h, 50000/day"]
[sending.domains]
"Gmail.com" = "20/s"
"bücher.example" = "100/m, 2000/h"
"*" = "5/s"
"""
    ).sending
    assert sending.rate == (Rate(10, 1.0), Rate(5000, 3600.0), Rate(50000, 86400.0))
    assert sending.domains == {
        "gmail.com": (Rate(20, 1.0),),
        "xn--bcher-kva.example": (Rate(100, 60.0), Rate(2000, 3600.0)),
        "*": (Rate(5, 1.0),),
    }


def test_rates_come_from_the_environment_too(load: Load) -> None:
    assert load(MINIMAL, MAILER_SENDING_RATE="2/s,9/m").sending.rate == (Rate(2, 1.0), Rate(9, 60.0))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[sending]\nrate = ["10/s", 5]\n', "mailer.toml:5: sending.rate: expected a list of texts"),
        ('[sending.domains]\n"gmail.com" = "fast"\n', "5: sending.domains.gmail.com: 'fast' is not a rate"),
        (
            '[sending.domains]\n"no domain" = "1/s"\n',
            "5: sending.domains.no domain: 'no domain' is no domain",
        ),
        ("[sending]\ndomains = 5\n", "sending.domains: expected a table [sending.domains]"),
        ("[sending]\ndomain = 5\n", "sending.domain: unknown setting"),
    ],
)
def test_a_bad_limit_is_told_with_its_line(load: Load, text: str, expected: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(MINIMAL + text)
    assert expected in str(caught.value)
