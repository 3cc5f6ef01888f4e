"""What the sending commands share: the means of a run, the question, the report."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import click

from mailer.cli.console import echo_json, is_interactive, note
from mailer.cli.findings import note_findings
from mailer.cli.hangup import heed_hangup
from mailer.cli.operator import operator
from mailer.compile.compiled import CompiledIssue
from mailer.errors import ChecksFailed, MailerError
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import SendState
from mailer.project import Project
from mailer.project.transports import PacedTransport
from mailer.sending.domains import Domains
from mailer.sending.report import NOT_SETTLED, Report
from mailer.sending.run import Means


@contextmanager
def means_of(project: Project, ledger: Ledger, paced: PacedTransport) -> Iterator[Means]:
    """Give what a run works with; whoever waits for it sees how far it is."""
    from mailer.cli.progress import progress  # noqa: PLC0415 - it draws, which takes long to load

    if paced.signer and paced.signer.key.warning:
        note(f"warning: {paced.signer.key.warning}")
    domains = Domains(project.config.sending.domains)
    with (
        progress(lambda: domains.slow_downs) as shown,
        operator(hide=shown.hide) as seat,
        heed_hangup(),
        closing(paced.transport),
    ):
        yield Means(
            ledger=ledger,
            transport=paced.transport,
            others=paced.others,
            secret=project.key_for(ledger),
            limiter=paced.limiter,
            domains=domains,
            progress=shown,
            patience=project.config.sending.wait,
            operator=seat,
            sign=paced.signer,
            named=paced.name,
        )


def put_images_on_the_web(project: Project, compiled: CompiledIssue, *, dry_run: bool = False) -> int:
    """
    Publish the pictures of an issue, except in a dry run, then ask for every image on an own host.

    Return the exit code of what could not be settled: 0, or 4 where a server gave no clear answer. Raises
    ChecksFailed where an image is missing.
    """
    if not dry_run:
        project.publish(compiled)
    found = project.ask_images(compiled, published=not dry_run)
    if found.missing:
        raise ChecksFailed(found.missing, hint=found.missing[0].hint)
    note_findings(found.unsettled)
    return NOT_SETTLED if found.unsettled else 0


def confirm_count(count: int, *, yes: bool, doing: str = "send") -> None:
    """Ask for the number of recipients to be typed; MailerError where it is not, and nothing has happened."""
    if yes:
        return
    if not is_interactive():
        raise MailerError(
            "nobody is here to confirm; nothing was sent", hint="look at the plan, then add --yes"
        )
    typed = click.prompt(f"Type {count} to {doing}", err=True, default="", show_default=False)
    if typed.strip().replace(",", "") != str(count):
        raise MailerError(f"{typed or 'nothing'} is not {count}; nothing was sent")


def tell_report(report: Report, *, as_json: bool) -> None:
    """Write a report to standard output."""
    if as_json:
        note_pause(report)
        echo_json(report.to_json())
    else:
        click.echo("\n".join(report.lines()))


def note_pause(report: Report) -> None:
    """Tell people why a send is paused where a script reads the report."""
    if report.send.state is SendState.PAUSED:
        note(f"paused: {report.send.reason}; go on with: mailer resume {report.send.id}")
