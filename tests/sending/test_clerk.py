"""The one who writes a run down, in any order of what couriers, other processes, disks and kills do."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.sending.scripted import ACCEPTED, DEFERRED, REFUSED, START, UNKNOWN, FakeTime, freeze, states

from mailer.errors import LedgerError
from mailer.ledger.delivery import Figures, Intent, SendState, Suppression
from mailer.ledger.registry import open_ledger
from mailer.message.outcome import Outcome
from mailer.sending.clerk import Clerk, Paused
from mailer.sending.office import Answer, Slip

NAMES = "abcdefgh"
UNFINISHED = {SendState.SENDING, SendState.PAUSED, SendState.PLANNED}

outcomes = st.sampled_from([ACCEPTED, DEFERRED, REFUSED, UNKNOWN])
some = st.integers(0, 3)
seldom = st.sampled_from([False, False, False, True])


def with_one_rest(figures: Figures) -> Figures:
    return replace(figures, deferred=0, remaining=figures.remaining + figures.deferred)


class Disk:
    """Stands before a ledger; while it is `full`, no transaction comes to its end."""

    def __init__(self, ledger: Any) -> None:
        self._ledger = ledger
        self.full = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    @contextmanager
    def together(self) -> Iterator[None]:
        with self._ledger.together():
            yield
            if self.full:
                raise LedgerError("the disk is full")


class Machine(RuleBasedStateMachine):
    """
    One send, one clerk after another.

    `waiting` are taken from the ledger, `hands` may be handed over: their dot may be written. `dots` counts
    how often that was so, `again` how often one more may follow: after a deferral, an error, a request.
    """

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        folder = Path(self.open.enter_context(TemporaryDirectory()))
        self.disk = Disk(self.open.enter_context(closing(open_ledger("sqlite:ledger.db", base=folder))))
        self.beside = self.open.enter_context(closing(open_ledger("sqlite:ledger.db", base=folder)))
        freeze(self.beside, *NAMES)
        self.time = FakeTime()
        self.sender = self.open.enter_context(ExitStack())
        self.dots: Counter[str] = Counter()
        self.again: Counter[str] = Counter()
        self.gone: set[str] = set()
        self.begin_run()

    def begin_run(self) -> None:
        """Start as a new process does."""
        self.sender.close()
        self.sender.enter_context(self.disk.sender())
        self.disk.full = False
        self.hands: set[str] = set()
        self.waiting: list[str] = []
        if self.beside.find_send("s1").state in UNFINISHED:
            self.beside.set_state("s1", SendState.SENDING)
        self.clerk = Clerk(self.disk, "s1", transport="memory:", clock=self.time.clock)

    @rule(finishing=some, outcome=outcomes, starting=some, full=seldom, closed=seldom)
    def write(self, finishing: int, outcome: Outcome, starting: int, full: bool, closed: bool) -> None:
        """Finish some and start others, in one transaction that may fail."""
        self.waiting += [delivery.key for delivery in self.clerk.due(starting)]
        assert not set(self.waiting) & self.hands
        finished = sorted(self.hands)[:finishing]
        answers: dict[str, Answer] = {key: Answer() for key in self.waiting[:starting]}
        slips = [Slip(finished={key: outcome}) for key in finished]
        slips += [Slip(starting={key: Intent(f"<{key}>")}, answer=answer) for key, answer in answers.items()]
        before = states(self.beside)
        self.disk.full = full
        paused = self.ends_early(slips, grant=not closed)
        if full:
            assert states(self.beside) == before
        granted = {key for key, answer in answers.items() if key in answer.get(timeout=1)}
        self.settled(finished, outcome)
        self.begun(granted, set(answers), may_go=not (closed or full))
        if paused:
            self.begin_run_after_finishing()

    def ends_early(self, slips: list[Slip], *, grant: bool) -> bool:
        try:
            self.clerk.write(slips, grant=grant)
        except Paused:
            return True
        except LedgerError:
            assert self.disk.full
        return False

    def settled(self, keys: list[str], outcome: Outcome) -> None:
        self.hands -= set(keys)
        if outcome is DEFERRED:
            self.again.update(keys)

    def begun(self, granted: set[str], asked: set[str], *, may_go: bool) -> None:
        """Whoever may go has an intent that other processes see; the others come back or have left."""
        assert not granted or may_go
        assert {states(self.beside)[key] for key in granted} <= {"sending"}
        self.hands |= granted
        self.dots.update(granted)
        left = asked - self.clerk.taken.keys() if may_go else set()
        assert left <= self.gone
        self.waiting = [key for key in self.waiting if key not in granted | left]
        if may_go:
            return
        back = asked - granted
        assert back <= self.clerk.taken.keys()

    def begin_run_after_finishing(self) -> None:
        """Let what is in flight come to its end, as a run does that was paused, and start another one."""
        self.disk.full = False
        self.clerk.write([Slip(finished=dict.fromkeys(self.hands, ACCEPTED))], grant=False)
        self.begin_run()

    @rule(number=some)
    def give_back(self, number: int) -> None:
        """The connection broke before the dot."""
        back = sorted(self.hands)[:number]
        answer = Answer()
        self.disk.full = False
        self.clerk.write([Slip(returned=back, answer=answer)], grant=True)
        answer.get(timeout=1)
        self.hands -= set(back)
        self.again.update(back)
        self.waiting += [key for key in back if key in self.clerk.taken]

    @rule(key=st.sampled_from(NAMES))
    def cannot_be_built(self, key: str) -> None:
        if key in self.waiting:
            self.disk.full = False
            self.waiting.remove(key)
            self.clerk.write([Slip(refused={key: "a merge value is missing"})], grant=True)

    @rule()
    def kill(self) -> None:
        """Whatever was not written is not known: it is in doubt, and nobody gets it again by itself."""
        sending = {key for key, state in states(self.beside).items() if state == "sending"}
        assert self.hands <= sending
        self.begin_run()
        assert {states(self.beside)[key] for key in sending} <= {"in_doubt"}

    @rule(cancel=seldom)
    def stop(self, cancel: bool) -> None:
        self.beside.set_state("s1", SendState.CANCELLED if cancel else SendState.PAUSED, "by hand")

    @rule(key=st.sampled_from(NAMES))
    def leave(self, key: str) -> None:
        self.beside.suppress([Suppression(key, "", "unsubscribed", START)])
        self.gone.add(key)

    @rule(resend=st.booleans())
    def resolve(self, resend: bool) -> None:
        doubtful = [key for key, state in states(self.beside).items() if state == "in_doubt"]
        if resend:
            self.again.update(doubtful)
        self.beside.resolve("s1", resend=resend)
        self.kill()

    @rule()
    def much_later(self) -> None:
        self.time.seconds += 86400

    @invariant()
    def nobody_gets_a_second_dot_without_a_reason(self) -> None:
        assert all(dots <= 1 + self.again[key] for key, dots in self.dots.items())

    @invariant()
    def whoever_is_in_hand_has_an_intent_and_nobody_else_once_all_is_written(self) -> None:
        sending = {key for key, state in states(self.beside).items() if state == "sending"}
        assert self.hands == sending if not self.disk.full else self.hands <= sending

    @invariant()
    def both_sums_hold(self) -> None:
        counts, figures = self.beside.find_send("s1").counts, self.beside.figures("s1")
        assert counts.listed == figures.planned == len(NAMES)

    @invariant()
    def the_clerk_knows_the_figures(self) -> None:
        """But for those tried again, who are deferred to the clerk until they are settled."""
        if not self.disk.full and self.beside.find_send("s1").state is not SendState.CANCELLED:
            assert with_one_rest(self.clerk.figures) == with_one_rest(self.beside.figures("s1"))

    def teardown(self) -> None:
        self.open.close()


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=settings().max_examples // 2, stateful_step_count=40)
