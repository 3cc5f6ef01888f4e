"""
A send that waits: for its time, and, once the seeds have got it, for somebody to say stop.

Waiting holds no connection open. Whatever another process does to the send ends it at once.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta
from enum import StrEnum

from mailer.errors import LedgerLocked
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Send, SendState
from mailer.sending.clock import Clock, Stop
from mailer.sending.schedule import LATE, LATENESS_CAP, is_late

HELD = "held"
"""How the reason of a pause begins while the countdown runs, or was cut off."""

UNSEEN = "no seed has got it"
"""Why a send is paused whose seeds were all refused or put off: the others would fare no better."""

BY_KEY = "stopped by a key after the seeds had got it"
"""Why a send is paused whose countdown somebody stopped."""

SLICE = 0.5
"""Seconds after which a wait looks up."""


class Wait(StrEnum):
    """What a send waits for, as people read it before the time that is left."""

    TIME = "it begins in"
    HOLD = "the seeds have it; the others get it in"


@dataclass(frozen=True, slots=True)
class Operator:
    """
    Who sits in front of a run: is told what it waits for, how many seconds are left and which send it is.

    May press a key. Is told too when it is `stopping`. By default nobody sits there.
    """

    tell: Callable[[Wait, float, str], None] = lambda _wait, _seconds, _send: None
    pressed: Callable[[], bool] = lambda: False
    stopping: Callable[[], None] = lambda: None


def wait_for_time(send: Send, ledger: Ledger, clock: Clock, stop: Stop, operator: Operator) -> bool:
    """
    Wait until a send may begin; say whether it may.

    It may not where somebody stopped, paused or cancelled it meanwhile, nor where this machine woke up too
    late: then the send is paused.
    """
    while send.not_before and (left := (send.not_before - clock.now()).total_seconds()) > 0:
        operator.tell(Wait.TIME, left, send.id)
        clock.sleep(min(left, SLICE))
        if stop.requested or ledger.find_send(send.id).state is not SendState.PLANNED:
            return False
    if send.not_before and is_late(send, clock.now()):
        reason = f"{LATE}: it was to begin at {send.not_before.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        ledger.set_state(send.id, SendState.PAUSED, reason)
        return False
    return True


@contextmanager
def sender_in_turn(send: Send, ledger: Ledger, clock: Clock, stop: Stop) -> Iterator[None]:
    """
    Hold the sender's lock; where a send's time has come, wait for another send to end.

    Raises LedgerLocked at once for a send without a time, else when it would begin too late.
    """
    until = clock.now() + (LATENESS_CAP if send.not_before else timedelta())
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(ledger.sender(live=not send.identity.rehearsal))
                break
            except LedgerLocked:
                if clock.now() >= until or stop.requested:
                    raise
                clock.sleep(SLICE)
        yield


def is_to_be_held(send: Send, ledger: Ledger) -> bool:
    """Say whether the seeds get this send first: nobody else has, and nobody has ended the countdown."""
    if not send.seeds or send.identity.rehearsal or send.reason in {BY_KEY, UNSEEN}:
        return False
    figures = ledger.figures(send.id)
    return figures.accepted + figures.deferred + figures.refused + figures.in_doubt <= send.seeds


def count_down(send: Send, ledger: Ledger, clock: Clock, stop: Stop, operator: Operator) -> bool:
    """Hold a send after its seeds; say whether it goes on: nobody pressed a key, paused or cancelled it."""
    if not _is_held(send.id, ledger):
        return False
    if not ledger.figures(send.id).accepted:
        ledger.set_state(send.id, SendState.PAUSED, UNSEEN)
        return False
    until = clock.monotonic() + send.hold
    operator.pressed()  # what was typed before is no answer
    while (left := until - clock.monotonic()) > 0:
        operator.tell(Wait.HOLD, left, send.id)
        clock.sleep(min(left, SLICE))
        if stop.requested or not _is_held(send.id, ledger):
            return False
        if operator.pressed():
            ledger.set_state(send.id, SendState.PAUSED, BY_KEY)
            return False
    return True


def _is_held(send: str, ledger: Ledger) -> bool:
    """Say whether nothing but the countdown keeps a send, as the ledger has it now."""
    return ledger.find_send(send).reason.startswith(HELD)
