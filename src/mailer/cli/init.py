"""`mailer init`: lay out a new newsletter."""

import os
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from mailer.config import CONFIG_NAME
from mailer.errors import MailerError
from mailer.ledger.registry import open_ledger

RENAMED = {"gitignore": ".gitignore"}
NEXT = """
Next: edit {config}; put your own address into staff.csv and your readers into recipients.csv,
as recipients.example.csv shows; then `mailer new "My first issue"`."""
LEDGER_ID_LINE = '\nledger_id = "{}"                     # the ledger this newsletter is sent from\n'


@click.command
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
def command(folder: Path) -> None:
    """
    Lay out a new newsletter in FOLDER (default: here). Nothing is overwritten.

    Example: mailer init field-notes
    """
    try:
        written = [name for name, source in _starter_files() if _write_new(folder / name, source)]
        (folder / "issues").mkdir(exist_ok=True)
    except OSError as error:
        raise MailerError(
            f"{error.filename}: {error.strerror}", hint="choose a folder you can write to"
        ) from None
    if CONFIG_NAME in written:
        _name_ledger(folder)
    for name in written:
        click.echo(f"wrote {os.path.relpath(folder / name)}")
    if not written:
        click.echo("everything is here already; nothing was written")
        return
    click.echo(NEXT.format(config=os.path.relpath(folder / CONFIG_NAME)))


def _starter_files() -> Iterator[tuple[str, bytes]]:
    def walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
        for entry in sorted(folder.iterdir(), key=lambda one: one.name):
            if entry.is_dir():
                yield from walk(entry, f"{prefix}{entry.name}/")
            else:
                yield prefix + RENAMED.get(entry.name, entry.name), entry.read_bytes()

    yield from walk(files("mailer.cli") / "starter", "")


def _write_new(path: Path, data: bytes) -> bool:
    """Write a file that is not there yet; return whether it was written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError:
        return False
    return True


def _name_ledger(folder: Path) -> None:
    """Make the ledger and write its id above the first table of mailer.toml."""
    ledger = open_ledger("sqlite:.mailer/ledger.sqlite3", base=folder)
    path = folder / CONFIG_NAME
    head, table, rest = path.read_text(encoding="utf-8").partition("\n[newsletter]")
    path.write_text(head + LEDGER_ID_LINE.format(ledger.ledger_id) + table + rest, encoding="utf-8")
    ledger.close()
