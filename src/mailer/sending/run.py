"""
Frozen send -> what became of everybody: the one engine behind `send` and `resume`.

The run reads what is due, its couriers hand it over, each by a thread and a connection of its own, and its
clerk writes: one transaction carries what is finished and the intents of what is to go next. No final dot is
written before its intent is on disk. Whatever ends a run early is written down as the reason of its pause.
"""

import random
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from datetime import datetime

from mailer.errors import LedgerError, MailerError, TransportError
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Figures, SendState
from mailer.message.build import Sign
from mailer.sending.clerk import Clerk, Paused
from mailer.sending.clock import Clock, Stop
from mailer.sending.core import on_one_core
from mailer.sending.courier import Courier
from mailer.sending.domains import Domains
from mailer.sending.frozen import Builder
from mailer.sending.hold import HELD, Operator
from mailer.sending.office import SLICE, Office, Slip
from mailer.sending.pace import Limiter
from mailer.sending.recall import recall
from mailer.sending.retry import Chance, is_transient
from mailer.transport.base import Transport

CHUNK = 200
"""So many deliveries are read from the ledger at a time, or more where the couriers take more at once."""

LOOK_AHEAD = 1000
"""So many deliveries whose domain has to wait are passed by before the others wait with them."""

INTERRUPTED = "interrupted"
WAITING = "waiting"
"""How the reason of a pause begins that only time ends."""


@dataclass(frozen=True, slots=True)
class Means:
    """
    What a run works with.

    `named` is how the user names the transport, empty where that is its URL. `others` are transports to the
    same place, one for each connection besides the first. `secret` signs
    tokens and Message-IDs, `sign` whole messages (None: nobody does). `limiter` (None: no limit) keeps the
    pace of all, `domains` that of each domain, and tells which ones are slowed down. `progress` is told the
    figures on the way, `operator` what is waited for before. `patience` is how many seconds a run waits at
    the most for the next deferred delivery.
    """

    ledger: Ledger
    transport: Transport
    secret: bytes = field(repr=False)
    others: Sequence[Transport] = ()
    limiter: Limiter | None = None
    domains: Domains = field(default_factory=Domains)
    clock: Clock = field(default_factory=Clock)
    progress: Callable[[Figures], None] = lambda _: None
    patience: float = 60.0
    operator: Operator = field(default_factory=Operator)
    sign: Sign | None = None
    chance: Chance = random.random
    named: str = ""


