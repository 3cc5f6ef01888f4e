"""`mailer demo`: the whole road on a throw-away newsletter, with the real commands and no network."""

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import click

from mailer.cli.files import write_whole
from mailer.errors import MailerError

NAME = "Field Notes"
ISSUE = "2026-11-02-first-frost"


@dataclass(frozen=True, slots=True)
class Step:
    """What the reader is told, and the command that does it."""

    told: str
    arguments: tuple[str, ...]


STEPS = (
    Step(
        "Compile the issue: responsive HTML with inlined CSS, a text part, and the message itself.",
        ("build", ISSUE),
    ),
    Step(
        "Send it to staff. What they see is what the list will get; its digest is recorded.", ("test", ISSUE)
    ),
    Step(
        "Look before the leap: who would get it, who not, and why. Nothing is handed over.",
        ("send", ISSUE, "--to", "subscribers", "--dry-run"),
    ),
    Step(
        "Send it. `--yes` stands for the count that a person types. The transport is a folder.",
        ("send", ISSUE, "--to", "subscribers", "--yes"),
    ),
    Step(
        "The same command again: everybody has it, so nobody gets a second copy.",
        ("send", ISSUE, "--to", "subscribers", "--yes"),
    ),
    Step("What did one reader get, and when?", ("status", "ada@example.com")),
)


@click.command
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), help="Where; default: a temporary one."
)
@click.option(
    "--open/--no-open", "open_result", default=None, help="Open the result; default: on a terminal."
)
def command(*, folder: Path | None, open_result: bool | None) -> None:
    """
    Walk the whole road on a throw-away newsletter: build, test, send, status. No network.

    Example: mailer demo
    """
    place = folder or Path(tempfile.mkdtemp(prefix="mailer-demo-"))
    click.echo(f"A newsletter called {NAME}, made for this demo in {place}\n")
    for name, data in _demo_files():
        write_whole(place / name, data)
    _run(("init", str(place)), place)
    click.echo()
    for number, step in enumerate(STEPS, 1):
        click.secho(f"{number}. {step.told}", bold=True)
        click.secho(f"   $ mailer {shlex.join(step.arguments)}", fg="cyan")
        _run(step.arguments, place)
        click.echo()
    _tell_result(place, open_result=sys.stdout.isatty() if open_result is None else open_result)


def _demo_files() -> list[tuple[str, bytes]]:
    folder = files("mailer.cli") / "demonstration"
    return [
        (one.name if one.name != f"{ISSUE}.md" else f"issues/{one.name}", one.read_bytes())
        for one in folder.iterdir()
    ]


def _run(arguments: Sequence[str], folder: Path) -> None:
    """Run a real command; its output is shown indented."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAILER_")}
    done = subprocess.run(  # noqa: S603 - our own command, no shell
        [sys.executable, "-m", "mailer", *arguments],
        cwd=folder,
        env={**environment, "PYTHONIOENCODING": "utf-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        encoding="utf-8",
    )
    for line in done.stdout.splitlines():
        click.echo(f"   {line}".rstrip())
    if done.returncode:
        raise MailerError(f"the demo stopped: `mailer {arguments[0]}` ended with {done.returncode}")


def _tell_result(place: Path, *, open_result: bool) -> None:
    page = place / "build" / f"{ISSUE}.html"
    click.secho("Look at it:", bold=True)
    click.echo(f"   the page      {page}")
    click.echo(f"   the messages  {place / 'outbox'}")
    click.echo(f"   the source    {place / 'issues' / ISSUE}.md")
    click.echo("\nYour own: `mailer init my-newsletter`, then edit mailer.toml.")
    if open_result:
        click.launch(str(page))
