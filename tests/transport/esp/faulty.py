"""
A provider that fails at random, by a seed, and knows what it took.

It keeps what Resend promises of idempotency keys: the same request gets its first answer again, another one
under the same key is refused, and so is one whose twin is still being worked on.
"""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import count
from threading import Lock

from tests.servers.http import Answer, Fault, Recorded, Reply
from tests.transport.esp.batches import TURNED_AWAY, Refused, addresses_in, answer_of, elements, is_batch
from tests.transport.esp.dialects import DIALECTS

SHARE = 0.05
"""Of requests that something happens to."""


class Mishap(Enum):
    """What happens to a request; TAKEN ones are taken all the same."""

    SLOW_DOWN = auto()
    ERROR = auto()
    ERROR_TAKEN = auto()
    DROP = auto()
    DROP_TAKEN = auto()
    HANG_TAKEN = auto()
    BABBLE_TAKEN = auto()

    @property
    def takes(self) -> bool:
        return self.name.endswith("TAKEN")


MISHAPS: Mapping[Mishap, Reply] = {
    Mishap.SLOW_DOWN: Answer(429, {"message": "slow down"}, {"Retry-After": "1"}),
    Mishap.ERROR: Answer(500, {"message": "oops"}),
    Mishap.ERROR_TAKEN: Answer(502, b"<h1>Bad Gateway</h1>"),
    Mishap.DROP: Fault.DROP,
    Mishap.DROP_TAKEN: Fault.DROP,
    Mishap.HANG_TAKEN: Fault.HANG,
    Mishap.BABBLE_TAKEN: Answer(200, b"<h1>Welcome to the hotel</h1>"),
}


@dataclass
class FaultyProvider:
    """
    `taken` counts how often each address was taken, `unclear` holds those of requests without a clear answer.

    `turned_away` are addresses that it refuses. `at` maps the number of a request, counted from 1, to what is
    called when it has been dealt with and not answered yet.
    """

    scheme: str
    seed: int
    turned_away: frozenset[str] = frozenset()
    at: Mapping[int, Callable[[], object]] = field(default_factory=dict)
    taken: Counter[str] = field(default_factory=Counter)
    unclear: set[str] = field(default_factory=set)
    mishaps: list[Mishap] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._numbers = count(1)
        self._answers: dict[str, tuple[bytes, Answer]] = {}
        self._turn = Lock()

    def respond(self, request: Recorded) -> Reply:
        if not elements(self.scheme, request):
            return Answer(200, {})
        with self._turn:
            reply = self._deal_with(request)
            number = next(self._numbers)
            if number in self.at:
                self.at[number]()
            return reply

    def _deal_with(self, request: Recorded) -> Reply:
        mishap = self._chance.choice([*Mishap]) if self._chance.random() < SHARE else None
        if mishap is None:
            return self._take(request)
        self.mishaps.append(mishap)
        if mishap.takes:
            self._take(request)
        if mishap is not Mishap.SLOW_DOWN:
            self.unclear.update(addresses_in(self.scheme, request))
        return MISHAPS[mishap]

    def _take(self, request: Recorded) -> Answer:
        key = request.headers.get("idempotency-key", "")
        if key in self._answers:
            body, answer = self._answers[key]
            conflict = {"name": "invalid_idempotent_request", "message": "another payload"}
            return answer if body == request.body else Answer(409, conflict)
        addresses = addresses_in(self.scheme, request)
        refused = {one: TURNED_AWAY[self.scheme] for one in addresses if one in self.turned_away}
        self.taken.update(set(addresses) - refused.keys())
        answer = self._answer(request, addresses, refused)
        if key:
            self._answers[key] = request.body, answer
        return answer

    def _answer(self, request: Recorded, addresses: list[str], refused: Refused) -> Answer:
        answer = answer_of(self.scheme, addresses, refused)
        if is_batch(self.scheme, request):
            return answer
        if refused:
            return DIALECTS[self.scheme].invalid
        return Answer(200, answer.body[0] if self.scheme == "postmark" else answer.body["data"][0])
