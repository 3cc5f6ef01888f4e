"""sql/sqlite/*.sql -> named statements and numbered migrations."""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

_NAME = re.compile(r"^-- name: (\w+)$\n", re.MULTILINE)
_MIGRATION = re.compile(r"\d{4}_\w+\.sql")


@cache
def statements() -> Mapping[str, str]:
    """Return every statement that stands in the files under its `-- name: …` line."""
    found: dict[str, str] = {}
    for file in _files():
        if not _MIGRATION.fullmatch(file.name):
            blocks = _NAME.split(file.read_text("utf-8"))
            found |= zip(blocks[1::2], blocks[2::2], strict=True)
    return found


@cache
def migrations() -> tuple[str, ...]:
    """Return the scripts `0001_….sql`, `0002_….sql` and so on: the n-th leads to schema version n."""
    return tuple(file.read_text("utf-8") for file in _files() if _MIGRATION.fullmatch(file.name))


def split(script: str) -> Iterator[str]:
    """Cut a script into its statements; a trigger stays in one piece."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _files() -> list[Traversable]:
    folder = files("mailer.ledger") / "sql" / "sqlite"
    return sorted(
        (file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name
    )
