"""`dkim` of a transport: who signs, and where the key is kept."""

from pathlib import Path

import pytest

from mailer.config import Config, load_config
from mailer.config.dkim import DkimConfig, KeyPlace
from mailer.errors import ConfigError

MINIMAL = '[newsletter]\nname = "Field Notes"\nfrom = "Field Notes <news@example.com>"\n[transports]\n'
SOUND = 'domain = "example.com", selector = "autumn-26", key = { file = "dkim.pem" }'


def load(folder: Path, dkim: str) -> Config:
    (folder / "mailer.toml").write_text(f'{MINIMAL}relay = {{ url = "smtp://127.0.0.1", dkim = {dkim} }}\n')
    return load_config(folder / "mailer.toml", environment={})


def test_a_transport_may_sign(tmp_path: Path) -> None:
    config = load(tmp_path, f"{{ {SOUND} }}")

    assert config.transports["relay"].dkim == DkimConfig(
        "example.com", "autumn-26", KeyPlace("file", "dkim.pem")
    )


def test_a_domain_is_written_as_in_dns(tmp_path: Path) -> None:
    dkim = load(tmp_path, '{ domain = "Bücher.example.com", selector = "s", key = { env = "K" } }')

    assert dkim.transports["relay"].dkim == DkimConfig("xn--bcher-kva.example.com", "s", KeyPlace("env", "K"))


@pytest.mark.parametrize(
    ("dkim", "fault"),
    [
        ('"example.com"', "expected { domain"),
        ("true", "expected { domain"),
        ('{ domain = "example.com" }', "expected { domain"),
        (f"{{ {SOUND}, l = 5 }}", "expected { domain"),
        (SOUND.replace("autumn-26", "a b").join("{}"), "no selector"),
        (SOUND.replace("autumn-26", "a; d=evil.test").join("{}"), "no selector"),
        (SOUND.replace("autumn-26", "").join("{}"), "no selector"),
        (SOUND.replace("example.com", "nodot").join("{}"), "no domain"),
        (SOUND.replace("example.com", "a@example.com").join("{}"), "no domain"),
        (SOUND.replace('"example.com"', "5").join("{}"), "expected a text"),
        (SOUND.replace("file", "keyring").join("{}"), "a key does not stand here"),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, dkim: str, fault: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, dkim)
    assert fault in str(caught.value)
    assert "mailer.toml:5: transports.relay.dkim" in str(caught.value)


def test_a_key_written_into_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="a key does not stand here") as caught:
        load(tmp_path, '{ domain = "example.com", selector = "s", key = "MIIEvQIBADANBg" }')
    assert "MIIEv" not in str(caught.value)


def test_the_places_are_shown_and_no_key(tmp_path: Path) -> None:
    config = load(tmp_path, f"{{ {SOUND} }}")

    shown = {origin.key: origin.value for origin in config.origins}
    assert shown["transports.relay.dkim.key.file"] == "dkim.pem"


def test_a_key_comes_from_a_file_in_the_project_folder(tmp_path: Path) -> None:
    (tmp_path / "dkim.pem").write_text("-----BEGIN")

    assert KeyPlace("file", "dkim.pem").read(tmp_path) == "-----BEGIN"


@pytest.mark.parametrize(("line_end", "kept"), [("\n", "a\nb"), ("\\n", "a\nb")])
def test_a_key_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line_end: str, kept: str
) -> None:
    monkeypatch.setenv("DKIM_KEY", f"a{line_end}b")

    assert KeyPlace("env", "DKIM_KEY").read(tmp_path) == kept


def test_a_key_that_is_not_there_is_told_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DKIM_KEY", raising=False)
    (tmp_path / "binary").write_bytes(b"\xff\xfe")

    with pytest.raises(ConfigError, match="environment variable DKIM_KEY is not set"):
        KeyPlace("env", "DKIM_KEY").read(tmp_path)
    with pytest.raises(ConfigError, match=r"none\.pem cannot be read: No such file"):
        KeyPlace("file", "none.pem").read(tmp_path)
    with pytest.raises(ConfigError, match="binary holds no private key"):
        KeyPlace("file", "binary").read(tmp_path)
