"""Body of an issue -> Markdown with markers: its Liquid and its fences read, its templates run."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from mailer.compile.blocks import Place, read_fences
from mailer.compile.compiled import MergeField
from mailer.compile.liquid import read_liquid, site_of
from mailer.compile.marker import choose_salt
from mailer.compile.merge.render import Rendered, render_issue
from mailer.errors import IssueError, SourceError
from mailer.issue.document import Issue
from mailer.position import Position
from mailer.template.source import Load, Source

_AUDIENCE = re.compile(r"[\s>*+\d.)-]*:::+\s*audience\b")


def render_content(issue: Issue, values: Mapping[str, Any], load: Load) -> tuple[Rendered, list[Place]]:
    """
    Return the Markdown, and where its blocks were written.

    Raises IssueError with its position in the file that is wrong, as its author knows it.
    """
    places: list[Place] = []
    written: dict[str, Source] = {}
    site = site_of(values["newsletter"], load)

    def read(source: Source) -> Source:
        written[source.path] = source
        return read_fences(read_liquid(source, site), places)

    def load_read(name: str) -> Source | None:
        found = load(name)
        return read(found) if found else None

    with _faults_as_written(written):
        body = read(Source(issue.body, issue.path, issue.body_line, IssueError))
        rendered = render_issue(body, values, salt=choose_salt(body.text), load=load_read)
    return _placed_as_written(rendered, written), places


def _placed_as_written(rendered: Rendered, written: Mapping[str, Source]) -> Rendered:
    """Point to the fields of `audience` fences as they were written; each is told apart from a tag's."""
    fields = tuple(_field_as_written(one, written) for one in rendered.fields)
    return replace(rendered, fields=fields)


def _field_as_written(field: MergeField, written: Mapping[str, Source]) -> MergeField:
    line, _ = _line_as_written(field.position, written)
    fence = _AUDIENCE.match(line)
    if not fence:
        return field
    name = re.search(rf"\b{re.escape(field.name)}\b", line[fence.end() :])
    column = fence.end() + (name.start() if name else 0) + 1
    return replace(field, audience=True, position=replace(field.position, column=column))


@contextmanager
def _faults_as_written(written: Mapping[str, Source]) -> Iterator[None]:
    """Show the author's own line, and the place in it, where reading Liquid or fences changed it."""
    try:
        yield
    except SourceError as error:
        position = error.position
        line, is_known = _line_as_written(position, written)
        if is_known and error.source_line != line:
            column = _column_as_written(line, error.source_line, position.column)
            error.position, error.source_line = replace(position, column=column), line
        raise


def _line_as_written(position: Position, written: Mapping[str, Source]) -> tuple[str, bool]:
    """Return the line that a position points to as its author wrote it, and whether it is known."""
    source = written.get(position.path)
    lines = source.text.split("\n") if source else []
    number = position.line - (source.first_line if source else 0)
    known = bool(position.line) and 0 <= number < len(lines)
    return (lines[number] if known else ""), known


def _column_as_written(line: str, shown: str, column: int) -> int:
    """Return the column of what stands in the same words in both, else of the fence or tag that changed."""
    before, after = column - 1, len(shown) - column + 1
    if not column or shown[:before] == line[:before]:
        return column
    if after and line.endswith(shown[-after:]):
        return len(line) - after + 1
    if ":::" in line:
        return line.index(":::") + 1
    changed = next(
        (place for place, (old, new) in enumerate(zip(line, shown, strict=False)) if old != new), 0
    )
    return line.rfind("{", 0, changed + 1) + 1
