"""The limits where they are kept: what a relay sees of a run, at every moment and over restarts."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.sending.scripted import START, FakeTime, ScriptedTransport, build
from tests.servers.smtp import Received, SmtpServer

from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Counts, PlannedRecipient, Send, SendIdentity
from mailer.message.outcome import Outcome, Verdict
from mailer.sending import run
from mailer.sending.clock import Stop
from mailer.sending.domains import Domains, domain_of
from mailer.sending.pace import Limiter, Rate, Rates
from mailer.sending.run import Means, Run
from mailer.transport.registry import open_transport

TOO_FAST = Outcome(Verdict.DEFERRED, 421, "4.7.28 unusual rate of mail")


def freeze(ledger: Ledger, addresses: Sequence[str], send: str = "s1") -> None:
    identity = SendIdentity(send, "readers", rehearsal=True)
    found = Send(send, identity, "sha256:0", "memory:", START, counts=Counts(listed=len(addresses)))
    ledger.freeze(found, [PlannedRecipient(address, address) for address in addresses])


def numbered(number: int, domain: str = "x.test") -> list[str]:
    return [f"r{one}@{domain}" for one in range(number)]


def assert_kept(rate: Rate, times: Sequence[float]) -> None:
    """Require that no window of the rate, wherever it begins, holds more than its count."""
    for first, after_a_full_window in zip(times, times[rate.count :], strict=False):
        assert after_a_full_window - first >= rate.seconds


class Sink:
    """A real server that notes when it took what."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.taken: list[tuple[float, str]] = []

    def note(self, message: Received) -> None:
        self.taken.append((time.monotonic(), message.recipient))

    def run(
        self, connections: int, limiter: Limiter | None, domains: Mapping[str, Rates] | None = None
    ) -> str:
        with SmtpServer(on_message=self.note) as server, self.ledger.sender():
            first, *others = [open_transport(server.url) for _ in range(connections)]
            means = Means(self.ledger, first, b"k" * 32, others, limiter=limiter, domains=Domains(domains))
            Run("s1", build, means, Stop()).work()
        return self.ledger.find_send("s1").state

    def times(self, domain: str = "") -> list[float]:
        return sorted(at for at, address in self.taken if address.endswith(domain))


@pytest.mark.parametrize("connections", [1, 4])
def test_the_relay_never_sees_a_window_exceeded(ledger: Ledger, connections: int) -> None:
    freeze(ledger, numbered(70))
    rates = (Rate(10, 0.1), Rate(25, 0.4))
    sink = Sink(ledger)
    assert sink.run(connections, Limiter(*rates)) == "finished"
    assert len(sink.taken) == 70
    for rate in rates:
        assert_kept(rate, sink.times())


@pytest.mark.parametrize("connections", [1, 4])
def test_the_relay_never_sees_the_window_of_a_domain_exceeded(ledger: Ledger, connections: int) -> None:
    freeze(ledger, numbered(30, "slow.test") + numbered(30, "fast.test"))
    rate = Rate(5, 0.1)
    sink = Sink(ledger)
    assert sink.run(connections, None, {"slow.test": (rate,)}) == "finished"
    assert_kept(rate, sink.times("@slow.test"))
    assert len(sink.taken) == 60


