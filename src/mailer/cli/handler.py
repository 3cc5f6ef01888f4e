"""The one place where errors become messages and exit codes."""

import io
import os
import shlex
import sys
import tempfile
import traceback
from pathlib import Path
from typing import NoReturn

import click

from mailer import __version__
from mailer.errors import MailerError

BUG = 3
INTERRUPTED = 130


def run_and_exit(group: click.Group, arguments: list[str]) -> NoReturn:
    """Run a click group and exit with the code of what came of it."""
    _write_whatever_comes()
    try:
        code = group.main(arguments, prog_name="mailer", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except MailerError as error:
        _raise_if_wanted(arguments)
        tell_error(error)
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort) as stopped:
        _tell_interruption(stopped, arguments)
        code = INTERRUPTED
    except BrokenPipeError:
        _let_go_of_stdout()
        code = 0
    except Exception:  # noqa: BLE001 - the last resort: a bug is told as a bug
        _raise_if_wanted(arguments)
        code = _tell_bug(arguments)
    sys.exit(code if isinstance(code, int) else 0)


def _tell_interruption(stopped: BaseException, arguments: list[str]) -> None:
    """Name the command that goes on, on a line of its own: a question left open has not ended its line."""
    by_key = stopped.__cause__ if isinstance(stopped, click.Abort) else stopped
    if by_key is None:
        click.echo(err=True)
    said = "".join(f"; {word}" for word in by_key.args) if isinstance(by_key, KeyboardInterrupt) else ""
    click.echo(f"interrupted{said}; the same command goes on: {shlex.join(['mailer', *arguments])}", err=True)


def _write_whatever_comes() -> None:
    """Let standard output spell out what its encoding lacks, as standard error does: a pipe may be cp1252."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def tell_error(error: MailerError) -> None:
    """Write an error and what to do next to standard error."""
    # click knows nothing of NO_COLOR
    color = False if os.environ.get("NO_COLOR") else None
    click.secho("error: ", fg="red", bold=True, nl=False, err=True, color=color)
    click.echo(str(error), err=True)
    if error.hint:
        click.secho("  → ", fg="cyan", nl=False, err=True, color=color)
        click.echo(error.hint, err=True)


def _raise_if_wanted(arguments: list[str]) -> None:
    if "--traceback" in arguments:
        traceback.print_exc()


def _tell_bug(arguments: list[str]) -> int:
    handle, name = tempfile.mkstemp(prefix="mailer-bug-", suffix=".log")
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as log:
        log.write(f"mailer {__version__}, Python {sys.version}\ncommand: {' '.join(arguments[:1])}\n\n")
        log.write(traceback.format_exc())
    kind = sys.exc_info()[0]
    click.echo(f"error: a bug in mailer ({kind.__name__ if kind else 'unknown'})", err=True)
    click.echo(f"  → please report it with this file: {Path(name)}", err=True)
    return BUG


def _let_go_of_stdout() -> None:
    """Keep the interpreter from complaining at exit that nobody reads any more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
