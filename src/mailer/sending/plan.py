"""Audience -> plan: who gets the issue, who does not and why."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from mailer.compile.compiled import MergeField
from mailer.errors import MailerError, RecipientsError, SourceError
from mailer.finding import Finding
from mailer.ledger.delivery import Counts, Figures, PlannedRecipient, SendIdentity
from mailer.position import Position
from mailer.recipients.recipient import BadRow
from mailer.sending.approval import Approval
from mailer.sending.audience import Audience, Placed
from mailer.sending.schedule import in_words

KEPT_ROWS = 1000
"""Rows at fault that are kept to be told; the rest is only counted."""


@dataclass(frozen=True, slots=True)
class Plan:
    """
    Who gets an issue.

    `planned` counts everybody frozen with the send, the suppressed ones among them; `suppressed` has their
    number for each reason. `invalid_rows` are the rows that are left out. `approval` tells of the test of
    exactly this content, None where staff were never sent it. The first `seeds` get it before the others.
    `last` has the counts of the last send to this list, `alike` those of the last one with the same `--where`
    and `--limit` too. `findings` are warnings about fields that the list has no column for. It `begins` at
    once, or at that time.
    """

    identity: SendIdentity
    digest: str
    transport: str
    counts: Counts
    planned: int
    suppressed: Mapping[str, int] = field(default_factory=dict)
    invalid_rows: Sequence[BadRow] = ()
    approval: Approval | None = None
    untested: str = ""
    seeds: int = 0
    last: Counts | None = None
    alike: Counts | None = None
    findings: Sequence[Finding] = ()
    begins: datetime | None = None

    @property
    def tested(self) -> bool:
        """Say whether staff were sent exactly this content."""
        return self.approval is not None

    @property
    def to_write(self) -> int:
        """Return the number of messages, as it has to be typed."""
        return self.planned - sum(self.suppressed.values())

    @property
    def figures(self) -> Figures:
        """Return the figures a send of this plan starts with."""
        return Figures(suppressed=self.planned - self.to_write, remaining=self.to_write)

    @property
    def size_jump(self) -> str:
        """Say how much the list, or who is meant of it, has grown or shrunk past double or half."""
        counts, last, alike = self.counts, self.last, self.alike
        name, meant = self.identity.list, counts.people
        if last and _jumps(last.on_list, counts.on_list):
            return f"{name} has {counts.on_list:,} people, and had {last.on_list:,} at its last send"
        if alike and _jumps(alike.people, meant):
            return f"{meant:,} of the people of {name} are meant, and {alike.people:,} were at the last send"
        return ""

    def lines(self) -> list[str]:
        """Return the plan as people read it."""
        return [*self._who(), *self._who_not(), *self._which()]

    def _who(self) -> Iterator[str]:
        way = "rehearse" if self.identity.rehearsal else "send"
        yield f"{way} {self.identity.issue} to {self.identity.list} through {self.transport}"
        if self.identity.where:
            yield f"  only where {self.identity.where}"
        if self.identity.limit is not None:
            yield f"  only the first {self.identity.limit:,}"
        yield f"  {self.to_write:>10,}  get it"
        if self.seeds:
            yield f"  {self.seeds:>10,}  of them, the seeds, get it first"
        if self.begins:
            yield f"  it begins {in_words(self.begins)}"

    def _who_not(self) -> Iterator[str]:
        counts = self.counts
        rows = [
            (counts.elsewhere, "have it already, or will get it, from another send"),
            *((count, f"suppressed: {reason}") for reason, count in self.suppressed.items()),
            (counts.not_selected, "not selected"),
            (counts.duplicates, "duplicate rows, folded"),
            (counts.invalid, "invalid rows, skipped"),
        ]
        for count, reason in rows:
            if count:
                yield f"  {count:>10,}  {reason}"

    def _which(self) -> Iterator[str]:
        not_seen = f"NOT tested: {self.untested or 'staff never saw this version'}"
        seen = f"tested {self.approval.words}" if self.approval else not_seen
        if self.size_jump:
            yield f"  MIND: {self.size_jump}"
        for one in self.findings:
            yield f"  {one.severity}: {one.position}: {one.message} [{one.rule}]"
        yield f"  content {self.digest[:19]}…  {seen}"


def _jumps(before: int, now: int) -> bool:
    """Say whether a number is past double or half of what it was; one that was nothing says nothing."""
    return bool(before) and not before / 2 <= now <= before * 2


def require_sound_rows(audience: Audience) -> None:
    """Raise RecipientsError with every row that cannot become a recipient."""
    if audience.bad:
        rows = list(islice(audience.bad_rows(skipped=False), KEPT_ROWS))
        count = f"{audience.bad:,} bad row{'s' if audience.bad > 1 else ''}"
        raise _rows_error(
            f"{count}; nothing was sent", rows, hint="mend them, or leave them out: --skip-invalid"
        )


def require_messages(
    placed: Iterable[Placed],
    fields: Iterable[MergeField],
    build: Callable[[PlannedRecipient], object],
    *,
    check: Callable[[PlannedRecipient], object] | None = None,
    every: bool = False,
) -> None:
    """
    Raise RecipientsError with the rows whose message cannot be built.

    Built are the message of the first recipient, which shows what fails for all, and those of whoever lacks a
    field that is used without a default; with `every` all of them. Of the others `check` is asked. Whoever is
    suppressed gets none.
    """
    without_default = [field for field in fields if not field.guarded]
    needed = {field.name for field in without_default}
    failed: list[BadRow] = []
    missing: set[str] = set()
    count = 0
    meant = (one for one in placed if not one.recipient.suppressed)
    for number, one in enumerate(meant):
        lacking = needed - one.recipient.values.keys()
        work = build if every or lacking or not number else check
        reason = _why_not(work, one.recipient) if work else ""
        if reason:
            count += 1
            missing |= lacking
            if len(failed) < KEPT_ROWS:
                failed.append(BadRow(one.position, reason))
    if failed:
        raise _rows_error(
            f"{count:,} recipient{'s' if count > 1 else ''} cannot get their copy; nothing was sent",
            failed,
            hint=_way_out([field for field in without_default if field.name in missing]),
        )


def _way_out(missing: Sequence[MergeField]) -> str:
    if not missing:
        return "mend the merge fields of the issue"
    default = f"{{{{ recipient.{missing[0].name} | default('…') }}}}"
    places = ", ".join(f"recipient.{field.name} at {field.position}" for field in missing)
    return f"fill in the column, or give the merge field a default, {default}: {places}"


def _why_not(build: Callable[[PlannedRecipient], object], recipient: PlannedRecipient) -> str:
    try:
        build(recipient)
    except SourceError as error:
        return f"{recipient.address}: {error.message} ({error.position})"
    except MailerError as error:
        return f"{recipient.address}: {error.message}"
    return ""


def _rows_error(message: str, rows: Sequence[BadRow], *, hint: str) -> RecipientsError:
    path = rows[0].position.path
    told = [(row.position.line, row.reason) for row in rows]
    return RecipientsError(message, Position(path), hint=hint, rows=told)


def check_expected(count: int, expected: tuple[int, int] | None) -> None:
    """Raise MailerError where the number of recipients is outside the range its author expects."""
    if expected and not expected[0] <= count <= expected[1]:
        low, high = expected
        raise MailerError(
            f"{count:,} recipients, but between {low:,} and {high:,} are expected; nothing was sent",
            hint="look at the plan with --dry-run, then change the list or --expect",
        )


def check_size(plan: Plan, expected: tuple[int, int] | None) -> None:
    """Raise MailerError where the list has more than doubled or halved since last time, unexpectedly."""
    if expected is None and plan.size_jump:
        count = plan.to_write
        raise MailerError(
            f"{plan.size_jump}; nothing was sent",
            hint=f"if the list is right, say so: --expect {count}; --yes does not",
        )


def parse_expected(text: str) -> tuple[int, int]:
    """Return the range that `12000..13000` or `12000` writes; MailerError for anything else."""
    low, dots, high = text.partition("..")
    try:
        found = int(low), int(high if dots else low)
    except ValueError:
        found = (1, 0)
    if not 0 <= found[0] <= found[1]:
        raise MailerError(
            f"'{text}' is not a range", hint="write the least and the most: --expect 12000..13000"
        )
    return found