class Engine:
    """A relay of the mind and a clock that only waiting moves."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.time = FakeTime()
        self.transport = ScriptedTransport(self.time, url="smtp://relay.test?connections=1")
        self.stop_after = 10**9

    def run(self, *rates: Rate, send: str = "s1", domains: Domains | None = None) -> str:
        stop = Stop()
        until = len(self.transport.attempts) + self.stop_after

        def look(_: str) -> None:
            stop.requested = len(self.transport.attempts) >= until

        self.transport.after = look
        means = Means(
            self.ledger,
            self.transport,
            b"k" * 32,
            limiter=Limiter(*rates) if rates else None,
            domains=domains or Domains(),
            clock=self.time.clock,
        )
        with self.ledger.sender():
            Run(send, build, means, stop).work()
        found = self.ledger.find_send(send)
        return f"{found.state}: {found.reason}" if found.reason else found.state.value

    def times(self, domain: str = "") -> list[float]:
        return [at for at, (one,) in self.transport.handed_over if one.endswith(domain)]


@pytest.fixture
def engine(ledger: Ledger) -> Engine:
    return Engine(ledger)


HOURLY = Rate(5, 3600.0)


def test_several_rates_hold_at_once(engine: Engine) -> None:
    freeze(engine.ledger, numbered(12))
    assert engine.run(Rate(2, 1.0), HOURLY) == "finished"
    times = engine.times()
    assert_kept(Rate(2, 1.0), times)
    assert_kept(HOURLY, times)
    assert times[-1] == pytest.approx(7201.0, abs=2.0)


def test_an_hour_goes_on_over_a_restart(engine: Engine) -> None:
    freeze(engine.ledger, numbered(8))
    engine.stop_after = 5
    assert engine.run(HOURLY) == "paused: interrupted"
    engine.time.seconds += 600.0
    engine.stop_after = 100
    assert engine.run(HOURLY) == "finished"
    assert_kept(HOURLY, engine.times())
    assert engine.times()[-1] == pytest.approx(3600.0, abs=1.0)


def test_what_another_send_had_sent_through_the_relay_counts(engine: Engine) -> None:
    freeze(engine.ledger, numbered(4), "s1")
    freeze(engine.ledger, numbered(4), "s2")
    assert engine.run(HOURLY) == "finished"
    engine.time.seconds += 600.0
    assert engine.run(HOURLY, send="s2") == "finished"
    assert_kept(HOURLY, engine.times())


def test_what_went_through_another_relay_does_not_count(engine: Engine) -> None:
    freeze(engine.ledger, numbered(5), "s1")
    freeze(engine.ledger, numbered(5), "s2")
    engine.run(HOURLY)
    engine.transport.url = "smtp://another.test"
    assert engine.run(HOURLY, send="s2") == "finished"
    assert engine.time.seconds < 1.0


def test_options_make_no_other_relay(engine: Engine) -> None:
    freeze(engine.ledger, numbered(5), "s1")
    freeze(engine.ledger, numbered(5), "s2")
    engine.run(HOURLY)
    engine.transport.url = "smtp://relay.test?rate=9/s&timeout=3"
    engine.run(HOURLY, send="s2")
    assert_kept(HOURLY, engine.times())


def test_a_clock_that_was_set_back_makes_no_room(engine: Engine) -> None:
    freeze(engine.ledger, numbered(5), "s1")
    freeze(engine.ledger, numbered(1), "s2")
    engine.run(HOURLY)
    real = engine.time.clock
    back = replace(real, now=lambda: real.now() - timedelta(hours=5))
    means = Means(engine.ledger, engine.transport, b"k" * 32, limiter=Limiter(HOURLY), clock=back)
    with engine.ledger.sender():
        Run("s2", build, means, Stop()).work()
    assert_kept(HOURLY, engine.times())


def test_the_minute_of_a_domain_goes_on_over_a_restart(engine: Engine) -> None:
    freeze(engine.ledger, numbered(8, "slow.test") + numbered(3, "fast.test"))
    slow = Rate(5, 60.0)
    rates = {"slow.test": (slow,), "*": (Rate(100, 60.0),)}
    engine.stop_after = 6
    assert engine.run(domains=Domains(rates)) == "paused: interrupted"
    engine.time.seconds += 20.0
    engine.stop_after = 100
    assert engine.run(domains=Domains(rates)) == "finished"
    assert_kept(slow, engine.times("@slow.test"))
    assert engine.times("@fast.test")[-1] < 60.0 <= engine.times("@slow.test")[-1]


def test_a_domain_that_waits_lets_others_pass_and_order_is_kept_otherwise(engine: Engine) -> None:
    mixed = [f"r{number}@{'slow' if number % 2 else 'fast'}.test" for number in range(10)]
    freeze(engine.ledger, mixed)
    assert engine.run(domains=Domains({"slow.test": (Rate(1, 10.0),)})) == "finished"
    attempts = engine.transport.attempts
    for domain in ("slow.test", "fast.test"):
        there = [one for one in mixed if domain_of(one) == domain]
        assert [one for one in attempts if domain_of(one) == domain] == there
    assert engine.times("@fast.test") == [0.0] * 5
    assert engine.times("@slow.test") == pytest.approx([0.0, 10.0, 20.0, 30.0, 40.0], abs=0.1)


def test_no_more_is_passed_by_than_the_look_ahead(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "LOOK_AHEAD", 20)
    monkeypatch.setattr(run, "CHUNK", 10)
    freeze(engine.ledger, [*numbered(60, "slow.test"), "last@fast.test"])
    assert engine.run(domains=Domains({"slow.test": (Rate(10, 1.0),)})) == "finished"
    assert len(engine.transport.attempts) == 61
    assert 0.0 < engine.times("@fast.test")[0] < engine.times("@slow.test")[-1]


def test_pause_reaches_a_run_that_waits_for_a_domain(engine: Engine) -> None:
    freeze(engine.ledger, numbered(3))
    engine.stop_after = 1
    assert engine.run(domains=Domains({"x.test": (Rate(1, 3600.0),)})) == "paused: interrupted"
    assert engine.ledger.figures("s1").remaining == 2


def test_a_domain_that_asks_for_it_is_slowed_down_and_nobody_is_lost(engine: Engine) -> None:
    freeze(engine.ledger, numbered(30, "a.test") + numbered(30, "b.test"))
    engine.transport.script = {"r9@a.test": [TOO_FAST]}
    domains = Domains()
    assert engine.run(domains=domains) == "finished"
    (told,) = domains.slowed
    assert (told.domain, told.rate) == ("a.test", Rate(20, 1.0))
    assert told.reason == "421 4.7.28 unusual rate of mail"
    assert engine.times("@b.test")[-1] < 1.0
    assert engine.times("@a.test")[-1] >= 3.0
    assert engine.ledger.figures("s1").accepted == 60
