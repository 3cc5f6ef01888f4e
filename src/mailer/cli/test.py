"""`mailer test`: send to staff what subscribers would get."""

from collections.abc import Sequence
from contextlib import closing

import click

from mailer.address import parse_address
from mailer.cli.options import json_option, name_option, transport_option
from mailer.cli.session import means_of, put_images_on_the_web, tell_findings, tell_report
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import SendIdentity
from mailer.project import Project, open_project
from mailer.project.lists import find_list, find_recipient
from mailer.project.transports import find_transport
from mailer.recipients.recipient import Recipient
from mailer.sending.staff import StaffRequest, send_test


@click.command
@click.argument("issue", metavar="ISSUE")
@click.option("--to", metavar="LIST", default="staff", help="Who receives it; default: the list staff.")
@click.option("--as", "address", metavar="ADDRESS", help="The copy of a real recipient; with --of.")
@click.option("--of", "list_name", metavar="LIST", help="The list that the recipient is on.")
@transport_option
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
    transport: str | None,
    name: str,
    as_json: bool,
) -> None:
    """
    Send ISSUE to staff, through the same code as to subscribers, and record its content as tested.

    A copy shows the merge values of the staff member's own row, or with --as and --of those of a real
    recipient. Its unsubscribe link unsubscribes nobody.

    Example: mailer test spring
    """
    if bool(address) != bool(list_name):
        raise click.UsageError("--as ADDRESS and --of LIST go together")
    project = open_project(ctx.obj)
    found = project.issue(issue)
    compiled = project.compile(found)
    tell_findings(compiled)
    with closing(project.ledger()) as ledger:
        staff = find_list(to, project.config, ledger, name=name)
        paced = find_transport(transport, project.config)
        unsettled = 0 if paced.transport.rehearsal else put_images_on_the_web(project, compiled)
        request = StaffRequest(
            issue=compiled,
            sender=project.sender(found.slug, staff.name),
            identity=SendIdentity(found.slug, staff.name, rehearsal=paced.transport.rehearsal),
            limit=project.config.sending.test_limit,
            samples=_samples(project, ledger, address, list_name),
        )
        with means_of(project, ledger, paced) as means:
            report = send_test(request, staff.sources(), means)
    tell_report(report, as_json=as_json)
    ctx.exit(report.exit_code(project.config.sending.refused_ok) or unsettled)


def _samples(
    project: Project, ledger: Ledger, address: str | None, list_name: str | None
) -> Sequence[Recipient]:
    if not address or not list_name:
        return ()
    people = find_list(list_name, project.config, ledger)
    return (find_recipient(people, parse_address(address)),)
