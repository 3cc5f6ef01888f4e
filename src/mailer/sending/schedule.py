"""`--at TIME` -> the moment a send may begin, and whether it is too late for it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from mailer.errors import MailerError
from mailer.ledger.delivery import Send, SendState

LATENESS_CAP = timedelta(hours=2)
"""How late a send may begin by itself: a machine that slept must not send last night's news at noon."""

LATE = "late"
"""How the reason of a pause begins that only somebody's decision ends."""

_WRITTEN = "%Y-%m-%d %H:%M"


def parse_time(text: str, zone: ZoneInfo) -> datetime:
    """
    Return the moment, in UTC, that `2026-12-01 09:00` names on the clocks of `zone`.

    An offset (`+01:00`) may say which clock is meant. Raises MailerError for anything else, and for a time
    that the change to or from summer time makes missing or double.
    """
    try:
        written = datetime.fromisoformat(text.strip() if ":" in text else "")
        return (written if written.tzinfo else _on_the_clock(written, zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise MailerError(
            f"'{text}' is not a time", hint='write day and time: --at "2026-12-01 09:00"'
        ) from None


def _on_the_clock(written: datetime, zone: ZoneInfo) -> datetime:
    """Return the one moment at which clocks show this time."""
    first, second = (written.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != written:
        later = first.astimezone(UTC).astimezone(zone)
        raise MailerError(
            f"clocks in {zone} never show {written:{_WRITTEN}}: they are put forward then",
            hint=f'the time after it is --at "{later:{_WRITTEN}}"',
        )
    choices = " or ".join(f'--at "{one.isoformat(sep=" ", timespec="minutes")}"' for one in (first, second))
    raise MailerError(
        f"clocks in {zone} show {written:{_WRITTEN}} twice: they are put back then",
        hint=f"say which one: {choices}",
    )


def is_scheduled(send: Send) -> bool:
    """Say whether a send waits for its time and has not begun."""
    return send.not_before is not None and send.state is SendState.PLANNED


def is_late(send: Send, now: datetime) -> bool:
    """Say whether the time of a send that has not begun is over for more than the cap."""
    return is_scheduled(send) and send.not_before is not None and now - send.not_before > LATENESS_CAP


def in_words(moment: datetime) -> str:
    """Return a moment on the clocks of this machine, as plans and reports have it."""
    return f"{moment.astimezone():{_WRITTEN} %Z}"


def require_ahead(moment: datetime | None, now: datetime) -> None:
    """Raise MailerError where a send is to begin at a time that is over."""
    if moment and moment <= now:
        raise MailerError(
            f"{in_words(moment)} is over; nothing was sent",
            hint="without --at the send begins now",
        )


def refuse_late(send: Send, now: datetime) -> None:
    """Raise MailerError where a send has missed its time: only `resume` sends it all the same."""
    if is_late(send, now) or (send.state is SendState.PAUSED and send.reason.startswith(LATE)):
        raise MailerError(
            f"send {send.id} of {send.identity.issue} has missed its time; nothing was sent",
            hint=f"`mailer resume {send.id}` sends it now, `mailer cancel {send.id}` ends it",
        )