class Run:
    """
    One run of a frozen send, by the one process that holds the ledger's sender lock.

    With `places` it ends, held, once that many first places of the list have been tried.
    """

    def __init__(
        self, send: str, build: Builder, means: Means, stop: Stop, *, places: int | None = None
    ) -> None:
        self._send = send
        self._places = places
        self._means = means
        self._stop = stop
        self._ledger = means.ledger
        self._clerk = Clerk(means.ledger, send, transport=means.transport.url, clock=means.clock)
        self._office = Office(means.clock, means.limiter, means.domains, stop)
        self._couriers = self._hire(build)
        self._working = len(self._couriers)
        self._chunk = max(CHUNK, self._working * self._most(means.transport))

    def work(self) -> None:
        """Hand over whatever is due until nothing is left or something holds it up."""
        self._ledger.set_state(self._send, SendState.SENDING)
        try:
            self._work()
        except Paused as pause:
            self._end(SendState.PAUSED, str(pause))
        except MailerError as error:
            with suppress(LedgerError):
                self._end(SendState.PAUSED, str(error))
            raise
        else:
            self._end(SendState.FINISHED)

    def _hire(self, build: Builder) -> list[Courier]:
        """Return as many couriers as there are connections, but no more than there is work for."""
        figures, means = self._clerk.figures, self._means
        transports = [means.transport, *means.others][: max(1, figures.remaining + figures.deferred)]
        return [
            Courier(self._office, transport, build, most=self._most(transport), chance=means.chance)
            for transport in transports
        ]

    def _most(self, transport: Transport) -> int:
        limiter = self._means.limiter
        return min(transport.batch_size, limiter.batch) if limiter else transport.batch_size

    def _work(self) -> None:
        self._recall()
        self._clerk.skip_time()
        # Signing with RSA takes longer than all else, and does not keep other threads waiting.
        with nullcontext() if self._means.sign else on_one_core():
            self._run_couriers()

    def _run_couriers(self) -> None:
        for courier in self._couriers:
            courier.start()
        try:
            while self._give_out():
                self._serve()
        except Exception:
            self._dismiss()
            raise
        self._dismiss()

    def _recall(self) -> None:
        """Let the limits know what left before this run."""
        means = self._means
        recall(self._ledger, means.transport.url, means.limiter, means.domains, means.clock)

    def _give_out(self) -> bool:
        """Lay out what is due, after waiting for deferred ones that are due soon; false at the end."""
        while True:
            if stopping := self._stop.requested:
                self._means.operator.stopping()
                self._dismiss()
            if self._office.waiting <= len(self._couriers) and self._office.aside < LOOK_AHEAD:
                self._office.give_out(self._clerk.due(self._chunk, self._places))
            if self._clerk.taken:
                if stopping:
                    raise Paused(INTERRUPTED)
                return True
            if self._places is not None:
                raise Paused(f"{HELD}: the seeds have it")
            next_at = self._ledger.next_due(self._send)
            if next_at is None:
                return False
            self._wait_for_deferred(next_at)

    def _wait_for_deferred(self, next_at: datetime) -> None:
        seconds = (next_at - self._means.clock.now()).total_seconds()
        if seconds > self._means.patience:
            count = self._ledger.figures(self._send).deferred
            raise Paused(f"{WAITING}: {count} deferred, to be tried again from {next_at:%Y-%m-%d %H:%M} UTC")
        self._clerk.write_time()
        clock = self._means.clock
        until = clock.monotonic() + seconds
        while (left := until - clock.monotonic()) > 0:
            clock.sleep(min(left, SLICE))
            if self._stop.requested:
                raise Paused(INTERRUPTED)
            self._clerk.heed_others()
        self._clerk.skip_time()

    def _serve(self) -> None:
        """Write down what couriers hand in, and look up from time to time."""
        slips = self._collect()
        self._write(slips)
        if not slips:
            self._clerk.heed_others()
        if tripped := self._clerk.breaker.tripped:
            raise Paused(tripped)
        for slip in slips:
            if slip.error:
                self._heed_loss(slip.error)

    def _collect(self) -> Sequence[Slip]:
        """Return what couriers hand in, after waiting for it, or for the domain that everybody waits for."""
        seconds = self._office.release()
        if self._office.aside < len(self._clerk.taken):
            return self._office.collect(self._working, seconds)
        self._means.clock.sleep(seconds)
        return ()

    def _write(self, slips: Sequence[Slip]) -> None:
        self._working -= sum(slip.left for slip in slips)
        self._clerk.write(slips, grant=not self._office.closed)
        self._means.progress(self._clerk.figures)

    def _heed_loss(self, error: BaseException) -> None:
        """Go on without a courier that gave up, unless it was the last or no other would fare better."""
        if not isinstance(error, TransportError):
            raise error
        if not self._working or not is_transient(error):
            raise Paused("; ".join(filter(None, (str(error), error.hint)))) from error

    def _dismiss(self) -> None:
        """Let the couriers finish what is in flight, and write down what came of it."""
        self._office.close()
        while self._working:
            # Whatever cannot be written now is kept, and tried again below.
            with suppress(LedgerError):
                self._write(self._office.collect(self._working))
        self._write(())
        self._clerk.write_time()

    def _end(self, state: SendState, reason: str = "") -> None:
        """Write how the run ended, unless another process has paused or cancelled the send meanwhile."""
        if state is SendState.FINISHED or self._ledger.find_send(self._send).state is SendState.SENDING:
            self._ledger.set_state(self._send, state, reason)
