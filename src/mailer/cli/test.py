"""`mailer test`: send to staff what subscribers would get."""

import os
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime

import click

from mailer.address import parse_address
from mailer.cli.console import note
from mailer.cli.files import write_whole
from mailer.cli.findings import tell_findings
from mailer.cli.named import issue_or_send
from mailer.cli.options import check_choice, json_option, name_option, transport_option
from mailer.cli.person import at_the_keyboard
from mailer.cli.session import means_of, put_images_on_the_web, tell_report
from mailer.cli.variants import note_unreached, note_variants, told_readers, variants_for
from mailer.compile.compiled import CompiledIssue
from mailer.issue.document import Issue
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Send, SendIdentity
from mailer.project import Project, open_project
from mailer.project.lists import find_list, find_recipient
from mailer.project.lock import lock_path
from mailer.project.transports import find_transport
from mailer.sending.difference import Readable
from mailer.sending.lock import Lock, lock_text
from mailer.sending.report import Report
from mailer.sending.staff import Sample, StaffRequest, send_test
from mailer.sending.variants import require_values


@click.command
@click.argument("issue", metavar="ISSUE|SEND")
@click.option("--to", metavar="LIST", default="staff", help="Who receives it; default: the list staff.")
@click.option("--as", "address", metavar="ADDRESS", help="The copy of a real recipient; with --of.")
@click.option("--of", "list_name", metavar="LIST", help="The list that the recipient is on.")
@click.option("--variants", is_flag=True, help="Each distinct copy that the list gets; with --of.")
@transport_option
@click.option(
    "--lock",
    is_flag=True,
    help="Write SLUG.lock beside the issue, to be committed: send accepts it elsewhere.",
)
@name_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    issue: str,
    to: str,
    address: str | None,
    list_name: str | None,
    variants: bool,
    transport: str | None,
    lock: bool,
    name: str,
    as_json: bool,
) -> None:
    """
    Send ISSUE to staff, through the same code as to subscribers, and record its content as tested.

    A copy shows the merge values of the staff member's own row, or with --as and --of those of a real
    recipient; with --variants and --of staff get each distinct copy of a list. The unsubscribe link of a copy
    unsubscribes nobody. Images on the newsletter's own site are asked for first: one that is missing stops.
    Of a SEND it is what was frozen, as `mailer resume SEND --transport TRANSPORT` asks for.

    Example: mailer test spring
    """
    check_choice(address, list_name, variants=variants)
    project = open_project(ctx.obj)
    found = issue_or_send(project, issue)
    if lock and isinstance(found, Send):
        raise click.UsageError("a lock stands beside an issue: name that, not a send")
    compiled = _compiled(project, found)
    tell_findings(compiled)
    with closing(project.ledger()) as ledger:
        staff = find_list(to, project.config, ledger, name=name)
        paced = find_transport(transport, project.config)
        asks = isinstance(found, Issue) and not paced.transport.rehearsal
        unsettled = put_images_on_the_web(project, compiled) if asks else 0
        request = StaffRequest(
            issue=compiled,
            sender=project.sender(compiled.slug, staff.name),
            identity=SendIdentity(compiled.slug, staff.name, rehearsal=paced.transport.rehearsal),
            limit=project.config.sending.test_limit,
            samples=_samples(project, ledger, compiled, address, list_name),
            who=at_the_keyboard(),
        )
        with means_of(project, ledger, paced) as means:
            report = send_test(request, staff.sources(), means)
    tell_report(report, as_json=as_json)
    if lock and isinstance(found, Issue):
        _write_lock(found, request, report)
    ctx.exit(report.exit_code(project.config.sending.refused_ok) or unsettled)


def _compiled(project: Project, found: Issue | Send) -> CompiledIssue:
    """Return an issue as it is now, or as it was frozen with a send."""
    return CompiledIssue.from_json(found.content) if isinstance(found, Send) else project.compile(found)


def _write_lock(issue: Issue, request: StaffRequest, report: Report) -> None:
    """Write down that this content was tested; a test that was not recorded leaves the lock as it is."""
    path = lock_path(issue)
    shown = os.path.relpath(path)
    if not report.test:
        note(f"{shown} was not written: the test was not recorded")
        return
    compiled = request.issue
    lock = Lock(
        issue=issue.slug,
        digest=compiled.digest,
        at=datetime.now(UTC),
        who=request.who,
        to=request.identity.list,
        transport=report.send.transport,
        rehearsal=request.identity.rehearsal,
        seen=Readable(compiled.subject, compiled.text),
    )
    write_whole(path, lock_text(lock).encode())
    only = "; made by a rehearsal, it lets nothing but rehearsals go" if lock.rehearsal else ""
    note(f"{shown} written: commit it, and mailer sends this content from any machine{only}")


def _samples(
    project: Project, ledger: Ledger, issue: CompiledIssue, address: str | None, list_name: str | None
) -> Sequence[Sample]:
    """Return the copies of a list that staff get: of one reader, or of the first reader of each variant."""
    if not list_name:
        return ()
    people = find_list(list_name, project.config, ledger)
    if not address:
        variants = variants_for(project, ledger, people, issue)
        note_variants(variants)
        note_unreached(variants, people.name)
        return [Sample(one.first.values, one.label(len(variants.found))) for one in variants.found]
    with told_readers(project, ledger, people, issue) as audience:
        require_values(issue, audience)
    return (Sample(find_recipient(people, parse_address(address)).values),)
