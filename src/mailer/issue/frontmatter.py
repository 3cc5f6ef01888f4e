"""Text of an issue -> its front matter and its body: YAML, TOML (Hugo), a bare header (Pelican), or none."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from mailer.errors import IssueError
from mailer.issue import keys, strict_yaml
from mailer.issue.entry import CONTROL, Entry
from mailer.position import Position

MAX_CHARACTERS = 65_536
"""More is no front matter but a mistake, or an attack on the parser."""

_YAML = re.compile(r"\n*---[ \t]*\n(?P<block>(?:.*\n)*?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_TOML = re.compile(r"\n*\+\+\+[ \t]*\n(?P<block>(?:.*\n)*?)\+\+\+[ \t]*(?:\n|\Z)")
_FENCE = re.compile(r"\n*(?P<fence>---|\+\+\+)[ \t]*(?:\n|\Z)")
_BARE = re.compile(r"(?P<block>[A-Za-z][\w-]*:.*\n(?:(?:[A-Za-z][\w-]*:|[ ]{4,}\S).*\n)*)(?:[ \t]*\n|\Z)")
_BARE_ENTRY = re.compile(r"(?P<key>[A-Za-z][\w-]*):(?P<value>.*(?:\n[ ]{4,}.*)*)")
_NAMES_AN_ISSUE = {"title", "subject", "slug"}
_TOML_KEY = re.compile(r"""["']?([\w-]+)["']?[ \t]*(?:=|\.)|\[\[?[ \t]*["']?([\w-]+)""")
_TOML_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The entries by key, and the body, whose first line is line `body_line` of the file."""

    body: str
    body_line: int = 1
    entries: Mapping[str, Entry] = field(default_factory=dict)


def split(text: str, path: str) -> FrontMatter:
    """
    Return the front matter and the body of a text whose lines end in a line feed.

    Raise IssueError, with line and way out, for front matter that is open, too long, no mapping, or not safe.
    """
    if found := _YAML.match(text):
        return _split(text, found, _yaml_entries(found, path))
    if found := _TOML.match(text):
        return _split(text, found, _toml_entries(found, path))
    if found := _FENCE.match(text):
        raise _never_closed(text, found, path)
    found = _BARE.match(text)
    if found and _is_header(entries := _bare_entries(found, path)):
        return _split(text, found, entries)
    return FrontMatter(text)


def _split(text: str, found: re.Match[str], entries: dict[str, Entry]) -> FrontMatter:
    return FrontMatter(text[found.end() :], text.count("\n", 0, found.end()) + 1, entries)


def _never_closed(text: str, found: re.Match[str], path: str) -> IssueError:
    line = text.count("\n", 0, found.start("fence")) + 1
    fence = found["fence"]
    return IssueError(
        f"the front matter that begins here is never closed by a line of '{fence}'",
        Position(path, line, 1),
        hint=f"end the front matter with a line of '{fence}', or remove line {line} if it is a rule",
        source_line=fence,
    )


def _block(found: re.Match[str], path: str) -> tuple[str, int]:
    """Return the text between the fences and the number of file lines before it."""
    before = found.string.count("\n", 0, found.start("block"))
    if len(found["block"]) > MAX_CHARACTERS:
        raise IssueError(
            f"the front matter is longer than {MAX_CHARACTERS:,} characters",
            Position(path, before + 1),
            hint="move the text below the front matter",
        )
    return found["block"], before


def _yaml_entries(found: re.Match[str], path: str) -> dict[str, Entry]:
    block, before = _block(found, path)
    return strict_yaml.read_mapping(block, path=path, lines_before=before)


def _toml_entries(found: re.Match[str], path: str) -> dict[str, Entry]:
    block, before = _block(found, path)
    try:
        values = tomllib.loads(block)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _toml_fault(error, block, before, path) from None
    lines = _toml_lines(block, before)
    for key, value in values.items():
        if any(CONTROL.search(text) for text in _texts(value)):
            position = Position(path, lines.get(key, before))
            raise IssueError(f"the value of '{key}' holds a control character", position, hint="remove it")
    return {key: Entry(value, _written(value), lines.get(key, before)) for key, value in values.items()}


def _toml_fault(error: Exception, block: str, before: int, path: str) -> IssueError:
    if isinstance(error, RecursionError):
        return IssueError(
            "the front matter is nested too deeply", Position(path, before + 1), hint="flatten it"
        )
    message = str(error)
    place = _TOML_PLACE.search(message)
    at_end = not place or place["line"] is None
    line = block.count("\n") if at_end else int(place["line"]) if place else 1
    column = 0 if at_end or not place else int(place["column"])
    source = (block.split("\n")[line - 1 : line] or [""])[0]
    return IssueError(
        f"the front matter is not valid TOML: {_TOML_PLACE.sub('', message)}",
        Position(path, before + line, column),
        hint='write key = "value"; for key: value, begin and end the front matter with --- instead of +++',
        source_line=source,
    )


def _toml_lines(block: str, before: int) -> dict[str, int]:
    lines: dict[str, int] = {}
    for number, line in enumerate(block.split("\n"), before + 1):
        if found := _TOML_KEY.match(line.strip()):
            lines.setdefault(found[1] or found[2], number)
    return lines


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (text for part in (*value, *value.values()) for text in _texts(part))
    elif isinstance(value, list):
        yield from (text for part in value for text in _texts(part))
    elif isinstance(value, str):
        yield value


def _written(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (str, int, float, date)) else None


def _bare_entries(found: re.Match[str], path: str) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for entry in _BARE_ENTRY.finditer(found["block"]):
        text = " ".join(entry["value"].split())
        line = found["block"].count("\n", 0, entry.start()) + 1
        key = entry["key"].lower()
        if key in entries:
            hint = f"remove one; the first is in line {entries[key].line}"
            raise IssueError(f"the key '{key}' stands twice", Position(path, line, 1), hint=hint)
        entries[key] = Entry(text, text, line)
    return entries


def _is_header(entries: dict[str, Entry]) -> bool:
    """Tell a header from a first paragraph such as `Note: we moved`."""
    return next(iter(entries)) in keys.KNOWN | keys.FOREIGN and not entries.keys().isdisjoint(_NAMES_AN_ISSUE)
