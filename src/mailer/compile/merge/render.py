"""Template + compile-time values -> text in which markers stand for per-recipient tags."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mailer.compile.compiled import MergeField
from mailer.compile.marker import Role
from mailer.position import Position
from mailer.template.source import Load, Source, load_nothing


@dataclass(frozen=True, slots=True)
class Tag:
    """
    One waiting tag: `source` is the Jinja tag that goes back into the finished page.

    `group` is the same for the open, middle and end tags of one block; `keyword` is `if`, `elif`, `for`, …,
    or empty for a value. `position` is where the author wrote it.
    """

    source: str
    role: Role
    group: int
    keyword: str
    position: Position


@dataclass(frozen=True, slots=True)
class Rendered:
    """Text with markers, the tags that they stand for (by marker word), and every use of a merge field."""

    text: str
    tags: Mapping[str, Tag]
    fields: tuple[MergeField, ...] = ()


def render_issue(
    source: Source, values: Mapping[str, Any], *, salt: str, load: Load = load_nothing
) -> Rendered:
    """
    Run the compile-time tags of a Markdown source; nothing is escaped, comments are `{#* … *#}`.

    Raises IssueError (or what the source says) with the line in the author's file.
    """
    raise NotImplementedError


def render_layout(
    sources: Mapping[str, Source], entry: str, values: Mapping[str, Any], *, salt: str
) -> Rendered:
    """
    Run the compile-time tags of the layout template `entry`, which may extend and include the others.

    Values are escaped (pass `Markup` for what is HTML or holds markers already). Raises LayoutError.
    """
    raise NotImplementedError


def open_line(source: Source, values: Mapping[str, Any]) -> tuple[str, tuple[MergeField, ...]]:
    """Return a subject or preheader as a self-contained Jinja source, with its merge fields."""
    raise NotImplementedError
