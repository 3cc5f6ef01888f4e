"""docs/transports.md says of each provider what the table says."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from tests.message.given import built
from tests.servers.http import HttpServer
from tests.transport.esp.calls import deliver, sent_to, takes_all, transport_to
from tests.transport.esp.matrix import fates, features, notes, sources

from mailer.sending.retry import LONGEST_REQUEST, RECONNECT_WAITS
from mailer.transport.esp.providers import PROVIDERS

TEXT = (Path(__file__).parents[3] / "docs" / "transports.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("lines", [features, fates, sources, notes])
def test_the_tables_are_those_of_the_code(lines: Callable[[], Iterable[str]]) -> None:
    """Where this fails, paste what `python -m tests.transport.esp.matrix` prints."""
    assert "\n".join(lines()) in TEXT


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=PROVIDERS)
def test_setting_up_is_told_with_the_variable_and_the_url(provider: object) -> None:
    setting_up = TEXT.partition("### Setting up")[2].partition("### ")[0]
    scheme, key = getattr(provider, "scheme", ""), getattr(provider, "key", "")
    assert f'"{scheme}://' in setting_up
    assert f"export {key}=" in setting_up
    assert all(len(one.strip().splitlines()) <= 6 for one in setting_up.split("\n- ")[1:])


def test_figures_in_the_text_are_those_of_the_code() -> None:
    waits = [f"{wait:g}" for wait in RECONNECT_WAITS]
    assert f"after {', '.join(waits[:-1])} and {waits[-1]} seconds" in TEXT
    assert LONGEST_REQUEST == 5 * 60
    assert "up to five minutes" in TEXT


def test_providers_that_are_asked_about_the_key_before_the_first_message_are_told_apart() -> None:
    told = TEXT.partition("(with Mailjet")[2].partition(")")[0]
    unchecked = {one.name for one in PROVIDERS.values() if one.check is None}
    short = {name.partition("(")[2].rstrip(")") or name for name in unchecked} - {"Mailjet"}
    assert all(name in told for name in short)
    assert len(short) == told.count(",") + 1


@pytest.mark.parametrize("scheme", ["sendgrid", "unisender-go"])
def test_an_id_that_the_client_library_makes_is_told(scheme: str) -> None:
    with HttpServer(takes_all(scheme)) as server:
        [outcome] = deliver(transport_to(scheme, server.url), built())
    [request] = sent_to(server, scheme)
    assert outcome is not None
    assert f'"anymail_id": "{outcome.provider_id}"'.encode() in request.body
    assert "django-anymail" in " ".join(PROVIDERS[scheme].notes)


@pytest.mark.parametrize("scheme", ["sparkpost", "unisender-go"])
def test_what_nobody_verified_is_told_as_such(scheme: str) -> None:
    assert any("unsubscribe" in note and "unverified" in note for note in PROVIDERS[scheme].notes)
