"""`--report FILE`: the report of a run as a file; its suffix says whether JSON, a page or text."""

import json
from pathlib import Path
from typing import Any

import click

from mailer.cli.console import note
from mailer.cli.files import require_place, write_whole
from mailer.cli.options import Decorator
from mailer.errors import MailerError
from mailer.ledger.base import Ledger
from mailer.project import Project
from mailer.sending.page import report_page
from mailer.sending.report import Report, read_report


def _checked(_context: click.Context, _option: click.Parameter, file: Path | None) -> Path | None:
    """Find out before anybody is mailed whether the file can be written."""
    if file:
        require_place(file)
    return file


report_option: Decorator[Any] = click.option(
    "--report",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=_checked,
    help="Write the report here too: .html as a page with a plot, .json, else as text.",
)


def write_report(project: Project, ledger: Ledger, report: Report, file: Path | None) -> None:
    """Write a report to `file`, where one is wanted."""
    if file is None:
        return
    if file.suffix == ".json":
        text = json.dumps(report.to_json(), ensure_ascii=False, indent=2) + "\n"
    elif file.suffix in {".html", ".htm"}:
        moments = ledger.timeline(report.send.id) if report.send.id else []
        text = report_page(report, moments, project.config.newsletter.timezone)
    else:
        text = "\n".join(report.lines()) + "\n"
    write_whole(file, text.encode())


def write_what_is_known(
    project: Project, ledger: Ledger, send: str, file: Path | None, *, several: bool = False
) -> None:
    """Write the report of a send whose run ended by an error, which is told apart from this."""
    if file is None:
        return
    try:
        report = read_report(ledger, send)
    except MailerError:
        return
    try:
        write_report(project, ledger, report, file_of(file, report, several=several))
    except MailerError as error:
        note(f"warning: no report was written: {error}")


def file_of(file: Path | None, report: Report, *, several: bool) -> Path | None:
    """Return the file of one of several reports: each has the id of its send in its name."""
    return file.with_stem(f"{file.stem}-{report.send.id}") if file and several else file
