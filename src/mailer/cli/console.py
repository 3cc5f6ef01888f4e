"""People read standard error, or plain lines on standard output; scripts read one JSON document."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

WIDE = 10_000
"""Columns off a terminal, where nothing may be wrapped."""


def echo_json(document: Mapping[str, Any] | Sequence[Any]) -> None:
    """Write one JSON document to standard output."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def note(message: str) -> None:
    """Tell people something while standard output stays for the result."""
    click.echo(message, err=True)


def console(*, err: bool = False) -> "Console":
    """Return a console that wraps only on a terminal and heeds NO_COLOR."""
    from rich.console import Console  # noqa: PLC0415 - most commands show neither table nor progress

    stream = sys.stderr if err else sys.stdout
    width = None if stream.isatty() else WIDE
    return Console(stderr=err, width=width, highlight=False, soft_wrap=not stream.isatty())


def echo_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table: aligned on a terminal, the same cells separated by two blanks elsewhere."""
    from rich.table import Table  # noqa: PLC0415 - as above

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*[_plain(cell) for cell in row])
    screen = console()
    if sys.stdout.isatty():
        screen.print(table)
        return
    with screen.capture() as captured:
        screen.print(table)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def _plain(cell: str) -> str:
    return cell.replace("[", r"\[")


def is_interactive() -> bool:
    """Return whether somebody can answer a question."""
    return sys.stdin.isatty()
