"""`mailer resolve`: settle deliveries in doubt."""

from contextlib import closing
from pathlib import Path

import click

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
    Settle the deliveries of SEND that are in doubt: handed over, but no answer came.

    The relay's log knows; `mailer status SEND --deliveries --state in_doubt` has their Message-IDs.

    Example: mailer resolve 3f2a --accept
    """
    if resend == accept:
        raise click.UsageError("choose one of --resend and --accept")
    with closing(open_project(folder).ledger()) as ledger:
        tell_report(resolve(ledger, send, resend=resend), as_json=as_json)
