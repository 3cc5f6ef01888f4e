"""Body of an issue -> Markdown with markers: its fences read, its templates run."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from mailer.compile.blocks import Place, read_fences
from mailer.compile.marker import choose_salt
from mailer.compile.merge import Rendered, render_issue
from mailer.errors import IssueError, SourceError
from mailer.issue.document import Issue
from mailer.template.source import Load, Source


def render_content(issue: Issue, values: Mapping[str, Any], load: Load) -> tuple[Rendered, list[Place]]:
    """
    Return the Markdown, and where its blocks were written.

    Raises IssueError with its position in the file that is wrong, as its author knows it.
    """
    places: list[Place] = []
    written: dict[str, Source] = {}

    def read(source: Source) -> Source:
        written[source.path] = source
        return read_fences(source, places)

    def load_read(name: str) -> Source | None:
        found = load(name)
        return read(found) if found else None

    body = read(Source(issue.body, issue.path, issue.body_line, IssueError))
    with _faults_as_written(written):
        rendered = render_issue(body, values, salt=choose_salt(body.text), load=load_read)
    return rendered, places


@contextmanager
def _faults_as_written(written: Mapping[str, Source]) -> Iterator[None]:
    """Show the author's own line where reading fences changed it; point to the fence if all of it changed."""
    try:
        yield
    except SourceError as error:
        source, position = written.get(error.position.path), error.position
        lines = source.text.split("\n") if source else []
        number = position.line - (source.first_line if source else 0)
        if position.line and 0 <= number < len(lines) and error.source_line != lines[number]:
            line, before = lines[number], position.column - 1
            if error.source_line[:before] != line[:before]:
                error.position = replace(position, column=line.find(":::") + 1)
            error.source_line = line
        raise
