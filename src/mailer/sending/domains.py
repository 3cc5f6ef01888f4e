"""Recipients' domains -> how long each has to wait: the rates set for it, and what its relays ask for."""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from mailer.sending.brake import DOWN, SLOWEST, Brake, SlowDown
from mailer.sending.pace import Limiter, Rates

EVERY_OTHER = "*"
"""Stands for each domain that is not named, each by itself."""

RECENT = 1000
"""So many of the last messages tell how fast a domain was written to."""

SHORTEST = 0.25
"""Seconds over which that is measured at the least."""

KEPT = 1000
"""Limiters after which those that remember nothing are thrown away."""

TOLD = 100
"""Domains that a report names at the most."""


def domain_of(address: str) -> str:
    """Return the domain of an address as the ledger has it."""
    return address.rpartition("@")[2]


class Domains:
    """
    What each domain of recipients may get, and what it gets now.

    A message has `begun` until it has `ended` or is `dropped`. Times are seconds of a clock that never runs
    backwards. `slow_downs` are those in force now; it is replaced as a whole, so that any thread may read it.
    """

    def __init__(self, rates: Mapping[str, Rates] | None = None) -> None:
        self.rates = rates or {}
        self.slow_downs: tuple[SlowDown, ...] = ()
        self._limiters: dict[str, Limiter] = {}
        self._brakes: dict[str, Brake] = {}
        self._flying: Counter[str] = Counter()
        self._recent: deque[tuple[float, str]] = deque(maxlen=RECENT)
        self._slowest: dict[str, SlowDown] = {}
        self._kept = KEPT

    @property
    def longest(self) -> float:
        """Return the seconds of the longest window that was set for any domain; 0 where there is none."""
        return max((rate.seconds for rates in self.rates.values() for rate in rates), default=0.0)

    @property
    def is_new(self) -> bool:
        """Say whether nothing has left yet that was limited."""
        return not self._limiters

    @property
    def slowed(self) -> tuple[SlowDown, ...]:
        """Return every domain that was slowed down so far, with the slowest rate it came to."""
        return tuple(self._slowest.values())

    def delay(self, domain: str, now: float) -> float:
        """Return the seconds until a message may leave for this domain, or until it is time to ask again."""
        limiters = self._of(domain, now)
        return max(limiter.delay(now) for limiter in limiters) if limiters else 0.0

    def begin(self, domain: str, now: float) -> None:
        """Remember that a message is on its way."""
        self._flying[domain] = self._flying.get(domain, 0) + 1
        for limiter in self._of(domain, now):
            limiter.begin()

    def end(self, domain: str, now: float) -> None:
        """Remember that a message, which had begun, has arrived."""
        self._land(domain)
        self._recent.append((now, domain))
        for limiter in self._of(domain, now):
            limiter.end(now)

    def drop(self, domain: str, now: float) -> None:
        """Forget a message that had begun and did not leave after all."""
        self._land(domain)
        for limiter in self._of(domain, now):
            limiter.drop()

    def recall(self, domain: str, at: float, messages: int) -> None:
        """Remember that `messages` left at a time before now; the earliest is told first."""
        if limiter := self._limiter(domain, at):
            limiter.recall(at, messages)

    def slow(self, domain: str, reason: str, now: float, at: datetime) -> None:
        """Slow a domain down whose relay asks for it; `at` is the time of day."""
        self.recover(now)
        brake = self._brakes.get(domain)
        if brake:
            brake.tighten(now)
        else:
            brake = self._brakes[domain] = Brake(self._pace(domain, now), now, self._flying[domain])
        since = next((one.since for one in self.slow_downs if one.domain == domain), at)
        told = SlowDown(domain, brake.rate, since, reason)
        self.slow_downs = (*(one for one in self.slow_downs if one.domain != domain), told)
        self._note(told)

    def recover(self, now: float) -> None:
        """Ease the slow-downs whose time has come."""
        eased = [domain for domain, brake in self._brakes.items() if brake.ease(now)]
        for domain in eased:
            if self._brakes[domain].is_off:
                del self._brakes[domain]
        if eased:
            kept = (one for one in self.slow_downs if one.domain in self._brakes)
            self.slow_downs = tuple(replace(one, rate=self._brakes[one.domain].rate) for one in kept)

    def _of(self, domain: str, now: float) -> Sequence[Limiter]:
        if not (self.rates or self._brakes):
            return ()
        found = [self._limiter(domain, now)]
        if brake := self._brakes.get(domain):
            found.append(brake.limiter)
        return [limiter for limiter in found if limiter]

    def _limiter(self, domain: str, now: float) -> Limiter | None:
        """Return what keeps the rates set for a domain, None where there are none."""
        if domain not in self._limiters:
            rates = self.rates.get(domain) or self.rates.get(EVERY_OTHER)
            if not rates:
                return None
            self._throw_away(now)
            self._limiters[domain] = Limiter(*rates)
        return self._limiters[domain]

    def _throw_away(self, now: float) -> None:
        """Let go of limiters that remember nothing, now and then."""
        if len(self._limiters) >= self._kept:
            for domain in [name for name, limiter in self._limiters.items() if limiter.is_idle(now)]:
                del self._limiters[domain]
            self._kept = max(KEPT, 2 * len(self._limiters))

    def _land(self, domain: str) -> None:
        if self._flying[domain] > 1:
            self._flying[domain] -= 1
        else:
            del self._flying[domain]

    def _pace(self, domain: str, now: float) -> float:
        """Return how many messages a second the domain got lately."""
        number = sum(name == domain for _, name in self._recent)
        oldest = self._recent[0][0] if self._recent else now
        return max(number / max(SHORTEST, now - oldest), SLOWEST / DOWN)

    def _note(self, told: SlowDown) -> None:
        """Keep the slowest that a domain came to."""
        worst = self._slowest.get(told.domain)
        if worst is None and len(self._slowest) < TOLD:
            self._slowest[told.domain] = told
        elif worst and told.rate.per_second < worst.rate.per_second:
            self._slowest[told.domain] = replace(told, since=worst.since)
