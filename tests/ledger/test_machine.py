"""Any order of calls, against a model that is read at a glance."""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule
from tests.ledger.given import ACCEPTED, DEFERRED, LATER, NOW, REFUSED, UNKNOWN, left, people, send_of

from mailer.errors import LedgerError
from mailer.ledger.delivery import UNFINISHED, Intent, SendState
from mailer.ledger.registry import open_ledger
from mailer.message.outcome import Outcome

KEYS = "abcde"
HELD = {"planned", "sending", "accepted", "deferred", "in_doubt"}
TODO = {"planned", "deferred"}
BECOMES = {ACCEPTED: "accepted", REFUSED: "refused", DEFERRED: "deferred", UNKNOWN: "in_doubt"}

keys = st.sets(st.sampled_from(KEYS), min_size=2).map(sorted)
lists = st.sampled_from(["subscribers", "clients"])


@dataclass(eq=False)
class Model:
    """A send as it should be."""

    id: str
    to: str
    state: SendState = SendState.PLANNED
    deliveries: dict[str, str] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        return self.state is SendState.CANCELLED

    def those(self, states: set[str], among: Iterable[str] = KEYS) -> list[str]:
        return [key for key in among if self.deliveries.get(key) in states]

    def move(self, among: Iterable[str], state: str) -> int:
        moved = dict.fromkeys(among, state)
        self.deliveries |= moved
        return len(moved)

    def may_become(self, state: SendState) -> bool:
        if self.state is SendState.FINISHED:
            return state in {SendState.SENDING, SendState.FINISHED}
        if state is SendState.FINISHED:
            return not self.ended and not self.those(TODO | {"sending"})
        return not self.ended


