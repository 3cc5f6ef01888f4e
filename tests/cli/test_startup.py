"""The command starts fast: what a command does not need is not imported."""

import subprocess
import sys

import pytest

from mailer.cli import COMMANDS

COMPILERS = {"lxml", "premailer", "mjml", "markdown", "cssutils", "requests", "email_validator"}
HEAVY = (
    "lxml",
    "premailer",
    "mjml",
    "markdown",
    "jinja2",
    "rich",
    "yaml",
    "cssutils",
    "email_validator",
    "sqlite3",
)


def imported_by(*arguments: str) -> set[str]:
    program = (
        "import sys\nfrom mailer.cli import main\n"
        f"try:\n    main({list(arguments)!r})\nexcept SystemExit as end:\n    assert not end.code\n"
        "sys.stderr.write(' '.join({name.partition('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_help_imports_no_compiler() -> None:
    assert imported_by("--help").isdisjoint(HEAVY)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_imports_no_compiler(command: str) -> None:
    reads_markdown = command in {"new", "merge"}

    assert imported_by(command, "--help") & COMPILERS <= ({"markdown"} if reads_markdown else set())


def test_version_imports_no_compiler() -> None:
    assert imported_by("--version").isdisjoint(HEAVY)


def test_module_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mailer", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("mailer, version ")
