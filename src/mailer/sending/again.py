"""Batches that a killed run left in doubt -> what became of them, by asking whoever was given them."""

from datetime import timedelta

from mailer.ledger.delivery import Send
from mailer.message.outcome import Verdict
from mailer.sending.frozen import Builder
from mailer.sending.run import Means
from mailer.transport.base import Remembering

MARGIN = 3600.0
"""Seconds before the other side forgets from which on it is not asked any more: clocks differ."""

_CLEAR = frozenset({Verdict.ACCEPTED, Verdict.REFUSED})


def ask_again(send: Send, build: Builder, means: Means) -> None:
    """
    Hand over again what may have been handed over, where the other side sees to it that nobody gets two.

    Only whole batches, through the transport that they went through, and only as long as that remembers them.
    The moment in Date may be another: providers write their own.
    """
    transport, now = means.transport, means.clock.now()
    if not isinstance(transport, Remembering):
        return
    since = now - timedelta(seconds=transport.remembers - MARGIN)
    lost = means.ledger.lost_batches(send.id, transport=transport.url, since=since, now=now)
    for mark, deliveries in lost.items():
        answers = zip(deliveries, transport.replay(mark, list(map(build, deliveries))), strict=True)
        clear = {one.key: found for one, found in answers if found and found.verdict in _CLEAR}
        means.ledger.clear_up(send.id, clear, now=means.clock.now())
