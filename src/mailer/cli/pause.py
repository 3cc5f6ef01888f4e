"""`mailer pause`: hold a send before its next message."""

from contextlib import closing
from pathlib import Path

import click

from mailer.cli.options import json_option
from mailer.cli.session import tell_report
from mailer.project import open_project
from mailer.sending.act import pause


@click.command
@click.argument("send", metavar="SEND")
@json_option
@click.pass_obj
def command(folder: Path | None, *, send: str, as_json: bool) -> None:
    """
    Hold SEND before its next message; `mailer resume` goes on.

    Example: mailer pause 3f2a
    """
    with closing(open_project(folder).ledger()) as ledger:
        tell_report(pause(ledger, send), as_json=as_json)
