"""`mailer config`: every setting, its value and where it came from."""

from pathlib import Path

import click

from mailer.cli.console import echo_json, echo_table
from mailer.config.settings import FREE_TABLES, SETTINGS
from mailer.project import open_project


def _every_setting() -> str:
    names = [
        f"  {one.key}" + (f"  (default: {one.default_shown})" if one.default_shown else "")
        for one in SETTINGS
    ]
    tables = "  " + ", ".join(f"[{table}]" for table in FREE_TABLES) + ": names of your own"
    return "\n".join(["\b", "Settings:", *names, tables])


@click.command(epilog=_every_setting())
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_obj
def command(folder: Path | None, *, as_json: bool) -> None:
    """
    Show every setting, its value and where it came from; passwords are never shown.

    A setting comes from the environment (MAILER_SENDING_RATE sets sending.rate), else from mailer.toml, else
    it has its default.

    Example: mailer config
    """
    origins = open_project(folder).config.origins
    if as_json:
        echo_json([{"key": one.key, "value": one.value, "source": one.source} for one in origins])
        return
    echo_table(
        ("setting", "value", "from"), [(one.key, one.value or "(not set)", one.source) for one in origins]
    )
