"""An issue, a list and a ledger on which `prepare` and `carry_out` are tried."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from tests.sending.scripted import START, FakeTime, ScriptedTransport

from mailer.address import parse_address
from mailer.compile.compiled import CompiledIssue, MergeField
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import SendIdentity, StaffTest
from mailer.message.sender import Sender
from mailer.position import Position
from mailer.recipients.recipient import BadRow, Recipient
from mailer.sending.act import carry_out
from mailer.sending.audience import Source
from mailer.sending.begin import GoOn, NewSend, NothingToDo, Request, prepare
from mailer.sending.report import Report
from mailer.sending.run import Means

ISSUE = CompiledIssue(
    slug="spring",
    subject="Spring is here",
    html="<p>Hello {{ recipient.first_name | default('reader') }}</p>",
    text="Hello {{ recipient.first_name | default('reader') }}\n\nThe first line.\n",
    headers=(("From", "News <news@news.test>"),),
    fields=(MergeField("first_name", guarded=True, position=Position("issues/spring.md", 3)),),
)
NEEDY = replace(
    ISSUE,
    text="Hello {{ recipient.first_name }}\n",
    fields=(MergeField("first_name", guarded=False, position=Position("issues/spring.md", 3)),),
)
CHANGED = replace(ISSUE, text=ISSUE.text.replace("first", "second"))


def row(name: str, line: int = 2, *, opted_out: str = "", **values: str) -> Recipient:
    address = parse_address(f"{name}@x.test")
    return Recipient(address, Position("list.csv", line), values=values, opted_out=opted_out)


@dataclass
class Desk:
    """`rows` is the list; `prepared` and `send` are the command, changed by what is given."""

    ledger: Ledger
    rows: list[Recipient | BadRow] = field(default_factory=list)
    time: FakeTime = field(default_factory=FakeTime)
    reads: int = 0

    def __post_init__(self) -> None:
        self.transport = ScriptedTransport(self.time)
        self.means = Means(self.ledger, self.transport, b"k" * 32, clock=self.time.clock)
        self.request = Request(
            issue=ISSUE,
            sender=Sender(parse_address("bounces@news.test"), "readers"),
            identity=SendIdentity("spring", "readers", rehearsal=True),
            scopes=("readers",),
        )

    def test(self, issue: CompiledIssue = ISSUE) -> None:
        content = issue.to_json()
        found = StaffTest("spring", issue.digest, True, START, "me@x.test", "memory:", content)
        self.ledger.record_test(found)

    def sources(self) -> Iterable[Source]:
        self.reads += 1
        return [Source(list(self.rows))]

    def prepared(self, **changes: object) -> NewSend | GoOn | NothingToDo:
        request: Callable[..., Request] = replace
        return prepare(request(self.request, **changes), self.sources, self.means)

    def send(self, **changes: object) -> Report:
        prepared = self.prepared(**changes)
        if isinstance(prepared, NothingToDo):
            return prepared.report
        return carry_out(prepared, self.means)
