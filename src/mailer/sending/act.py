"""The decisions of the user, written into the ledger: carry out, resume, pause, cancel, resolve."""

import secrets
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from mailer.errors import LedgerLocked, MailerError
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import UNFINISHED, DeliveryState, PlannedRecipient, Send, SendState
from mailer.position import Position
from mailer.sending.again import ask_again
from mailer.sending.audience import Placed
from mailer.sending.begin import GoOn, NewSend
from mailer.sending.clock import Stop, stop_on_signal
from mailer.sending.frozen import builder_of
from mailer.sending.hold import count_down, is_to_be_held, sender_in_turn, wait_for_time
from mailer.sending.plan import require_messages
from mailer.sending.report import Report, read_report
from mailer.sending.run import WAITING, Means, Run
from mailer.sending.schedule import is_late, is_scheduled
from mailer.transport.url import place_of

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
    with stop_on_signal() as stop:
        with means.ledger.sender(live=not means.transport.rehearsal):
            try:
                means.transport.open()
                send = _freeze(prepared, means)
            except BaseException:
                means.transport.close()
                raise
            if not send.not_before:
                return _run(send, means, stop)
        means.transport.close()  # no relay keeps a silent connection for long
        return _in_time(send, means, stop)


def resume(prefix: str, means: Means, *, refused: bool = False, due: bool = False) -> Report:
    """
    Go on with a send from its frozen content and audience; with `refused`, try those again too.

    One that waits for its time is waited for. When that is long over, it begins now, but not where a timer
    asks (`due`): then it is paused.

    Where nothing is left to do, this is the report.
    """
    with stop_on_signal() as stop:
        send = means.ledger.find_send(prefix)
        if is_scheduled(send) and (due or not is_late(send, means.clock.now())):
            _require_resumable(send, means)
            return _in_time(send, means, stop)
        with means.ledger.sender(live=not means.transport.rehearsal):
            return _go_on(prefix, means, stop, refused=refused)


def _go_on(prefix: str, means: Means, stop: Stop, *, refused: bool) -> Report:
    send = means.ledger.find_send(prefix)
    _require_resumable(send, means)
    if refused:
        means.ledger.retry_refused(send.id)
    figures = means.ledger.figures(send.id)
    if send.state is SendState.FINISHED and not figures.remaining:
        return read_report(means.ledger, send.id)
    means.transport.open()
    return _run(send, means, stop)


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
    """Return the sends that wait for a time that has come, their own or that of deferred deliveries."""
    times = ((send, _time_of(send, ledger)) for send in ledger.sends())
    return [send for send, at in times if at is not None and at <= now]


def _time_of(send: Send, ledger: Ledger) -> datetime | None:
    """Return the moment that a send waits for, None where it waits for something else or for nothing."""
    if send.state is SendState.PAUSED and send.reason.startswith(WAITING):
        return ledger.next_due(send.id)
    return send.not_before if is_scheduled(send) else None


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
        approval=plan.approval.to_json() if plan.approval else {},
        not_before=request.not_before,
        seeds=plan.seeds,
        hold=request.hold,
    )


def _in_time(send: Send, means: Means, stop: Stop) -> Report:
    """Send at the time a send was planned for."""
    if not wait_for_time(send, means.ledger, means.clock, stop, means.operator):
        return _report(send, means, stop)
    with sender_in_turn(send, means.ledger, means.clock, stop):
        means.transport.open()
        return _run(send, means, stop)


def _run(send: Send, means: Means, stop: Stop) -> Report:
    """Hand over, to the seeds first; the others get it when a countdown after them was let run out."""
    build = builder_of(send, means.secret, means.clock.now, means.sign)
    ask_again(send, build, means)
    if is_to_be_held(send, means.ledger):
        Run(send.id, build, means, stop, places=send.seeds).work()
        if not count_down(send, means.ledger, means.clock, stop, means.operator):
            return _report(send, means, stop)
    Run(send.id, build, means, stop).work()
    return _report(send, means, stop)


def _report(send: Send, means: Means, stop: Stop) -> Report:
    report = read_report(means.ledger, send.id)
    interrupted = stop.requested and report.send.state is not SendState.FINISHED
    return replace(report, interrupted=interrupted, slowed=means.domains.slowed)


def _require_resumable(send: Send, means: Means) -> None:
    if send.state is SendState.CANCELLED:
        raise MailerError(
            f"{send.id} is cancelled",
            hint=f"`mailer send {send.identity.issue} --to {send.identity.list}` plans who has not got it",
        )
    if send.identity.rehearsal and not means.transport.rehearsal:
        raise MailerError(
            f"{send.id} is a rehearsal: {means.transport.url} would mail people",
            hint="name a transport that rehearses too: file:, maildir: or memory:",
        )
    if means.transport.rehearsal and not send.identity.rehearsal:
        raise MailerError(
            f"{send.id} mails people: {means.transport.url} would only count them as accepted",
            hint="name the transport that mails them: --transport",
        )
    if not send.identity.rehearsal:
        _require_test_through(send, means)


def _require_test_through(send: Send, means: Means) -> None:
    """Raise MailerError where a send would move to a transport through which nobody has seen its content."""
    url = means.transport.url
    if place_of(url) == place_of(send.transport):
        return
    if means.ledger.find_test(send.digest, rehearsal=False, transport=url) is None:
        issue, name = send.identity.issue, means.named or url
        raise MailerError(
            f"{issue} has not been tested through {place_of(url)}, which did not begin this send;"
            " nothing was sent",
            hint=f"test it: mailer test {issue} --transport {name}; or, where {issue} has changed since,"
            f" what was frozen: mailer test {send.id} --transport {name}",
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
    return Report(replace(send, id=""), prepared.figures, dry_run=True, unfinished=send.id)
