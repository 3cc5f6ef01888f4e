"""`mailer status`: what became of sends."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from mailer.address import parse_address
from mailer.cli.console import echo_json, echo_table, note
from mailer.cli.options import json_option
from mailer.cli.session import tell_report
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Delivery, Send
from mailer.message.token import recipient_key
from mailer.project import Project, open_project
from mailer.sending.earlier import parse_states
from mailer.sending.report import Report, read_report

COLUMNS = (
    "address",
    "state",
    "attempts",
    "changed",
    "code",
    "reply",
    "message_id",
    "provider_id",
    "transport",
)


@click.command
@click.argument("send", metavar="[SEND|ADDRESS]", required=False)
@click.option("--deliveries", is_flag=True, help="Every delivery of the send.")
@click.option("--state", "states", metavar="STATE,…", default="", help="Only deliveries in these states.")
@click.option(
    "--format", "form", type=click.Choice(["table", "csv"]), default="table", help="Of --deliveries."
)
@json_option
@click.pass_obj
def command(
    folder: Path | None, *, send: str | None, deliveries: bool, states: str, form: str, as_json: bool
) -> None:
    """
    Tell what became of the last send and list the others; of one SEND; or of what an ADDRESS was sent.

    Example: mailer status reader@example.com
    """
    wanted = parse_states(states)
    project = open_project(folder)
    with closing(project.ledger(read_only=True)) as ledger:
        if send and "@" in send:
            _tell_history(project, ledger, send, as_json=as_json)
        elif send and (deliveries or wanted):
            found = ledger.deliveries(ledger.find_send(send).id, wanted)
            _tell_deliveries(found, form, as_json=as_json)
        elif send:
            tell_report(read_report(ledger, send), as_json=as_json)
        else:
            _tell_sends(ledger, as_json=as_json)


def _tell_sends(ledger: Ledger, *, as_json: bool) -> None:
    sends = ledger.sends()
    reports = [read_report(ledger, one.id) for one in sends]
    if as_json:
        echo_json({"sends": [report.to_json() for report in reports]})
        return
    if not sends:
        click.echo("nothing has been sent yet")
        return
    tell_report(reports[0], as_json=False)
    if others := reports[1:]:
        click.echo()
        echo_table(
            ("send", "began", "issue", "list", "state", "planned", "accepted", "not settled"),
            [(*_send_cells(one.send), _state(one), *_figure_cells(one.to_json())) for one in others],
        )


def _send_cells(send: Send) -> Sequence[str]:
    kind = " (rehearsal)" if send.identity.rehearsal else ""
    return (send.id, _time(send.created), send.identity.issue, send.identity.list + kind)


def _state(report: Report) -> str:
    return report.state_words if report.stranded else report.send.state.value


def _figure_cells(document: dict[str, Any]) -> Sequence[str]:
    open_ones = document["remaining"] + document["deferred"] + document["in_doubt"]
    return (str(document["planned"]), str(document["accepted"]), str(open_ones))


def _tell_history(project: Project, ledger: Ledger, text: str, *, as_json: bool) -> None:
    address = parse_address(text)
    found = ledger.history(recipient_key(project.key_for(ledger), address.canonical))
    if as_json:
        issues = [
            {"send": send.id, "issue": send.identity.issue, "list": send.identity.list}
            | _delivery_json(delivery)
            for send, delivery in found
        ]
        echo_json({"address": str(address), "issues": issues})
        return
    if not found:
        click.echo(f"{address} was never sent an issue")
        return
    echo_table(
        ("issue", "state", "when", "the relay's answer", "Message-ID", "send"),
        [
            (send.identity.issue, one.state.value, _time(one.changed), _answer(one), _names(one), send.id)
            for send, one in found
        ],
    )
    if handed_over := next((send.id for send, one in found if one.dated), ""):
        note(f"`mailer build {handed_over} --as {address}` rebuilds the very message")


def _tell_deliveries(found: Iterable[Delivery], form: str, *, as_json: bool) -> None:
    if as_json:
        echo_json({"deliveries": [_delivery_json(one) for one in found]})
    elif form == "csv":
        for line in _csv_lines(found):
            click.echo(line, nl=False)
    else:
        echo_table(COLUMNS, (list(map(str, _cells(one))) for one in found))


def _csv_lines(found: Iterable[Delivery]) -> Iterator[str]:
    for cells in (COLUMNS, *map(_cells, found)):
        buffer = io.StringIO()
        csv.writer(buffer, quoting=csv.QUOTE_ALL).writerow([_harmless(str(cell)) for cell in cells])
        yield buffer.getvalue()


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula (CWE-1236)."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _cells(one: Delivery) -> tuple[Any, ...]:
    code = one.code or ""
    return (
        one.address,
        one.state.value,
        one.attempts,
        _time(one.changed),
        code,
        one.reply,
        one.message_id,
        one.provider_id,
        one.transport,
    )


def _delivery_json(one: Delivery) -> dict[str, Any]:
    return {
        "address": one.address,
        "state": one.state.value,
        "attempts": one.attempts,
        "changed": one.changed.isoformat() if one.changed else None,
        "next_at": one.next_at.isoformat() if one.next_at else None,
        "code": one.code,
        "reply": one.reply,
        "message_id": one.message_id,
        "provider_id": one.provider_id,
        "transport": one.transport,
    }


def _names(one: Delivery) -> str:
    """Return our name for a message and, where there is one, the provider's."""
    return f"{one.message_id} ({one.provider_id})" if one.provider_id else one.message_id


def _answer(one: Delivery) -> str:
    return f"{one.code} {one.reply}".strip() if one.code else one.reply


def _time(at: datetime | None) -> str:
    """Return a moment on the clocks of this machine, with their zone."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z") if at else ""