class Machine(RuleBasedStateMachine):
    """Sends of one issue to two lists, one sender that may crash, and people who leave."""

    sends = Bundle("sends")

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        self.models: list[Model] = []
        self.gone: set[str] = set()

    @initialize(target=sends, chosen=keys)
    def begin_with_a_running_send(self, chosen: list[str]) -> Model:
        folder = self.open.enter_context(TemporaryDirectory())
        self.ledger = open_ledger("sqlite:ledger.db", base=Path(folder))
        self.open.callback(self.ledger.close)
        self.sender = ExitStack()
        self.open.callback(self.sender.close)
        assert self.sender.enter_context(self.ledger.sender()) == 0
        self.freeze("subscribers", chosen)
        self.set_state(self.models[0], SendState.SENDING)
        return self.models[0]

    @rule(target=sends, to=lists, chosen=keys)
    def frozen(self, to: str, chosen: list[str]) -> object:
        unfinished = [model for model in self.models if model.to == to and model.state in UNFINISHED]
        if unfinished:
            with pytest.raises(LedgerError):
                self.freeze(to, chosen)
            return multiple()
        self.freeze(to, chosen)
        return self.models[-1]

    def freeze(self, to: str, chosen: list[str]) -> None:
        model = Model(f"send-{len(self.models)}", to)
        self.ledger.freeze(send_of(len(chosen), name=model.id, to=to), people(chosen))
        model.move((key for key in chosen if not self.holds(key)), "planned")
        self.models.append(model)

    def holds(self, key: str) -> bool:
        return any(model.deliveries.get(key) in HELD for model in self.models)

    def has_twin(self, model: Model) -> bool:
        """Tell whether another send of the same identity is unfinished."""
        others = (other for other in self.models if other is not model and other.to == model.to)
        return any(other.state in UNFINISHED for other in others)

    @rule(model=sends, state=st.sampled_from(SendState))
    def set_state(self, model: Model, state: SendState) -> None:
        reason = self.ledger.find_send(model.id).reason
        if not model.may_become(state):
            assert self.ledger.set_state(model.id, state, "too late") is model.state
            assert self.ledger.find_send(model.id).reason == reason
        elif state in UNFINISHED and self.has_twin(model):
            with pytest.raises(LedgerError):
                self.ledger.set_state(model.id, state)
        else:
            assert self.ledger.set_state(model.id, state) is state
            model.state = state
            model.move(model.those(TODO) if model.ended else [], "cancelled")

    @rule(model=sends)
    def go(self, model: Model) -> None:
        self.set_state(model, SendState.SENDING)

    @rule(model=sends, chosen=keys)
    def begin(self, model: Model, chosen: list[str]) -> None:
        free = model.those(TODO, chosen) if model.state is SendState.SENDING else []
        went = self.ledger.begin(model.id, dict.fromkeys(chosen, Intent("<id>")), transport="t", now=NOW)
        assert went == [key for key in free if key not in self.gone]
        model.move(free, "suppressed")
        model.move(went, "sending")

    @rule(model=sends, outcome=st.sampled_from([*BECOMES]), chosen=keys)
    def settle(self, model: Model, outcome: Outcome, chosen: list[str]) -> None:
        outcomes = dict.fromkeys(chosen, outcome)
        self.ledger.settle(model.id, outcomes, now=NOW, next_at=dict.fromkeys(KEYS, LATER))
        ended = outcome is DEFERRED and model.ended
        model.move(model.those({"sending"}, chosen), "cancelled" if ended else BECOMES[outcome])

    @rule(model=sends, chosen=keys)
    def give_back(self, model: Model, chosen: list[str]) -> None:
        self.ledger.give_back(model.id, chosen)
        model.move(model.those({"sending"}, chosen), "cancelled" if model.ended else "planned")

    @rule(model=sends, key=st.sampled_from(KEYS))
    def refuse(self, model: Model, key: str) -> None:
        self.ledger.refuse(model.id, key, "cannot be built", now=NOW)
        model.move(model.those(TODO, [key]), "refused")

    @rule()
    def crash(self) -> None:
        """Leave without settling: the next sender finds doubt."""
        self.sender.close()
        doubtful = sum(model.move(model.those({"sending"}), "in_doubt") for model in self.models)
        assert self.sender.enter_context(self.ledger.sender()) == doubtful

    @rule(model=sends)
    def accept(self, model: Model) -> None:
        assert self.ledger.resolve(model.id, resend=False) == model.move(
            model.those({"in_doubt"}), "accepted"
        )

    @rule(model=sends)
    def resend(self, model: Model) -> None:
        doubtful = model.those({"in_doubt"})
        if self.cannot_reopen(model, doubtful):
            with pytest.raises(LedgerError):
                self.ledger.resolve(model.id, resend=True)
            return
        assert self.ledger.resolve(model.id, resend=True) == len(doubtful)
        self.plan_again(model, doubtful)

    @rule(model=sends)
    def retry_refused(self, model: Model) -> None:
        refused = [] if model.ended else [key for key in model.those({"refused"}) if not self.holds(key)]
        if self.cannot_reopen(model, refused):
            with pytest.raises(LedgerError):
                self.ledger.retry_refused(model.id)
            return
        assert self.ledger.retry_refused(model.id) == len(refused)
        self.plan_again(model, refused)

    def cannot_reopen(self, model: Model, again: list[str]) -> bool:
        return bool(again) and model.state is SendState.FINISHED and self.has_twin(model)

    def plan_again(self, model: Model, again: list[str]) -> None:
        model.move(again, "cancelled" if model.ended else "planned")
        if again and model.state is SendState.FINISHED:
            model.state = SendState.PAUSED

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
        for model in self.models:
            assert {one.key: one.state for one in self.ledger.deliveries(model.id)} == model.deliveries
            assert self.ledger.find_send(model.id).state is model.state

    @invariant()
    def both_sums_hold(self) -> None:
        for model in self.models:
            counts = self.ledger.find_send(model.id).counts
            away = counts.duplicates + counts.invalid + counts.not_selected + counts.elsewhere
            planned = self.ledger.figures(model.id).planned
            assert counts.listed == planned + away
            assert planned == len(model.deliveries)

    @invariant()
    def nobody_holds_the_issue_twice(self) -> None:
        held = [key for model in self.models for key in model.those(HELD)]
        assert len(held) == len({*held})
        assert self.ledger.elsewhere("spring", [*KEYS], rehearsal=False) == {*held}

    @invariant()
    def what_is_due_is_what_is_left(self) -> None:
        for model in self.models:
            due = self.ledger.due(model.id, now=LATER + timedelta(days=1), limit=99)
            assert sorted(one.key for one in due) == model.those(TODO)

    def teardown(self) -> None:
        self.open.close()


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=settings().max_examples // 4, stateful_step_count=30)
