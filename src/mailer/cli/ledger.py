"""`mailer ledger`: care of the ledger."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click

from mailer.address import parse_address
from mailer.cli.console import is_interactive, note
from mailer.cli.options import yes_option
from mailer.config.key import name_of_key
from mailer.errors import MailerError
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import UNFINISHED, Send
from mailer.message.token import recipient_key
from mailer.project import Project, open_project
from mailer.project.backup import back_up
from mailer.project.home import line_to_add, why_not_live

BACKUPS = Path(".mailer", "backups")
"""Where a backup goes that has no place, below the project folder."""


@click.group
def command() -> None:
    """
    Care of the ledger, the book of who has got what.

    Example: mailer ledger backup
    """


@command.command
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.pass_obj
def backup(folder: Path | None, *, file: Path | None) -> None:
    """
    Copy the ledger to FILE, even while it is sent from, and print where the copy is.

    The copy is one file, checked, for its owner only. FILE may be a folder; without it that of
    `ledger_backup` in mailer.toml, else .mailer/backups. An older backup of that name is replaced.

    To go back to a backup: put it in the ledger's place, without the -wal and -shm files of the old one, then
    run `mailer ledger adopt`.

    Example: mailer ledger backup ~/backups/field-notes.sqlite3
    """
    project = open_project(folder)
    place = file or project.folder / (project.config.ledger_backup or BACKUPS)
    with closing(project.ledger(read_only=True)) as ledger:
        if file and not file.is_dir():
            ledger.back_up(file)
            click.echo(file)
        else:
            kept = project.config.ledger_backups_kept
            click.echo(back_up(ledger, place, keep=kept, now=datetime.now(UTC)))


@command.command
@yes_option
@click.pass_obj
def adopt(folder: Path | None, *, yes: bool) -> None:
    """
    Let live sends go out from this ledger, though it is empty, another one, a copy or a backup.

    So too where it knows people by another key, because MAILER_KEY or .mailer/key is not what it was.

    Tells first what it may lack: whoever has got an issue by a send that is not in it can get it again.

    Example: mailer ledger adopt
    """
    project = open_project(folder)
    with closing(project.ledger()) as ledger:
        reason, key = why_not_live(ledger, project.config.ledger_id), project.key()
        same_key = ledger.knows_key(name_of_key(key))
        if reason or not same_key:
            for line in (*_what_it_lacks(ledger, reason), *_what_a_key_takes_along(same=same_key)):
                note(line)
            _confirm(yes=yes)
        if reason:
            ledger.adopt(project.config.ledger_id or ledger.ledger_id)
        if not same_key:
            ledger.change_key(
                name_of_key(key), lambda text: recipient_key(key, parse_address(text).canonical)
            )
        done = "nothing to adopt" if same_key and not reason else "adopted"
        click.echo(f"{done}: live sends go out from this ledger")
        _tell_line(project, ledger)


def _what_it_lacks(ledger: Ledger, reason: str) -> Iterator[str]:
    """Yield what the user has to know before adopting a ledger that is out of place, line by line."""
    if not reason:
        return
    live = [send for send in ledger.sends() if not send.identity.rehearsal]
    yield reason
    yield "What another ledger recorded is missing here: sends, the relay's answers, who unsubscribed, tests."
    yield "Whoever got an issue by a send that is missing can get it again."
    if not live:
        yield "This ledger knows of no live send."
        return
    when = f"{live[0].created:%Y-%m-%d %H:%M} UTC"
    yield f"Live sends in this ledger: {len(live)}, the last one on {when}: {_told(live[0])}"
    for send in live:
        if send.state in UNFINISHED:
            figures = ledger.figures(send.id)
            yield (
                f"Unfinished: {_told(send)}, {figures.remaining + figures.deferred:,} left;"
                f" if it went on elsewhere: mailer cancel {send.id}"
            )


def _what_a_key_takes_along(*, same: bool) -> Iterator[str]:
    """Yield what the user has to know before the ledger changes to another key."""
    if not same:
        yield "It knows people by another key, and gives everybody a name made with the one here instead."
        yield "Unsubscribe links in messages that were signed with the other key no longer work."
        yield "Forgotten people have no address to make a name of: they are not known any more."


def _told(send: Send) -> str:
    return f"{send.identity.issue} to {send.identity.list} ({send.id})"


def _confirm(*, yes: bool) -> None:
    if yes:
        return
    if not is_interactive():
        raise MailerError("nobody is here to confirm; nothing was changed", hint="read this, then add --yes")
    if not click.confirm("Let live sends go out from it?", err=True):
        raise MailerError("nothing was changed")


def _tell_line(project: Project, ledger: Ledger) -> None:
    if not project.config.ledger_id:
        note(line_to_add(ledger))
