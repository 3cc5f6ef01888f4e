"""Text of mailer.toml -> its document, and where in the text each key stands."""

import os
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mailer.config import values
from mailer.config.config import Origin
from mailer.errors import ConfigError
from mailer.position import Position


@dataclass(slots=True)
class Reading:
    """The file being read: its text for line numbers, and the problems found so far."""

    shown: str
    text: str
    problems: list[str] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)

    def blame(self, key: str, problem: str) -> None:
        """Note what is wrong with a key, with its line."""
        line = _line_of(self.text, key)
        self.problems.append(f"{self.shown}{f':{line}' if line else ''}: {key}: {problem}")

    def place(self, key: str, value: str | None) -> Position:
        """Return where the value of a key begins; its column is 0 where it is not written as it reads."""
        line = _line_of(self.text, key)
        column = self.text.splitlines()[line - 1].find(value) + 1 if line and value else 0
        return Position(self.shown, line, column)

    def parse(self, key: str, parser: values.Parser, value: Any, *, variable: str = "") -> Any:
        """Return the parsed value, or None after noting what is wrong with it, or with `variable`."""
        try:
            return parser(value)
        except ValueError as error:
            if variable:
                self.problems.append(f"the environment variable {variable}: {error}")
            else:
                self.blame(key, str(error))
            return None


def read_document(path: Path) -> tuple[Reading, dict[str, Any]]:
    """Return mailer.toml as it is read, and its document; ConfigError where it is no TOML."""
    shown = os.path.relpath(path)
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{shown} is not UTF-8 (byte {error.start})", hint="save it as UTF-8") from None
    except OSError as error:
        raise ConfigError(f"{shown} cannot be read: {error.strerror}") from None
    try:
        return Reading(shown, text), tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        place = f"{shown}:{found[1]}:{found[2]}" if found else shown
        what = re.sub(r" \(at .*\)", "", str(error))
        raise ConfigError(f"{place}: this is not TOML: {what}", hint="see https://toml.io") from None


def _line_of(text: str, key: str) -> int:
    """Return the line that sets a dotted key (tomllib keeps no positions), or 0."""
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line):
            table = header[1].replace('"', "")
            if table == key:
                return number
        elif assignment := re.match(r"""\s*("[^"]+"|'[^']+'|[\w.-]+)\s*=""", line):
            name = assignment[1].strip("\"'")
            full = f"{table}.{name}" if table else name
            if full == key or key.startswith(f"{full}."):
                return number
    return 0
