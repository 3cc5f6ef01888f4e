"""A tag that waits, and the call that stands for it in the template that runs now."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailer.compile.compiled import MergeField
from mailer.compile.marker import Role
from mailer.compile.merge.usage import Capture
from mailer.position import Position
from mailer.template.scan import ScannedTag
from mailer.template.source import Source

MARK = "zxmark"
"""The function that the rewritten template calls."""


@dataclass(frozen=True, slots=True)
class WaitingTag:
    """
    A tag that waits: `parts` is its source, cut where the values of `captures` go between.

    `captures` are the compile-time expressions in it (`site.name`).
    """

    role: Role
    keyword: str
    parts: tuple[str, ...]
    captures: tuple[str, ...]
    position: Position
    fields: tuple[MergeField, ...] = ()


def parts_of(tag: ScannedTag, captured: Sequence[Capture], text: str, role: Role) -> tuple[str, ...]:
    """Return what stands before, between and after the captures of a tag, its delimiters without signs."""
    parts, done = [""], tag.start + len(tag.opening)
    for one in captured:
        parts[-1] += text[done : one.start] + one.before
        parts.append(one.after)
        done = one.end
    parts[-1] += text[done : tag.end - len(tag.closing)]
    return _with_delimiters(parts, role)


def call_for(tag: ScannedTag, number: int, values: Sequence[str], text: str) -> str:
    """Return the call that stands for a tag: with its white space signs, on as many lines."""
    newlines = "\n" * text.count("\n", tag.start, tag.end)
    opening = "-" if tag.opening.endswith("-") else ""
    closing = "-" if tag.closing.startswith("-") else ""
    return f"{{{{{opening} {MARK}({number}, [{', '.join(values)}]){newlines} {closing}}}}}"


def _with_delimiters(parts: list[str], role: Role) -> tuple[str, ...]:
    opening, closing = ("{{", "}}") if role == "v" else ("{%", "%}")
    parts = [part.replace("\n", " ") for part in parts]
    parts[0] = f"{opening} {parts[0].lstrip()}"
    parts[-1] = f"{parts[-1].rstrip()} {closing}"
    return tuple(parts)


def place_of(tag: ScannedTag, source: Source) -> Position:
    """Return where a tag was written."""
    column = tag.start - source.text.rfind("\n", 0, tag.start)
    return Position(source.path, source.first_line + tag.line - 1, column)
