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
from functools import lru_cache
from typing import Literal, NoReturn

from mailer.errors import LayoutError
from mailer.position import Position

_PLACE = "data-at"
_ANNOTATION = re.compile(rf' {_PLACE}="[^"]*"')
_TAG_START = re.compile(
    r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->|<(?P<name>[A-Za-z][A-Za-z0-9:-]*)", re.DOTALL
)
_START = re.compile(r"<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]*)")
_ATTRIBUTE = re.compile(r"\s+(?P<name>[^\s=<>\"'/]+)\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)')")
_TAG = re.sub(r"\?P<\w+>", "?:", rf"{_START.pattern}(?:{_ATTRIBUTE.pattern})*+\s*/?>")
_TOKEN = re.compile(rf"<(?:!--(?P<comment>.*?)-->|(?P<tag>{_TAG.removeprefix('<')})|)", re.DOTALL)
_PLAIN_TEXT = frozenset({"mj-style", "style"})
"""Elements whose content is text up to their closing tag."""

_REMEMBERED = 2048
"""Tags that are kept as they were read: a layout's are the same in every issue."""


@dataclass(frozen=True, slots=True)
class Tag:
    """
    One tag: `attributes` as (name, value as written) in order.

    `kind` is alone for `<a/>`.
    """

    kind: Literal["open", "close", "alone"]
    name: str
    attributes: tuple[tuple[str, str], ...]
    position: Position

    def get(self, name: str, default: str = "") -> str:
        """Return the value of an attribute as written."""
        for key, value in self.attributes:
            if key == name:
                return value
        return default


@dataclass(frozen=True, slots=True)
class Text:
    """What stands between tags; `comment` tells that it is the inside of a comment."""

    text: str
    comment: bool
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
        start = found.start() if found else len(source)
        if start > at:
            text = source[at:start]
            yield Text(text, comment=False, position=place)
            place = _moved(place, text)
        if found is None:
            return
        at = found.end()
        if found["comment"] is not None:
            yield Text(found["comment"], comment=True, position=place)
            place = _moved(place, found[0])
        elif found["tag"]:
            tag, place = _read_tag(found[0], place)
            yield tag
            if tag.kind == "open" and tag.name in _PLAIN_TEXT:
                end = source.find(f"</{tag.name}", at)
                end = end if end >= 0 else len(source)
                yield Text(source[at:end], comment=False, position=place)
                place, at = _moved(place, source[at:end]), end
        else:
            _refuse_tag(source, start, place)


@lru_cache(maxsize=_REMEMBERED)
def _read_tag(written: str, place: Position) -> tuple[Tag, Position]:
    """Return a tag that is written right, and the place behind it."""
    start = _START.match(written)
    assert start
    attributes, position = _read_attributes(written, start.end(), place)
    kind: Literal["open", "close", "alone"] = (
        "close" if start["close"] else "alone" if written.endswith("/>") else "open"
    )
    return Tag(kind, start["name"], attributes, position), _moved(position, written)


def _read_attributes(source: str, at: int, place: Position) -> tuple[tuple[tuple[str, str], ...], Position]:
    """Return the attributes that stand in a row at an offset, and the place that `annotate` wrote."""
    attributes: list[tuple[str, str]] = []
    while found := _ATTRIBUTE.match(source, at):
        value = found["double"] if found["double"] is not None else found["single"]
        if found["name"] == _PLACE:
            place = _position(value)
        else:
            attributes.append((found["name"], value))
        at = found.end()
    return tuple(attributes), place


def _refuse_tag(source: str, at: int, place: Position) -> NoReturn:
    """Raise the error for a sign < that begins no tag, or one that is not written right."""
    start = _START.match(source, at)
    if start is None:
        raise LayoutError(_not_a_tag(source, at), place, hint="write &lt; for the sign itself")
    end = at = start.end()
    while found := _ATTRIBUTE.match(source, end):
        end = found.end()
    raise LayoutError(
        f"<{start['name']}> is not written right near '{source[end : end + 20].strip()}'",
        _read_attributes(source, at, place)[1],
        hint='an attribute is written name="value", a tag ends with >',
    )


def _not_a_tag(source: str, at: int) -> str:
    shown = source[at : at + 20].partition("\n")[0]
    return f"this begins like a tag but is none: '{shown}'"


def _position(place: str) -> Position:
    path, line, column = html.unescape(place).rsplit(":", 2)
    return Position(path, int(line), int(column))


def _moved(place: Position, text: str) -> Position:
    """Return the position behind `text`: the line is right where no tag of Jinja stood in it."""
    lines = text.count("\n") if place.line else 0
    return Position(place.path, place.line + lines) if lines or place.column else place
