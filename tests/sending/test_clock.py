"""A clock that jumps: pace and waits go by the one that never does, times in the ledger by the wall's."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from tests.sending.scripted import DEFERRED, START, FakeTime, ScriptedTransport, build, freeze

from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Figures
from mailer.sending.clock import Clock, Stop
from mailer.sending.pace import Limiter, Rate
from mailer.sending.run import Means, Run


@dataclass
class JumpingTime(FakeTime):
    """At each time of `jumps` somebody sets the clock on the wall."""

    jumps: tuple[tuple[float, timedelta], ...] = ()

    def now(self) -> datetime:
        jumped = sum((by for at, by in self.jumps if self.seconds >= at), timedelta())
        return START + timedelta(seconds=self.seconds) + jumped

    @property
    def clock(self) -> Clock:
        return replace(super().clock, now=self.now)


def run(
    ledger: Ledger, time: JumpingTime, transport: ScriptedTransport, limiter: Limiter | None = None
) -> str:
    means = Means(ledger, transport, b"k" * 32, limiter=limiter, clock=time.clock)
    with ledger.sender():
        Run("s1", build, means, Stop()).work()
    send = ledger.find_send("s1")
    return f"{send.state}: {send.reason}" if send.reason else send.state.value


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_jump_of_the_clock_changes_no_pace(ledger: Ledger, hours: int) -> None:
    freeze(ledger, *"abcdefghij")
    time = JumpingTime(jumps=((2.0, timedelta(hours=hours)),))
    transport = ScriptedTransport(time)
    assert run(ledger, time, transport, Limiter(Rate(2, 1.0))) == "finished"
    assert [at for at, _ in transport.handed_over] == pytest.approx([0, 0, 1, 1, 2, 2, 3, 3, 4, 4])
    assert ledger.find_send("s1").seconds == pytest.approx(4.0)


def test_a_clock_set_back_makes_the_deferred_wait_and_loses_nobody(ledger: Ledger) -> None:
    freeze(ledger, *"ab")
    time = JumpingTime(jumps=((2.0, timedelta(hours=-1)),))
    transport = ScriptedTransport(time, {"a@x.test": [DEFERRED]})
    assert run(ledger, time, transport).startswith("paused: waiting: 1 deferred")
    assert ledger.figures("s1") == Figures(accepted=1, deferred=1)
    time.seconds += 3600.0
    assert run(ledger, time, transport) == "finished"
    assert transport.attempts == ["a@x.test", "b@x.test", "a@x.test"]


def test_a_clock_set_forward_makes_the_deferred_due_and_gives_nobody_two(ledger: Ledger) -> None:
    freeze(ledger, *"ab")
    time = JumpingTime(jumps=((2.0, timedelta(days=1)),))
    transport = ScriptedTransport(time, {"a@x.test": [DEFERRED]})
    assert run(ledger, time, transport) == "finished"
    assert transport.attempts == ["a@x.test", "b@x.test", "a@x.test"]
    assert ledger.figures("s1") == Figures(accepted=2)
