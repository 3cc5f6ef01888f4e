"""Ledger -> what the limits have to know of messages that left before this run."""

from collections.abc import Iterator
from datetime import timedelta

from mailer.ledger.base import Ledger
from mailer.sending.clock import Clock
from mailer.sending.domains import Domains
from mailer.sending.pace import Limiter


def recall(ledger: Ledger, transport: str, limiter: Limiter | None, domains: Domains, clock: Clock) -> None:
    """
    Tell the limits of every message that left through this transport within their windows, by any send.

    Limits that know of messages already are left alone: they were told, or saw them leave.
    """
    if limiter and limiter.is_idle(clock.monotonic()):
        for _, at, number in _handed_over(ledger, transport, limiter.longest, clock):
            limiter.recall(at, number)
    if domains.longest and domains.is_new:
        for domain, at, number in _handed_over(ledger, transport, domains.longest, clock, by_domain=True):
            domains.recall(domain, at, number)


def _handed_over(
    ledger: Ledger, transport: str, seconds: float, clock: Clock, *, by_domain: bool = False
) -> Iterator[tuple[str, float, int]]:
    """Return domain, time by the clock that never runs backwards, and number of messages; earliest first."""
    now, monotonic = clock.now(), clock.monotonic()
    since = now - timedelta(seconds=seconds)
    for one in ledger.handed_over(transport, since=since, now=now, by_domain=by_domain):
        age = max(0.0, (now - one.at).total_seconds())  # the clock may have been set back since
        yield one.domain, monotonic - age, one.number
