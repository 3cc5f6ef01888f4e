"""What the user asked for -> a planned new send, a send to go on with, or nothing to do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from types import TracebackType
from typing import Self

from mailer.compile.compiled import CompiledIssue
from mailer.errors import MailerError
from mailer.finding import Finding
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Counts, Figures, Send, SendIdentity, SendState
from mailer.message.build import prepare_messages
from mailer.message.sender import Sender
from mailer.sending.approval import changed_since_test, find_approval
from mailer.sending.audience import Audience, Source, audience_through, freed_by
from mailer.sending.difference import content_difference
from mailer.sending.frozen import builder_with, checker_with, require_carried
from mailer.sending.lock import Lock
from mailer.sending.plan import Plan, require_messages, require_sound_rows
from mailer.sending.reading import read_list
from mailer.sending.report import Report, read_report
from mailer.sending.run import Means
from mailer.sending.schedule import refuse_late, require_ahead


@dataclass(frozen=True, slots=True)
class Request:
    """
    One `send` command in plain values.

    `scopes` are the list names whose suppressions hold. `lock` is what travels with the issue of a test made
    elsewhere. `untested` is the reason for sending what staff never saw, `replace` the send that is to be
    replaced; both may be empty. It is not to begin before `not_before`.
    After the seeds it is held for `hold` seconds.
    """

    issue: CompiledIssue
    sender: Sender
    identity: SendIdentity
    scopes: tuple[str, ...] = ()
    draft: bool = False
    lock: Lock | None = None
    untested: str = ""
    replace: str = ""
    skip_invalid: bool = False
    dry_run: bool = False
    not_before: datetime | None = None
    hold: float = 0.0


@dataclass(frozen=True, slots=True)
class NewSend:
    """A plan that waits for its confirmation. It holds the audience: use it in a `with` statement."""

    request: Request
    plan: Plan
    audience: Audience
    replaced: Send | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.audience.close()


@dataclass(frozen=True, slots=True)
class GoOn:
    """The same send, unfinished; its list is not read again."""

    send: Send
    figures: Figures
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class NothingToDo:
    """Everybody on the list has got the issue; the report is that of the send that did it."""

    report: Report


def prepare(
    request: Request,
    sources: Callable[[], Iterable[Source]],
    means: Means,
    seeds: Callable[[], Iterable[Source]] = tuple,
) -> NewSend | GoOn | NothingToDo:
    """
    Return what the command would do; nothing is written and nothing handed over.

    `sources`, and `seeds`, who get it first, are called only where the list has to be read. Raises
    MailerError where the send must not start: a draft, a changed issue, a bad row, a message that cannot be
    built, content that staff never saw.
    """
    _refuse_draft(request)
    replaced = _find_replaced(request, means.ledger)
    unfinished = means.ledger.unfinished(request.identity)
    if unfinished and (replaced is None or replaced.id != unfinished.id):
        _require_same_content(unfinished, request)
        refuse_late(unfinished, means.clock.now())
        return GoOn(unfinished, means.ledger.figures(unfinished.id), request.dry_run)
    audience = audience_through(means.transport, means.secret)
    try:
        for source in seeds():
            audience.read(source)
        audience.end_seeds()
        return _plan_new(request, sources(), audience, replaced, means)
    except BaseException:
        audience.close()
        raise


def _plan_new(
    request: Request, sources: Iterable[Source], audience: Audience, replaced: Send | None, means: Means
) -> NewSend | NothingToDo:
    require_ahead(request.not_before, means.clock.now())
    findings = _fill(audience, request, sources, replaced, means.ledger)
    plan = replace(_plan(request, audience, means), findings=findings)
    if not plan.to_write and not request.dry_run:
        audience.close()
        return _nothing_to_do(plan, means.ledger)
    template = prepare_messages(request.issue, request.sender, means.secret, sign=means.sign)
    require_carried(template, means.transport)
    build = builder_with(template, means.clock.now)
    placed = audience.placed()
    check = checker_with(template)
    require_messages(placed, request.issue.fields, build, check=check, every=request.dry_run)
    if not (plan.tested or request.untested or request.dry_run):
        raise _not_tested(request, means.ledger)
    return NewSend(request, plan, audience, replaced)


def _fill(
    audience: Audience, request: Request, sources: Iterable[Source], replaced: Send | None, ledger: Ledger
) -> list[Finding]:
    """Read the list whole, hold it against issue and ledger, and return warnings."""
    findings = read_list(audience, sources, request.issue.fields, request.identity.list)
    if not request.skip_invalid:
        require_sound_rows(audience)
    audience.cut(request.identity.limit)
    if replaced:
        audience.free(freed_by(ledger, replaced.id))
    audience.leave_out_held(ledger, request.identity)
    audience.suppress(ledger, request.scopes)
    return findings


def _plan(request: Request, audience: Audience, means: Means) -> Plan:
    rehearsal = request.identity.rehearsal
    last, alike = _last_counts(request.identity, means.ledger)
    approval = find_approval(means.ledger, request.lock, request.issue.digest, rehearsal=rehearsal)
    return Plan(
        identity=request.identity,
        digest=request.issue.digest,
        transport=means.transport.url,
        counts=audience.counts,
        planned=audience.planned,
        suppressed=audience.suppressed(),
        invalid_rows=(*audience.bad_rows(skipped=False), *audience.bad_rows(skipped=True)),
        approval=approval,
        untested=request.untested,
        seeds=audience.seeds,
        last=last,
        alike=alike,
        begins=request.not_before,
    )


def _last_counts(identity: SendIdentity, ledger: Ledger) -> tuple[Counts | None, Counts | None]:
    """
    Return the counts of the last send to this list, of any issue, and of the last with this selection too.

    A rehearsal has none to be held against.
    """
    if identity.rehearsal:
        return None, None
    same_list = [
        send
        for send in ledger.sends()
        if send.state is not SendState.CANCELLED
        and (send.identity.list, send.identity.rehearsal) == (identity.list, False)
    ]
    alike = [send for send in same_list if replace(send.identity, issue=identity.issue) == identity]
    return same_list[0].counts if same_list else None, alike[0].counts if alike else None


def _refuse_draft(request: Request) -> None:
    if request.draft:
        raise MailerError(
            f"{request.identity.issue} is a draft and cannot be sent",
            hint="take `draft: true` out of its front matter, and test it again",
        )


def _find_replaced(request: Request, ledger: Ledger) -> Send | None:
    if not request.replace:
        return None
    found = ledger.find_send(request.replace)
    same = (request.identity.issue, request.identity.rehearsal)
    if (found.identity.issue, found.identity.rehearsal) != same:
        kind = "a rehearsal" if found.identity.rehearsal else "a send"
        raise MailerError(
            f"{found.id} is {kind} of {found.identity.issue}: this one cannot take its place",
            hint=f"`mailer status` lists the sends of {request.identity.issue}",
        )
    return found


def _require_same_content(unfinished: Send, request: Request) -> None:
    if unfinished.digest == request.issue.digest:
        return
    name = unfinished.id
    difference = content_difference(unfinished.content, request.issue)
    identity = unfinished.identity
    raise MailerError(
        f"{identity.issue} has changed since its send {name} to {identity.list} began, which is not finished:"
        f"\n{difference}",
        hint=f"`mailer resume {name}` goes on with the old content, `mailer cancel {name}` ends it, and"
        f" `mailer send {identity.issue} --to {identity.list} --replace {name}` sends the new, tested content"
        " to everyone whom the old one has not reached",
    )


def _not_tested(request: Request, ledger: Ledger) -> MailerError:
    issue, rehearsal = request.identity.issue, request.identity.rehearsal
    hint = f"test it: mailer test {issue}; or say why staff need not see it: --untested REASON"
    changed = changed_since_test(ledger, request.lock, request.issue, rehearsal=rehearsal)
    if changed:
        return MailerError(f"{issue} has changed since its last test; nothing was sent\n{changed}", hint=hint)
    way = "" if rehearsal else " through a transport that mails it"
    return MailerError(f"{issue} has not been tested{way}; nothing was sent", hint=hint)


def _nothing_to_do(plan: Plan, ledger: Ledger) -> NothingToDo:
    if latest := ledger.latest(plan.identity):
        return NothingToDo(read_report(ledger, latest.id))
    raise MailerError(
        "\n".join(["nobody on the list is to get this issue:", *plan.lines()]),
        hint="look at the list, at --where, and at `mailer suppress list`",
    )
