"""The decisions of the user, written into the ledger: carry out, resume, pause, cancel, resolve."""

import secrets
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from mailer.errors import LedgerLocked, MailerError
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import UNFINISHED, DeliveryState, PlannedRecipient, Send, SendState
from mailer.position import Position
from mailer.sending.audience import Placed
from mailer.sending.begin import GoOn, NewSend
from mailer.sending.clock import stop_on_signal
from mailer.sending.frozen import builder_of
from mailer.sending.plan import require_messages
from mailer.sending.report import Report, read_report
from mailer.sending.run import WAITING, Means, Run

BY_HAND = "by hand"
"""Why a send is paused that somebody paused."""

_ID_BYTES = 6


def carry_out(prepared: NewSend | GoOn, means: Means) -> Report:
    """
    Do what `prepare` planned and return the report.

    The transport is opened before anything is frozen, so that a dead relay costs nothing. Raises LedgerLocked
    where another process is sending, and TransportError where the transport cannot be opened.
    """
    if isinstance(prepared, GoOn):
        return _rehearse_rest(prepared, means) if prepared.dry_run else resume(prepared.send.id, means)
    if prepared.request.dry_run:
        return _dry_report(prepared, means)
    with means.ledger.sender():
        try:
            means.transport.open()
            send = _freeze(prepared, means)
        except BaseException:
            means.transport.close()
            raise
        return _run(send, means)


def resume(prefix: str, means: Means, *, refused: bool = False) -> Report:
    """
    Go on with a send from its frozen content and audience; with `refused`, try those again too.

    Where nothing is left to do, this is the report.
    """
    with means.ledger.sender():
        send = means.ledger.find_send(prefix)
        _require_resumable(send, means)
        if refused:
            means.ledger.retry_refused(send.id)
        figures = means.ledger.figures(send.id)
        if send.state is SendState.FINISHED and not figures.remaining:
            return read_report(means.ledger, send.id)
        means.transport.open()
        return _run(send, means)


def pause(ledger: Ledger, prefix: str) -> Report:
    """Hold a send; a running one stops before its next message."""
    send = ledger.find_send(prefix)
    if send.state not in UNFINISHED:
        raise MailerError(f"{send.id} is {send.state}: there is nothing to pause")
    ledger.set_state(send.id, SendState.PAUSED, BY_HAND)
    return read_report(ledger, send.id)


def cancel(ledger: Ledger, prefix: str) -> Report:
    """End a send; a running one stops before its next message."""
    send = ledger.find_send(prefix)
    if send.state is SendState.FINISHED:
        raise MailerError(f"{send.id} is finished: there is nothing to cancel")
    _doubt_left_over(ledger)
    ledger.set_state(send.id, SendState.CANCELLED, BY_HAND)
    return read_report(ledger, send.id)


def resolve(ledger: Ledger, prefix: str, *, resend: bool) -> Report:
    """Settle the deliveries in doubt: planned again, or taken as accepted."""
    send = ledger.find_send(prefix)
    _doubt_left_over(ledger)
    ledger.resolve(send.id, resend=resend)
    return read_report(ledger, send.id)


def due_sends(ledger: Ledger, now: datetime) -> list[Send]:
    """Return the sends that wait for nothing but the time of their deferred deliveries, which has come."""
    waiting = (s for s in ledger.sends() if s.state is SendState.PAUSED and s.reason.startswith(WAITING))
    times = ((send, ledger.next_due(send.id)) for send in waiting)
    return [send for send, at in times if at is not None and at <= now]


def _freeze(prepared: NewSend, means: Means) -> Send:
    """Write content and audience in one transaction, after ending the send that is replaced."""
    send = _send_of(prepared, means)
    if prepared.replaced:
        means.ledger.set_state(prepared.replaced.id, SendState.CANCELLED, f"replaced by {send.id}")
    means.ledger.freeze(send, (placed.recipient for placed in prepared.audience.placed()))
    return send


def _send_of(prepared: NewSend, means: Means) -> Send:
    plan, request = prepared.plan, prepared.request
    return Send(
        id=secrets.token_hex(_ID_BYTES),
        identity=plan.identity,
        digest=plan.digest,
        transport=plan.transport,
        created=means.clock.now(),
        scopes=request.scopes,
        counts=plan.counts,
        content=request.issue.to_json(),
        settings=request.sender.to_json(),
        tested=plan.tested,
        untested=plan.untested,
    )


def _run(send: Send, means: Means) -> Report:
    with stop_on_signal() as stop:
        Run(send.id, builder_of(send, means.secret, means.clock.now, means.sign), means, stop).work()
    report = read_report(means.ledger, send.id)
    return replace(report, interrupted=stop.requested and report.send.state is not SendState.FINISHED)


def _require_resumable(send: Send, means: Means) -> None:
    if send.state is SendState.CANCELLED:
        raise MailerError(
            f"{send.id} is cancelled",
            hint=f"`mailer send {send.identity.issue} --to {send.identity.list}` plans who has not got it.",
        )
    if send.identity.rehearsal and not means.transport.rehearsal:
        raise MailerError(
            f"{send.id} is a rehearsal: {means.transport.url} would mail people",
            hint="Name a transport that rehearses too: file:, maildir: or memory:.",
        )
    if means.transport.rehearsal and not send.identity.rehearsal:
        raise MailerError(
            f"{send.id} mails people: {means.transport.url} would only count them as accepted",
            hint="Name the transport that mails them: --transport.",
        )


def _doubt_left_over(ledger: Ledger) -> None:
    """Turn what a killed run left in flight into doubt, unless a run is at it now."""
    with suppress(LedgerLocked), ledger.sender():
        pass


def _dry_report(prepared: NewSend, means: Means) -> Report:
    plan = prepared.plan
    send = replace(_send_of(prepared, means), id="")
    return Report(send, plan.figures, dry_run=True, invalid_rows=plan.invalid_rows)


def _rehearse_rest(prepared: GoOn, means: Means) -> Report:
    """Build what is left of an unfinished send and hand nothing over."""
    send = prepared.send
    left = means.ledger.deliveries(send.id, (DeliveryState.PLANNED, DeliveryState.DEFERRED))
    placed = (
        Placed(PlannedRecipient(one.key, one.address, one.name, one.values), Position(send.id))
        for one in left
    )
    build = builder_of(send, means.secret, means.clock.now, means.sign)
    require_messages(placed, (), build, every=True)
    return Report(replace(send, id=""), prepared.figures, dry_run=True)
