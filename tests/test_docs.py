"""Every command, setting and transport is documented, and the documents name none that is not there."""

import re
from importlib import import_module
from pathlib import Path

import click
import pytest

from mailer.cli import COMMANDS
from mailer.config.settings import FREE_TABLES, SETTINGS
from mailer.issue.document import Issue
from mailer.transport.registry import SCHEMES

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_command_is_documented_and_helps_with_an_example(name: str) -> None:
    assert f"`mailer {name}" in read("commands.md")
    command: click.Command = import_module(COMMANDS[name][0]).command
    assert "Example: mailer " + name in (command.help or "")


def test_documents_name_no_command_that_is_not_there() -> None:
    texts = [path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *DOCS.glob("*.md")]]
    named = {word for text in texts for word in re.findall(r"`(?:\./run )?mailer ([a-z]+)", text)}
    assert named <= COMMANDS.keys()


@pytest.mark.parametrize("key", [setting.key for setting in SETTINGS])
def test_setting_is_documented(key: str) -> None:
    assert f"| `{key}` |" in read("settings.md")


@pytest.mark.parametrize("table", FREE_TABLES)
def test_table_is_documented(table: str) -> None:
    assert f"`[{table}]`" in read("settings.md")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_transport_is_documented_with_its_options(scheme: str) -> None:
    text = read("transports.md")
    assert f"`{scheme}:" in text
    assert scheme == "memory" or all(f"`{key}=" in text for key in SCHEMES[scheme].keys)


def test_front_matter_is_documented() -> None:
    text = read("writing.md")
    keys = {"subject", "title", "preheader", "layout", "date", "lang", "dir", "reply_to", "tags", "draft"}
    assert keys <= set(Issue.__dataclass_fields__)
    assert all(f"`{key}`" in text for key in {*keys, "from", "slug"})
