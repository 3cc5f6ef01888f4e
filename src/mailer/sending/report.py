"""Send + figures -> what is told about it: JSON, lines, exit code."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any

from mailer.ledger.base import Ledger
from mailer.ledger.delivery import UNFINISHED, Delivery, DeliveryState, Figures, Send, SendState
from mailer.recipients.recipient import BadRow
from mailer.sending.approval import Approval
from mailer.sending.brake import SlowDown
from mailer.sending.refusals import Group, group_answers
from mailer.sending.schedule import in_words, is_scheduled

DONE, NOT_SETTLED, STOPPED = 0, 4, 130
"""Exit codes."""

SHOWN = 20
"""Deliveries in doubt that are told one by one."""


@dataclass(frozen=True, slots=True)
class Report:
    """
    What became of a send, over all its runs.

    `send.id` is empty for a dry run and a test; `unfinished` is the send that a dry run would go on with.
    `refusals` and `deferrals` hold the relay's answers in groups, largest first. `in_doubt` holds the first
    deliveries in doubt. `stranded` where the process that sent was killed: what it had in flight counts as in
    doubt, as it will for the next one that sends. `slowed` are the domains that were slowed down in the last
    run. `test` is the id of a staff test, None where it was not recorded.
    """

    send: Send
    figures: Figures
    dry_run: bool = False
    interrupted: bool = False
    invalid_rows: Sequence[BadRow] = ()
    refusals: Sequence[Group] = ()
    deferrals: Sequence[Group] = ()
    in_doubt: Sequence[Delivery] = ()
    stranded: bool = False
    slowed: Sequence[SlowDown] = ()
    unfinished: str = ""
    is_test: bool = False
    test: str | None = None

    @property
    def approval(self) -> Approval | None:
        """Return the test that the send relied on."""
        return Approval.from_json(self.send.approval)

    @property
    def state_words(self) -> str:
        """Return where the send stands and why, as people read it."""
        if self.stranded and self.send.state is SendState.SENDING:
            return "interrupted: no process sends it"
        words = self.send.state.value + (f": {self.send.reason}" if self.send.reason else "")
        if is_scheduled(self.send) and self.send.not_before:
            words += f": begins {in_words(self.send.not_before)}"
        return words

    @property
    def settled(self) -> bool:
        """Say whether nobody is left: neither deferred nor in doubt nor remaining."""
        return not (self.figures.deferred or self.figures.in_doubt or self.figures.remaining)

    def exit_code(self, refused_ok: float) -> int:
        """Return the exit code; `refused_ok` is the share of those written to that may be refused."""
        if self.dry_run:
            return DONE
        if self.interrupted:
            return STOPPED
        written_to = self.figures.planned - self.figures.suppressed - self.figures.cancelled
        if self.settled and self.figures.refused <= refused_ok * written_to:
            return DONE
        return NOT_SETTLED

    def to_json(self) -> dict[str, Any]:
        """Return the document of `send`, `resume`, `status SEND` and `test`."""
        send, counts, figures = self.send, self.send.counts, self.figures
        document: dict[str, Any] = {
            "send": send.id or None,
            "issue": send.identity.issue,
            "list": send.identity.list,
            "transport": send.transport,
            "digest": send.digest,
            "tested": send.tested,
            "dry_run": self.dry_run,
            "rehearsal": send.identity.rehearsal,
            "state": send.state.value,
            "listed": counts.listed,
            "duplicates": counts.duplicates,
            "invalid": counts.invalid,
            "not_selected": counts.not_selected,
            "elsewhere": counts.elsewhere,
            "planned": figures.planned,
            "accepted": figures.accepted,
            "deferred": figures.deferred,
            "refused": figures.refused,
            "in_doubt": figures.in_doubt,
            "suppressed": figures.suppressed,
            "cancelled": figures.cancelled,
            "remaining": figures.remaining,
            "seconds": round(send.seconds, 1),
            "tested_by": dict(send.approval) or None,
            "untested": send.untested or None,
            "refusals": [group.to_json() for group in self.refusals],
            "deferrals": [group.to_json() for group in self.deferrals],
        }
        if self.slowed:
            document["slowed"] = [one.to_json() for one in self.slowed]
        if self.dry_run:
            rows = self.invalid_rows
            document["invalid_rows"] = [{"line": row.position.line, "reason": row.reason} for row in rows]
        if self.is_test:
            document["test"] = self.test
        return document

    def lines(self) -> list[str]:
        """Return the report as people read it."""
        groups = [*_grouped("Refused:", self.refusals), *_grouped("Deferred:", self.deferrals)]
        head = [*self._head(), *self._table(), *self._seen()]
        return [*head, *groups, *self._slowed(), *self._doubts(), *self.next_steps()]

    def _head(self) -> Iterator[str]:
        identity = self.send.identity
        if self.dry_run:
            yield "Dry run: nothing was handed over."
        elif identity.rehearsal:
            yield f"{_written_to(self.send.transport)}: nobody was mailed."
        if self.is_test and not self.test:
            yield "Not recorded as tested: somebody has to get it, and nobody may be refused."
        name = f"  ({self.send.id})" if self.send.id else ""
        what = f"{'test of ' if self.is_test else ''}{identity.issue}"
        yield f"{what} to {identity.list}{name}: {self.state_words}"

    def _table(self) -> Iterator[str]:
        counts, figures = self.send.counts, self.figures
        rows = [
            ("listed", counts.listed, True),
            ("duplicates", counts.duplicates, False),
            ("invalid", counts.invalid, False),
            ("not selected", counts.not_selected, False),
            ("elsewhere", counts.elsewhere, False),
            ("planned", figures.planned, True),
            ("accepted", figures.accepted, True),
            ("deferred", figures.deferred, False),
            ("refused", figures.refused, False),
            ("in doubt", figures.in_doubt, False),
            ("suppressed", figures.suppressed, False),
            ("cancelled", figures.cancelled, False),
            ("remaining", figures.remaining, False),
        ]
        for word, count, always in rows:
            if count or always:
                yield f"  {word:<13}{count:>10,}"
        if self.send.seconds:
            yield f"  {'seconds':<13}{self.send.seconds:>10,.1f}"

    def _seen(self) -> Iterator[str]:
        if self.is_test:
            return
        if self.approval:
            yield f"  tested {self.approval.words}"
        elif self.send.untested:
            yield f"  NOT tested: {self.send.untested}"

    def _slowed(self) -> Iterator[str]:
        if self.slowed:
            yield "Slowed down, because the other side asked for it:"
        for one in self.slowed[:SHOWN]:
            yield f"  {one.domain} to {one.rate}: {one.reason}"
        if rest := len(self.slowed[SHOWN:]):
            yield f"  and {rest:,} more"

    def _doubts(self) -> Iterator[str]:
        if not self.figures.in_doubt:
            return
        if self.is_test:
            yield "In doubt: handed over, but no clear answer came. Look whether it arrived, or test again."
            return
        yield "In doubt: handed over, but no clear answer came. Look into the relay's log for:"
        for delivery in self.in_doubt:
            yield f"  {delivery.address}  {delivery.message_id}"
        name = self.send.id or self.unfinished
        if rest := self.figures.in_doubt - len(self.in_doubt):
            states = "in_doubt,sending" if self.stranded else "in_doubt"
            yield f"  {rest:,}{' more' if self.in_doubt else ''}: mailer status {name} --state {states}"
        yield f"  mailer resolve {name} --accept   takes them as accepted"
        yield f"  mailer resolve {name} --resend   plans them again"

    def next_steps(self) -> Iterator[str]:
        """Yield the commands that go on, in words."""
        if self.send.id and is_scheduled(self.send):
            yield f"Wait for its time with: mailer resume {self.send.id}"
            yield "Or let a timer begin it: mailer resume --due"
        if self.send.id and self.send.state is SendState.SENDING and not self.stranded:
            yield f"Stop it with: mailer pause {self.send.id}"
            yield f"Where no process sends it any more, go on with: mailer resume {self.send.id}"
        elif self.send.id and self.send.state in {SendState.SENDING, SendState.PAUSED}:
            yield f"Go on with: mailer resume {self.send.id}"
        elif self.send.id and self.send.state is SendState.FINISHED and self.figures.refused:
            yield f"Try the refused ones again with: mailer resume {self.send.id} --refused"


def read_report(ledger: Ledger, send: str) -> Report:
    """Return the report of a send as the ledger has it."""
    found = ledger.find_send(send)
    if stranded := _is_stranded(ledger, found):
        found = ledger.find_send(send)  # its process may just have ended in order
    figures = ledger.figures(found.id)
    lost = tuple(ledger.deliveries(found.id, (DeliveryState.SENDING,))) if stranded else ()
    refused = ledger.deliveries(found.id, (DeliveryState.REFUSED,)) if figures.refused else ()
    deferred = ledger.deliveries(found.id, (DeliveryState.DEFERRED,)) if figures.deferred else ()
    in_doubt = ledger.deliveries(found.id, (DeliveryState.IN_DOUBT,)) if figures.in_doubt else ()
    return Report(
        found,
        replace(figures, in_doubt=figures.in_doubt + len(lost), remaining=figures.remaining - len(lost)),
        refusals=_groups_of(refused),
        deferrals=_groups_of(deferred),
        in_doubt=tuple(islice(chain(lost, in_doubt), SHOWN)),
        stranded=stranded,
    )


def _is_stranded(ledger: Ledger, send: Send) -> bool:
    """Say whether a send was broken off by a kill: it, or some of it, is under way, and nobody sends."""
    if send.state not in UNFINISHED:
        return False
    in_flight = ledger.deliveries(send.id, (DeliveryState.SENDING,))
    return (send.state is SendState.SENDING or any(True for _ in in_flight)) and not ledger.has_sender


def _groups_of(deliveries: Iterable[Delivery]) -> list[Group]:
    return group_answers((one.address, one.code, one.reply) for one in deliveries)


def _grouped(heading: str, groups: Sequence[Group]) -> Iterator[str]:
    """Yield each reason with its domains and what to do about it."""
    if groups:
        yield heading
    for group in groups:
        yield f"  {group.count:>6,}  {group.reason}"
        if group.domains:
            yield f"          {group.domains_shown}"
        if group.advice:
            yield f"          → {group.advice}"


def _written_to(transport: str) -> str:
    """Return `Written to outbox/` for the transport `file:outbox`, `Kept by pigeon` for somebody else's."""
    scheme, _, path = transport.partition("?")[0].partition(":")
    folder = path and scheme in {"file", "maildir"}
    return f"Written to {path.rstrip('/')}/" if folder else f"Kept by {scheme}"
