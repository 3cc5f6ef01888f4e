"""`mailer resolve`: settle deliveries in doubt."""

from contextlib import closing
from pathlib import Path

import click

from mailer.cli.console import note
from mailer.cli.options import json_option
from mailer.cli.session import tell_report
from mailer.project import open_project
from mailer.sending.act import resolve


@click.command
@click.argument("send", metavar="SEND")
@click.option("--resend", is_flag=True, help="Plan them again: some may get a second copy.")
@click.option("--accept", is_flag=True, help="Take them as accepted: some may never get theirs.")
@json_option
@click.pass_obj
def command(folder: Path | None, *, send: str, resend: bool, accept: bool, as_json: bool) -> None:
    """
    Settle the deliveries of SEND that are in doubt: handed over, but no clear answer came.

    The relay's log knows; `mailer status SEND --deliveries --state in_doubt` has their Message-IDs.
    In a cancelled send, --resend frees them for another send.

    Example: mailer resolve 3f2a --accept
    """
    if resend == accept:
        raise click.UsageError("choose one of --resend and --accept")
    with closing(open_project(folder).ledger()) as ledger:
        before = ledger.figures(ledger.find_send(send).id)
        report = resolve(ledger, send, resend=resend)
        tell_report(report, as_json=as_json)
        if freed := report.figures.cancelled - before.cancelled:
            identity = report.send.identity
            note(f"{report.send.id} is cancelled, and so are these {freed:,} now: nothing was planned again;")
            note(f"`mailer send {identity.issue} --to {identity.list}` plans whoever has not got it")
