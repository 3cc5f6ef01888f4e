"""
The command `mailer`: one file per subcommand, loaded only when it is called.

To add a command: a module with a click command named `command`, and a line in COMMANDS.
"""

import gc
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from mailer import __version__
from mailer.cli.handler import run_and_exit
from mailer.errors import did_you_mean

COMMANDS = {
    "demo": ("mailer.cli.demo", "Walk the whole road on a throw-away newsletter, without a network."),
    "init": ("mailer.cli.init", "Lay out a new newsletter."),
    "new": ("mailer.cli.new", "Draft an issue."),
    "build": ("mailer.cli.build", "Write an issue as HTML, text and .eml."),
    "merge": ("mailer.cli.merge", "Make one issue out of copies per audience."),
    "test": ("mailer.cli.test", "Send to staff what subscribers would get."),
    "send": ("mailer.cli.send", "Plan, ask, send to a list, report."),
    "status": ("mailer.cli.status", "Tell what became of sends."),
    "resume": ("mailer.cli.resume", "Go on with a paused or interrupted send."),
    "pause": ("mailer.cli.pause", "Hold a send before its next message."),
    "cancel": ("mailer.cli.cancel", "End a send before its next message."),
    "resolve": ("mailer.cli.resolve", "Settle deliveries in doubt."),
    "suppress": ("mailer.cli.suppress", "Addresses that must not be written to."),
    "ledger": ("mailer.cli.ledger", "Care of the ledger: back it up, adopt one that was copied."),
    "config": ("mailer.cli.config", "Show every setting and where it came from."),
}
"""Name -> (module, help in one line)."""


NEW_OBJECTS = 20_000
"""Before Python looks for cycles among them; most stay to the end, and to look took a tenth of the time."""


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is called, not to list it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the road."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        """Return the command of this name, or None."""
        if name not in COMMANDS:
            return None
        command = import_module(COMMANDS[name][0]).command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is called; for an unknown one name the nearest."""
        name = args[0]
        if name in COMMANDS or name.startswith("-") or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        raise click.UsageError(f"No such command '{name}'{did_you_mean(name, COMMANDS)}.", ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mailer")
@click.option(
    "--project",
    type=click.Path(path_type=Path, file_okay=False),
    help="The project folder; default: the nearest folder upwards that holds mailer.toml.",
)
@click.option("--traceback", is_flag=True, help="Show where in mailer an error came up.")
@click.pass_context
def mailer(ctx: click.Context, *, project: Path | None, traceback: bool) -> None:
    """
    Draft a newsletter in Markdown, check it, test it on staff, then send it to the list.

    Start with `mailer demo`, or in an empty folder with `mailer init`.
    """
    ctx.obj = project
    ctx.meta["traceback"] = traceback


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with a code of docs/commands.md."""
    gc.set_threshold(NEW_OBJECTS)
    run_and_exit(mailer, list(sys.argv[1:] if arguments is None else arguments))
