"""`mailer send`: plan, ask, send, report."""

from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from pathlib import Path

import click

from mailer.cli.console import note
from mailer.cli.findings import tell_findings
from mailer.cli.live import backed_up, require_own, told_once_begun
from mailer.cli.options import (
    json_option,
    name_option,
    not_blank,
    rate_option,
    transport_option,
    yes_option,
)
from mailer.cli.report_file import report_option, write_report, write_what_is_known
from mailer.cli.session import (
    confirm_count,
    means_of,
    put_images_on_the_web,
    tell_report,
)
from mailer.errors import LedgerError, MailerError
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import SendIdentity
from mailer.project import Project, open_project
from mailer.project.lists import find_list
from mailer.project.lock import read_lock
from mailer.project.transports import find_transport
from mailer.sending.act import carry_out
from mailer.sending.audience import Source
from mailer.sending.begin import GoOn, NewSend, NothingToDo, Request, prepare
from mailer.sending.plan import check_expected, check_size, parse_expected
from mailer.sending.report import Report
from mailer.sending.run import Means
from mailer.sending.schedule import parse_time


def _reason(_context: click.Context, _option: click.Parameter, text: str | None) -> str:
    if text is not None and not text.strip():
        raise click.BadParameter("say why staff need not see it")
    return (text or "").strip()


@click.command
@click.argument("issue", metavar="ISSUE")
@click.option(
    "--to",
    required=True,
    metavar="LIST",
    help="A list's name, a CSV file, - for standard input, one address, or send:SEND[:STATE,…]:"
    " the recipients of an earlier send.",
)
@click.option("--dry-run", is_flag=True, help="Go through all of it and hand nothing over.")
@yes_option
@click.option(
    "--expect",
    metavar="A..B",
    default="",
    callback=not_blank,
    help="Fail unless this many recipients are planned.",
)
@transport_option
@click.option(
    "--where",
    metavar="EXPR",
    default="",
    callback=not_blank,
    help="Only some of them: \"segment == 'client'\".",
)
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="Only the first N recipients.")
@rate_option
@click.option("--skip-invalid", is_flag=True, help="Leave bad rows out instead of stopping.")
@click.option(
    "--untested", metavar="REASON", callback=_reason, help="Send what staff never saw, and record why."
)
@click.option(
    "--replace",
    metavar="SEND",
    default="",
    callback=not_blank,
    help="Cancel the rest of that send and send this instead.",
)
@click.option(
    "--at",
    metavar="TIME",
    default="",
    callback=not_blank,
    help='Plan now and begin then: "2026-12-01 09:00".',
)
@report_option
@name_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    issue: str,
    to: str,
    dry_run: bool,
    yes: bool,
    expect: str,
    transport: str | None,
    where: str,
    limit: int | None,
    rate: str,
    skip_invalid: bool,
    untested: str,
    replace: str,
    at: str,
    file: Path | None,
    name: str,
    as_json: bool,
) -> None:
    """
    Send ISSUE to a list: shows the plan, asks for the number of recipients, sends and reports.

    The same command again goes on with an unfinished send; nobody gets a second copy. Images on the own site
    of the newsletter are asked for first: one that is missing stops.

    Example: mailer send spring --to subscribers
    """
    expected = parse_expected(expect) if expect else None
    project = open_project(ctx.obj)
    zone = project.config.newsletter.timezone
    found = project.issue(issue)
    compiled = project.compile(found)
    tell_findings(compiled)
    with closing(project.ledger(read_only=dry_run)) as ledger:
        people = find_list(to, project.config, ledger, where=where, name=name)
        paced = find_transport(transport, project.config, rate=rate)
        advice, unsettled = "", 0
        if not paced.transport.rehearsal:
            advice = require_own(project, ledger, dry_run=dry_run)
            unsettled = put_images_on_the_web(project, compiled, dry_run=dry_run)
        request = Request(
            issue=compiled,
            sender=project.sender(found.slug, people.name),
            identity=SendIdentity(found.slug, people.name, where, limit, paced.transport.rehearsal),
            scopes=people.scopes,
            draft=found.draft,
            lock=read_lock(found),
            untested=untested,
            replace=replace,
            skip_invalid=skip_invalid,
            dry_run=dry_run,
            not_before=parse_time(at, zone) if at else None,
            hold=project.config.sending.hold,
        )
        with means_of(project, ledger, paced) as means:
            prepared = prepare(request, people.sources, means, _seeds(project, ledger))
            live = not (dry_run or paced.transport.rehearsal)
            with told_once_begun(ledger, advice), backed_up(project, ledger, live=live):
                try:
                    report = _carry_out(prepared, means, yes=yes or dry_run, expected=expected)
                except MailerError:
                    write_what_is_known(project, ledger, _begun(prepared, ledger), file)
                    raise
        tell_report(report, as_json=as_json)
        write_report(project, ledger, report, file)
    ctx.exit(report.exit_code(project.config.sending.refused_ok) or unsettled)


def _seeds(project: Project, ledger: Ledger) -> Callable[[], Iterable[Source]]:
    """Return what reads the list that gets every send first."""
    name = project.config.sending.seeds
    return find_list(name, project.config, ledger).sources if name else tuple


def _begun(prepared: NewSend | GoOn | NothingToDo, ledger: Ledger) -> str:
    """Return the id of the send that this command began or went on with, empty where it did neither."""
    if isinstance(prepared, GoOn):
        return "" if prepared.dry_run else prepared.send.id
    if isinstance(prepared, NothingToDo) or prepared.request.dry_run:
        return ""
    replaced = prepared.replaced.id if prepared.replaced else ""
    with suppress(LedgerError):
        found = ledger.unfinished(prepared.request.identity)
        return found.id if found and found.id != replaced else ""
    return ""


def _carry_out(
    prepared: NewSend | GoOn | NothingToDo, means: Means, *, yes: bool, expected: tuple[int, int] | None
) -> Report:
    if isinstance(prepared, NothingToDo):
        note("everybody on the list has this issue already; nothing was sent")
        return prepared.report
    if isinstance(prepared, GoOn):
        left = prepared.figures.remaining + prepared.figures.deferred
        note(f"going on with send {prepared.send.id}, {left:,} left; the list is not read again")
        return carry_out(prepared, means)
    with prepared:
        for line in prepared.plan.lines():
            note(line)
        if not prepared.request.dry_run:
            check_size(prepared.plan, expected)
        check_expected(prepared.plan.to_write, expected)
        confirm_count(prepared.plan.to_write, yes=yes)
        return carry_out(prepared, means)
