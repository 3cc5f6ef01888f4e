"""Staff list -> copies of what subscribers would get, through the same code; the digest counts as tested."""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from mailer.compile.compiled import CompiledIssue
from mailer.errors import MailerError
from mailer.ledger.delivery import Counts, Figures, PlannedRecipient, Send, SendIdentity, SendState, StaffTest
from mailer.message.build import prepare_messages
from mailer.message.envelope import Message
from mailer.message.outcome import Outcome, Verdict
from mailer.message.sender import Sender
from mailer.sending.audience import Source, audience_through
from mailer.sending.frozen import builder_with, require_carried
from mailer.sending.plan import require_sound_rows
from mailer.sending.recall import recall
from mailer.sending.refusals import Group, group_answers
from mailer.sending.report import Report
from mailer.sending.run import Means

_ID_BYTES = 6

_WORST_FIRST = (Verdict.REFUSED, Verdict.UNKNOWN, Verdict.DEFERRED, Verdict.ACCEPTED)
"""What became of a person who was to get several copies is the first of these."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The values of a real recipient; a `label` stands in place of the name in To."""

    values: Mapping[str, str]
    label: str = ""


@dataclass(frozen=True, slots=True)
class StaffRequest:
    """
    One `test` command in plain values.

    `identity.list` is the list of the staff, `who` is the one who sends it to them. `samples` are real
    recipients: each staff member gets the copy of every one of them. Without any it is their own, missing
    values standing as `[first_name]`. No more than `limit` messages may go out.
    """

    issue: CompiledIssue
    sender: Sender
    identity: SendIdentity
    limit: int = 25
    samples: Sequence[Sample] = ()
    who: str = ""


def send_test(request: StaffRequest, sources: Iterable[Source], means: Means) -> Report:
    """
    Hand the copies over and return the report, its figures counting people.

    The digest is recorded as tested where somebody got every copy and nobody was refused one. Raises
    MailerError for bad rows, more than `limit` people and copies that cannot be built, and TransportError.
    """
    staff, counts = _read_staff(request, sources, means)
    id_ = secrets.token_hex(_ID_BYTES)
    messages = _build(request, staff, id_, means)
    outcomes = _hand_over(messages, means)
    figures = _figures(staff, messages, outcomes)
    recorded = figures.accepted > 0 and figures.refused == 0
    if recorded:
        means.ledger.record_test(_test(request, staff, means))
    return Report(
        _as_send(request, counts, means, recorded=recorded),
        figures,
        refusals=_groups(messages, outcomes, Verdict.REFUSED),
        deferrals=_groups(messages, outcomes, Verdict.DEFERRED),
        is_test=True,
        test=id_ if recorded else None,
    )


def _groups(messages: Iterable[Message], outcomes: Iterable[Outcome], verdict: Verdict) -> list[Group]:
    return group_answers(
        (str(message.envelope.recipient), outcome.code, outcome.text)
        for message, outcome in zip(messages, outcomes, strict=True)
        if outcome.verdict is verdict
    )


def _read_staff(
    request: StaffRequest, sources: Iterable[Source], means: Means
) -> tuple[list[PlannedRecipient], Counts]:
    with audience_through(means.transport, means.secret) as audience:
        for source in sources:
            audience.read(source)
        require_sound_rows(audience)
        _check_size(request, audience.planned)
        audience.suppress(means.ledger, ())
        staff = [placed.recipient for placed in audience.placed()]
        if all(one.suppressed for one in staff):
            raise MailerError(f"{request.identity.list} has nobody who may be written to")
        return staff, audience.counts


def _check_size(request: StaffRequest, people: int) -> None:
    """Refuse a test of too many messages: people, each of whom gets every sample."""
    if people > request.limit:
        raise MailerError(
            f"{request.identity.list} has {people:,} people, more than a test may go to"
            f" ({request.limit}); nothing was sent",
            hint="name the list of your staff: --to LIST; or raise sending.test_limit in mailer.toml",
        )
    copies = len(request.samples)
    if people * copies > request.limit:
        raise MailerError(
            f"{copies} copies to each of {people} people are {people * copies} messages, more than a test may"
            f" send ({request.limit}); nothing was sent",
            hint="name one person: --to ADDRESS; or raise sending.test_limit in mailer.toml",
        )


def _build(request: StaffRequest, staff: Iterable[PlannedRecipient], id_: str, means: Means) -> list[Message]:
    """Build every copy before the first one goes out; each has a Message-ID of its own."""
    sample = not request.samples
    template = prepare_messages(
        request.issue, request.sender, means.secret, copy=id_, sample=sample, sign=means.sign
    )
    require_carried(template, means.transport)
    people = [person for person in staff if not person.suppressed]
    if sample:
        return [builder_with(template, means.clock.now)(person) for person in people]
    messages = []
    for number, one in enumerate(request.samples):
        build = builder_with(replace(template, copy=f"{id_}-{number}"), means.clock.now)
        messages += [
            build(replace(person, values=one.values, name=one.label or person.name)) for person in people
        ]
    return messages


def _hand_over(messages: Iterable[Message], means: Means) -> list[Outcome]:
    """Return what became of each message; a test is not tried again, whoever reads it can repeat it."""
    outcomes = []
    means.transport.open()
    recall(means.ledger, means.transport.url, means.limiter, means.domains, means.clock)
    for message in messages:
        with _at_its_time(means):
            (outcome,) = means.transport.deliver([message], lambda ready: ready)
        outcomes.append(outcome or Outcome(Verdict.DEFERRED, text="the transport did not take it"))
    return outcomes


@contextmanager
def _at_its_time(means: Means) -> Iterator[None]:
    """Wait until a message may leave, and count it."""
    if means.limiter is None:
        yield
        return
    while (seconds := means.limiter.delay(means.clock.monotonic())) > 0:
        means.clock.sleep(seconds)
    means.limiter.begin()
    try:
        yield
    finally:
        means.limiter.end(means.clock.monotonic())


def _figures(
    staff: Sequence[PlannedRecipient], messages: Iterable[Message], outcomes: Iterable[Outcome]
) -> Figures:
    verdicts: dict[str, set[Verdict]] = {}
    for message, outcome in zip(messages, outcomes, strict=True):
        verdicts.setdefault(message.key, set()).add(outcome.verdict)
    worst = [next(one for one in _WORST_FIRST if one in found) for found in verdicts.values()]
    return Figures(
        accepted=worst.count(Verdict.ACCEPTED),
        deferred=worst.count(Verdict.DEFERRED),
        refused=worst.count(Verdict.REFUSED),
        in_doubt=worst.count(Verdict.UNKNOWN),
        suppressed=sum(bool(one.suppressed) for one in staff),
    )


def _test(request: StaffRequest, staff: Iterable[PlannedRecipient], means: Means) -> StaffTest:
    return StaffTest(
        issue=request.identity.issue,
        digest=request.issue.digest,
        rehearsal=request.identity.rehearsal,
        at=means.clock.now(),
        to=", ".join(one.address for one in staff if not one.suppressed),
        transport=means.transport.url,
        content=request.issue.to_json(),
        who=request.who,
    )


def _as_send(request: StaffRequest, counts: Counts, means: Means, *, recorded: bool) -> Send:
    return Send(
        id="",
        identity=request.identity,
        digest=request.issue.digest,
        transport=means.transport.url,
        created=means.clock.now(),
        state=SendState.FINISHED,
        counts=counts,
        tested=recorded,
    )
