"""`mailer cancel`: end a send before its next message."""

from contextlib import closing
from pathlib import Path

import click

from mailer.cli.options import json_option
from mailer.cli.session import tell_report
from mailer.project import open_project
from mailer.sending.act import cancel


@click.command
@click.argument("send", metavar="SEND")
@json_option
@click.pass_obj
def command(folder: Path | None, *, send: str, as_json: bool) -> None:
    """
    End SEND before its next message; those it has not reached are free for another send.

    Example: mailer cancel 3f2a
    """
    with closing(open_project(folder).ledger()) as ledger:
        tell_report(cancel(ledger, send), as_json=as_json)
