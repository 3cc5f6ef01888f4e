"""The table of providers: each entry is whole, and what it says can be looked up."""

import re
from datetime import date
from importlib.util import find_spec

import pytest
from tests.transport.esp.calls import SCHEMES
from tests.transport.esp.dialects import DIALECTS

from mailer.sending.pace import parse_rates
from mailer.transport.esp.provider import WATCHED, Limits, Tracking
from mailer.transport.esp.providers import MAILERSEND, PROVIDERS
from mailer.transport.registry import usual_rate


@pytest.mark.parametrize("scheme", SCHEMES)
def test_limits_have_a_source_and_a_date(scheme: str) -> None:
    limits = PROVIDERS[scheme].limits
    assert limits.source.startswith("https://")
    known = limits.requests or limits.size or limits.batch_size
    assert bool(limits.seen) == bool(known)
    assert not limits.seen or date.fromisoformat(limits.seen) > date(2026, 1, 1)
    assert limits.batch >= 1
    if limits.requests:
        assert parse_rates(usual_rate(f"{scheme}://"))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_entries_stand_in_order_and_name_what_there_is(scheme: str) -> None:
    provider = PROVIDERS[scheme]
    assert list(PROVIDERS) == SCHEMES
    assert scheme == provider.scheme
    assert provider.own_bytes or find_spec(f"anymail.backends.{provider.backend}")
    assert find_spec(provider.library)
    assert re.fullmatch(r"[A-Z][A-Z0-9_]+", provider.key)
    assert provider.example.startswith(f"{scheme}://")
    assert provider.fates.keys() <= set(WATCHED)
    assert scheme in DIALECTS


@pytest.mark.parametrize("scheme", SCHEMES)
def test_tracking_is_switched_off_wherever_a_request_can_do_that(scheme: str) -> None:
    without = {"brevo", "resend", "scaleway"}
    assert (PROVIDERS[scheme].tracking in {Tracking.ACCOUNT, Tracking.NONE}) == (scheme in without)


def test_the_rate_of_messages_grows_with_the_batch() -> None:
    assert MAILERSEND.rate == "120/m"
    assert Limits("https://x", "2026-11-23").requests == ""
