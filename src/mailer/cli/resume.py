"""`mailer resume`: go on with a paused or interrupted send."""

from contextlib import closing
from pathlib import Path

import click

from mailer.cli.console import echo_json, note
from mailer.cli.live import backed_up, require_own
from mailer.cli.options import json_option, not_blank, rate_option, yes_option
from mailer.cli.report_file import file_of, report_option, write_report, write_what_is_known
from mailer.cli.session import confirm_count, means_of, note_pause, tell_report
from mailer.errors import MailerError
from mailer.ledger.base import Ledger
from mailer.project import Project, open_project
from mailer.project.transports import configured_name, find_transport
from mailer.sending.act import due_sends, resume
from mailer.sending.clock import Clock
from mailer.sending.report import Report


@click.command
@click.argument("send", metavar="SEND", required=False)
@click.option(
    "--transport",
    metavar="TRANSPORT",
    callback=not_blank,
    help="Another transport than the one that the send began with.",
)
@rate_option
@click.option("--refused", is_flag=True, help="Try those again whom the relay refused.")
@click.option(
    "--due",
    is_flag=True,
    help="Go on with every send whose time, or that of its deferred deliveries, has come.",
)
@yes_option
@report_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    send: str | None,
    transport: str | None,
    rate: str,
    refused: bool,
    due: bool,
    yes: bool,
    file: Path | None,
    as_json: bool,
) -> None:
    """
    Go on with SEND, with its frozen content and audience; no file of the newsletter is read.

    Example: mailer resume 3f2a
    """
    if bool(send) == due:
        raise click.UsageError("name one SEND, or --due for all whose time has come")
    project = open_project(ctx.obj)
    with closing(project.ledger()) as ledger:
        sends = [send] if send else [one.id for one in due_sends(ledger, Clock().now())]
        reports = []
        for one in sends:
            if refused:
                confirm_count(ledger.figures(ledger.find_send(one).id).refused, yes=yes, doing="try again")
            try:
                reports.append(_resume(project, ledger, one, transport, rate, refused=refused, due=due))
            except MailerError:
                write_what_is_known(project, ledger, one, file, several=len(sends) > 1)
                raise
            if due and as_json:
                note_pause(reports[-1])
            else:
                tell_report(reports[-1], as_json=as_json)
            write_report(project, ledger, reports[-1], file_of(file, reports[-1], several=len(sends) > 1))
    if not reports:
        note("no send is due")
    if due and as_json:
        echo_json({"sends": [report.to_json() for report in reports]})
    ctx.exit(max((one.exit_code(project.config.sending.refused_ok) for one in reports), default=0))


def _resume(
    project: Project, ledger: Ledger, send: str, transport: str | None, rate: str, *, refused: bool, due: bool
) -> Report:
    """Go on through the transport the user names, else the one the send began with."""
    found = ledger.find_send(send)
    paced = find_transport(
        transport or configured_name(found.transport, project.config), project.config, rate=rate
    )
    if not paced.transport.rehearsal and found.identity.rehearsal:
        raise MailerError(
            f"send {found.id} is a rehearsal", hint="name a transport that mails nobody: file:outbox"
        )
    live = not paced.transport.rehearsal
    if live:
        require_own(project, ledger)
    with means_of(project, ledger, paced) as means, backed_up(project, ledger, live=live):
        return resume(found.id, means, refused=refused, due=due)
