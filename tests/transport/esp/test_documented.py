"""docs/transports.md says of each provider what the table says."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
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
