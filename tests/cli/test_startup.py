"""The command starts fast: what a command does not need is not imported."""

import subprocess
import sys

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


def test_version_imports_no_compiler() -> None:
    assert imported_by("--version").isdisjoint(HEAVY)


def test_module_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mailer", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("mailer, version ")
