"""`mailer suppress`: addresses that must not be written to."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click

from mailer.address import Address, parse_address
from mailer.cli.console import echo_json, echo_table
from mailer.cli.options import json_option, not_blank
from mailer.errors import MailerError, did_you_mean
from mailer.ledger.delivery import Suppression
from mailer.message.token import recipient_key
from mailer.project import Project, open_project
from mailer.project.lists import STANDARD_INPUT
from mailer.recipients.csvfile import read_csv
from mailer.recipients.select import every_row

list_option = click.option(
    "--list",
    "scope",
    metavar="LIST",
    default="",
    callback=not_blank,
    help="For one list; default: for all.",
)


@click.group
def command() -> None:
    """
    Addresses that must not be written to, for one list or for all; a running send heeds them at once.

    Example: mailer suppress add reader@example.com --reason "asked by phone"
    """


@command.command
@click.argument("addresses", metavar="ADDRESS…", nargs=-1, required=True)
@list_option
@click.option("--reason", default="added by hand", help="Why; shown in plans and reports.")
@click.pass_context
def add(ctx: click.Context, *, addresses: tuple[str, ...], scope: str, reason: str) -> None:
    """
    Never write to these addresses again.

    Example: mailer suppress add reader@example.com --list subscribers
    """
    _add(_project(ctx), map(parse_address, addresses), scope, reason)


@command.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@list_option
@click.option("--reason", default="imported", help="Why; shown in plans and reports.")
@click.pass_context
def import_(ctx: click.Context, *, file: Path, scope: str, reason: str) -> None:
    """
    Never write to the addresses of a CSV file again; it has a column `email`. `-` is standard input.

    Example: mailer suppress import unsubscribed.csv --reason "left at the old provider"
    """
    from_input = str(file) == STANDARD_INPUT
    name = "standard input" if from_input else str(file)
    rows = every_row(read_csv(sys.stdin.buffer if from_input else file, name=name), name=name)
    _add(_project(ctx), (row.address for row in rows), scope, reason)


@command.command
@click.argument("address")
@list_option
@click.pass_context
def remove(ctx: click.Context, *, address: str, scope: str) -> None:
    """
    Write to this address again.

    Example: mailer suppress remove reader@example.com
    """
    project = _project(ctx)
    wanted = parse_address(address).canonical
    with closing(project.ledger()) as ledger:
        key = recipient_key(project.key_for(ledger), wanted)
        removed = ledger.unsuppress(key, _known(project, scope))
    if not removed:
        raise MailerError(
            f"{address} is not suppressed" + (f" for the list {scope}" if scope else ""),
            hint="`mailer suppress list` shows who is, and for which list",
        )
    click.echo(f"{address} is written to again")


@command.command(name="list")
@click.option("--list", "scope", metavar="LIST", default=None, help="Only those of this list.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), help="Only those added on this day (UTC) or later."
)
@json_option
@click.pass_context
def list_(ctx: click.Context, *, scope: str | None, since: datetime | None, as_json: bool) -> None:
    """
    List who must not be written to, newest first.

    Example: mailer suppress list --since 2026-11-01
    """
    with closing(_project(ctx).ledger(read_only=True)) as ledger:
        found = list(_wanted(ledger.suppressions(), scope, since))
    if as_json:
        echo_json({"suppressions": [_json(one) for one in found]})
    elif found:
        cells = [
            (one.address or one.key, one.list or "all", one.reason, f"{one.at:%Y-%m-%d}") for one in found
        ]
        echo_table(("address", "list", "reason", "since"), cells)
    else:
        click.echo("nobody is suppressed")


def _wanted(found: Iterable[Suppression], scope: str | None, since: datetime | None) -> Iterator[Suppression]:
    start = since.replace(tzinfo=UTC) if since else None
    return (one for one in found if scope in (None, one.list) and (start is None or one.at >= start))


def _json(one: Suppression) -> dict[str, str]:
    return {
        "address": one.address,
        "key": one.key,
        "list": one.list,
        "reason": one.reason,
        "at": one.at.isoformat(),
    }


def _project(ctx: click.Context) -> Project:
    return open_project(ctx.obj)


def _add(project: Project, addresses: Iterable[Address], scope: str, reason: str) -> None:
    now, known, people = datetime.now(UTC), _known(project, scope), list(addresses)
    with closing(project.ledger()) as ledger:
        secret = project.key_for(ledger)
        suppressions = [
            Suppression(recipient_key(secret, one.canonical), known, reason, now, str(one)) for one in people
        ]
        new = ledger.suppress(suppressions)
    click.echo(f"{new} suppressed, {len(suppressions) - new} were already")


def _known(project: Project, scope: str) -> str:
    if scope and scope not in project.config.lists:
        known = project.config.lists
        raise MailerError(
            f"there is no list '{scope}'{did_you_mean(scope, known)}",
            hint=f"[lists] in mailer.toml has: {', '.join(known) or 'none'}",
        )
    return scope
