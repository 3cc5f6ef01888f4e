"""What a run needs that mails people: the right ledger before it, a backup after it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from mailer.cli.console import note
from mailer.errors import LedgerError, MailerError
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Send
from mailer.project import Project
from mailer.project.backup import back_up
from mailer.project.home import why_not_live


def require_own(project: Project, ledger: Ledger, *, dry_run: bool = False) -> str:
    """
    Raise LedgerError where people may not be mailed from `ledger`; a dry run is warned only.

    Return the advice to give once the first live send has begun, else nothing.
    """
    if dry_run:
        if reason := why_not_live(ledger, project.config.ledger_id):
            note(f"warning: {reason}; a live send would stop here: see `mailer ledger adopt`")
        return ""
    return project.require_own(ledger)


@contextmanager
def told_once_begun(ledger: Ledger, advice: str) -> Iterator[None]:
    """Give advice about the ledger once a live send stands in it, whatever came of it."""
    try:
        yield
    finally:
        if advice:
            with suppress(LedgerError):
                if any(not send.identity.rehearsal for send in ledger.sends()):
                    note(advice)


@contextmanager
def backed_up(project: Project, ledger: Ledger, *, live: bool) -> Iterator[None]:
    """Back the ledger up into `ledger_backup` after a live run; where that fails, the send stands."""
    if not (live and project.config.ledger_backup):
        yield
        return
    before = ledger.sends()
    try:
        yield
    except MailerError:
        _back_up(project, ledger, before)
        raise
    _back_up(project, ledger, before)


def _back_up(project: Project, ledger: Ledger, before: Sequence[Send]) -> None:
    """Make a backup where the run has changed a send."""
    config = project.config
    try:
        if ledger.sends() != before:
            folder = project.folder / config.ledger_backup
            back_up(ledger, folder, keep=config.ledger_backups_kept, now=datetime.now(UTC))
    except MailerError as error:
        note(f"warning: the ledger was not backed up: {error}")
