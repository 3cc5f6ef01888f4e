"""Any order of calls, against a model that is read at a glance."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.ledger.given import ACCEPTED, DEFERRED, LATER, NOW, REFUSED, UNKNOWN, left, people, send_of

from mailer.ledger.delivery import SendState
from mailer.ledger.registry import open_ledger
from mailer.message.outcome import Outcome

KEYS = "abcdef"
LISTS = ("subscribers", "clients")
HELD = {"planned", "sending", "accepted", "deferred", "in_doubt"}
TODO = {"planned", "deferred"}
BECOMES = MappingProxyType(
    {ACCEPTED: "accepted", REFUSED: "refused", DEFERRED: "deferred", UNKNOWN: "in_doubt"}
)

keys = st.lists(st.sampled_from(KEYS), unique=True)
lists = st.sampled_from(LISTS)
outcomes = st.sampled_from([*BECOMES])


class Machine(RuleBasedStateMachine):
    """Two sends of one issue to two lists, one sender that may crash, and people who leave."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.ledger = open_ledger("sqlite:ledger.db", base=Path(self.folder.name))
        self.sender = self.ledger.sender()
        self.sends: dict[str, SendState] = {}
        self.states: dict[str, dict[str, str]] = {}
        self.gone: set[str] = set()

    @initialize()
    def enter(self) -> None:
        assert self.sender.__enter__() == 0

    @rule(to=lists, chosen=keys)
    def freeze(self, to: str, chosen: list[str]) -> None:
        if to in self.sends:
            return
        figures = self.ledger.freeze(send_of(len(chosen), name=to, to=to), people(chosen))
        held = {key for states in self.states.values() for key, state in states.items() if state in HELD}
        self.sends[to] = SendState.PLANNED
        self.states[to] = {key: "planned" for key in chosen if key not in held}
        assert figures.planned == len(self.states[to])

    @precondition(lambda self: self.sends)
    @rule(to=lists, state=st.sampled_from(SendState))
    def set_state(self, to: str, state: SendState) -> None:
        if to not in self.sends:
            return
        now = self.sends[to]
        if now is not SendState.CANCELLED and self.may(to, state):
            now = state
        if now is SendState.CANCELLED:
            self.move(to, TODO, "cancelled")
        assert self.ledger.set_state(to, state) is now
        self.sends[to] = now

    def may(self, to: str, state: SendState) -> bool:
        if self.sends[to] is SendState.FINISHED:
            return state in {SendState.SENDING, SendState.FINISHED}
        settled = not {*self.states[to].values()} & {"planned", "sending", "deferred"}
        return state is not SendState.FINISHED or settled

    def move(self, to: str, states: set[str], into: str) -> int:
        moved = [key for key, state in self.states[to].items() if state in states]
        self.states[to] |= dict.fromkeys(moved, into)
        return len(moved)

    @precondition(lambda self: self.sends)
    @rule(to=lists, chosen=keys)
    def begin(self, to: str, chosen: list[str]) -> None:
        if to not in self.sends:
            return
        went = self.ledger.begin(to, dict.fromkeys(chosen, "<id>"), transport="t", now=NOW)
        free = [key for key in chosen if self.states[to].get(key) in TODO]
        if self.sends[to] is not SendState.SENDING:
            free = []
        self.states[to] |= {key: "suppressed" if key in self.gone else "sending" for key in free}
        assert went == [key for key in free if key not in self.gone]

    @precondition(lambda self: self.sends)
    @rule(to=lists, became=st.dictionaries(st.sampled_from(KEYS), outcomes))
    def settle(self, to: str, became: dict[str, Outcome]) -> None:
        if to not in self.sends:
            return
        self.ledger.settle(to, became, now=NOW, next_at=dict.fromkeys(KEYS, LATER))
        for key, outcome in became.items():
            if self.states[to].get(key) == "sending":
                ended = outcome is DEFERRED and self.sends[to] is SendState.CANCELLED
                self.states[to][key] = "cancelled" if ended else BECOMES[outcome]

    @precondition(lambda self: self.sends)
    @rule(to=lists, chosen=keys)
    def give_back(self, to: str, chosen: list[str]) -> None:
        if to not in self.sends:
            return
        self.ledger.give_back(to, chosen)
        ended = self.sends[to] is SendState.CANCELLED
        given = [key for key in chosen if self.states[to].get(key) == "sending"]
        self.states[to] |= dict.fromkeys(given, "cancelled" if ended else "planned")

    @rule()
    def crash(self) -> None:
        """Leave without settling: the next sender finds doubt."""
        self.sender.__exit__(None, None, None)
        self.sender = self.ledger.sender()
        assert self.sender.__enter__() == sum(self.move(to, {"sending"}, "in_doubt") for to in self.sends)

    @precondition(lambda self: self.sends)
    @rule(to=lists, resend=st.booleans())
    def resolve(self, to: str, *, resend: bool) -> None:
        if to not in self.sends:
            return
        ended = self.sends[to] is SendState.CANCELLED
        into = ("cancelled" if ended else "planned") if resend else "accepted"
        moved = self.move(to, {"in_doubt"}, into)
        assert self.ledger.resolve(to, resend=resend) == moved
        self.reopen(to, moved if resend else 0)

    @precondition(lambda self: self.sends)
    @rule(to=lists)
    def retry_refused(self, to: str) -> None:
        if to not in self.sends:
            return
        others = [states for other, states in self.states.items() if other != to]
        free = [
            key
            for key, state in self.states[to].items()
            if state == "refused" and not any(states.get(key) in HELD for states in others)
        ]
        if self.sends[to] is SendState.CANCELLED:
            free = []
        self.states[to] |= dict.fromkeys(free, "planned")
        assert self.ledger.retry_refused(to) == len(free)
        self.reopen(to, len(free))

    def reopen(self, to: str, planned: int) -> None:
        if planned and self.sends[to] is SendState.FINISHED:
            self.sends[to] = SendState.PAUSED

    @rule(key=st.sampled_from(KEYS))
    def suppress(self, key: str) -> None:
        assert self.ledger.suppress([left(key)]) == (key not in self.gone)
        self.gone.add(key)

    @rule(key=st.sampled_from(KEYS))
    def unsuppress(self, key: str) -> None:
        assert self.ledger.unsuppress(key) == (key in self.gone)
        self.gone.discard(key)

    @invariant()
    def the_ledger_holds_what_the_model_holds(self) -> None:
        for to, states in self.states.items():
            assert {one.key: one.state for one in self.ledger.deliveries(to)} == states
            assert self.ledger.find_send(to).state is self.sends[to]

    @invariant()
    def both_sums_hold(self) -> None:
        for send in self.ledger.sends():
            counts, planned = send.counts, self.ledger.figures(send.id).planned
            away = counts.duplicates + counts.invalid + counts.not_selected + counts.elsewhere
            assert counts.listed == planned + away
            assert planned == len(self.states[send.id])

    @invariant()
    def nobody_holds_the_issue_twice(self) -> None:
        held = [key for states in self.states.values() for key, state in states.items() if state in HELD]
        assert len(held) == len({*held})
        assert self.ledger.elsewhere("spring", [*KEYS], rehearsal=False) == {*held}

    @invariant()
    def what_is_due_is_what_is_left(self) -> None:
        for to, states in self.states.items():
            due = {one.key for one in self.ledger.due(to, now=LATER + timedelta(days=1), limit=99)}
            assert due == {key for key, state in states.items() if state in TODO}

    def teardown(self) -> None:
        self.sender.__exit__(None, None, None)
        self.ledger.close()
        self.folder.cleanup()


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
