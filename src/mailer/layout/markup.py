"""
MJML text -> tags, with the place in the author's file of each.

A rendered layout no longer looks like the templates it was made from. So `annotate` writes into each tag of a
template, before Jinja runs, where it stands; `read_markup` takes that out again.
"""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal

from mailer.errors import LayoutError
from mailer.position import Position

_PLACE = "data-at"
_ANNOTATION = re.compile(rf' {_PLACE}="[^"]*"')
_TAG_START = re.compile(
    r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->|<(?P<name>[A-Za-z][A-Za-z0-9:-]*)", re.DOTALL
)
_TOKEN = re.compile(r"<!--(?P<comment>.*?)-->|<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]*)|<", re.DOTALL)
_ATTRIBUTE = re.compile(
    r"\s+(?P<name>[^\s=<>\"'/]+)\s*=\s*(?P<quote>[\"'])(?P<value>.*?)(?P=quote)", re.DOTALL
)
_TAG_END = re.compile(r"\s*(?P<alone>/?)>")
_PLAIN_TEXT = frozenset({"mj-style", "style"})
"""Elements whose content is text up to their closing tag."""


@dataclass(frozen=True, slots=True)
class Tag:
    """
    One tag: `attributes` as (name, value as written) in order, `start` and `end` its offsets in the text.

    `kind` is alone for `<a/>`.
    """

    kind: Literal["open", "close", "alone"]
    name: str
    attributes: tuple[tuple[str, str], ...]
    start: int
    end: int
    position: Position

    def get(self, name: str, default: str = "") -> str:
        """Return the value of an attribute as written."""
        return next((value for key, value in self.attributes if key == name), default)


@dataclass(frozen=True, slots=True)
class Text:
    """What stands between tags; `comment` tells that it is the inside of a comment."""

    text: str
    comment: bool
    start: int
    end: int
    position: Position

    def place(self, offset: int) -> Position:
        """Return the line of a character of the text."""
        return _moved(self.position, self.text[:offset])


Piece = Tag | Text


@contextmanager
def annotations_hidden() -> Iterator[None]:
    """Let a LayoutError from inside show the line of an annotated template as its author wrote it."""
    try:
        yield
    except LayoutError as error:
        place, line = error.position, error.source_line
        before = _ANNOTATION.sub("", line[: max(place.column - 1, 0)])
        shown = replace(place, column=len(before) + 1 if place.column else 0)
        line = _ANNOTATION.sub("", line)
        raise LayoutError(error.message, shown, hint=error.hint, source_line=line) from None


def annotate(source: str, path: str) -> str:
    """Return a Jinja template with the place of every tag written into it; lines stay lines."""
    place = html.escape(path)
    pieces: list[str] = []
    done, line, line_start = 0, 1, 0
    for found in _TAG_START.finditer(source):
        if found["name"]:
            line += source.count("\n", line_start, found.start())
            line_start = source.rfind("\n", 0, found.start()) + 1
            column = found.start() - line_start + 1
            pieces += [source[done : found.end()], f' {_PLACE}="{place}:{line}:{column}"']
            done = found.end()
    return "".join([*pieces, source[done:]])


def read_markup(source: str, unknown: Position) -> Iterator[Piece]:
    """
    Yield the pieces of MJML in order; what `annotate` wrote becomes their `position`.

    `unknown` is the position of what stands before the first annotated tag. Raises LayoutError for what is no
    tag: a lone `<`, an unquoted attribute, a declaration.
    """
    place, at = unknown, 0
    while at < len(source):
        found = _TOKEN.search(source, at)
        if found is None or found.start() > at:
            end = found.start() if found else len(source)
            yield Text(source[at:end], comment=False, start=at, end=end, position=place)
            place = _moved(place, source[at:end])
            at = end
        elif found["comment"] is not None:
            yield Text(found["comment"], comment=True, start=at, end=found.end(), position=place)
            place = _moved(place, found[0])
            at = found.end()
        else:
            tag = _read_tag(source, found, place)
            yield tag
            place, at = tag.position, tag.end
            place = _moved(place, source[tag.start : tag.end])
            if tag.kind == "open" and tag.name in _PLAIN_TEXT:
                end = source.find(f"</{tag.name}", at)
                end = end if end >= 0 else len(source)
                yield Text(source[at:end], comment=False, start=at, end=end, position=place)
                place, at = _moved(place, source[at:end]), end


def _read_tag(source: str, start: re.Match[str], place: Position) -> Tag:
    if start["name"] is None:
        raise LayoutError(_not_a_tag(source, start.start()), place, hint="write &lt; for the sign itself")
    attributes: list[tuple[str, str]] = []
    position, at = place, start.end()
    while found := _ATTRIBUTE.match(source, at):
        if found["name"] == _PLACE:
            position = _position(found["value"])
        else:
            attributes.append((found["name"], found["value"]))
        at = found.end()
    end = _TAG_END.match(source, at)
    if end is None:
        raise LayoutError(
            f"<{start['name']}> is not written right near '{source[at : at + 20].strip()}'",
            position,
            hint='an attribute is written name="value", a tag ends with >',
        )
    kind: Literal["open", "close", "alone"] = (
        "close" if start["close"] else "alone" if end["alone"] else "open"
    )
    return Tag(kind, start["name"], tuple(attributes), start.start(), end.end(), position)


def _not_a_tag(source: str, at: int) -> str:
    shown = source[at : at + 20].partition("\n")[0]
    return f"this begins like a tag but is none: '{shown}'"


def _position(place: str) -> Position:
    path, line, column = html.unescape(place).rsplit(":", 2)
    return Position(path, int(line), int(column))


def _moved(place: Position, text: str) -> Position:
    """Return the position behind `text`: the line is right where no tag of Jinja stood in it."""
    return Position(place.path, place.line + text.count("\n") if place.line else 0)
