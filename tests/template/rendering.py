"""A template rendered as the issues of a newsletter are, and the fault that it gives."""

from collections.abc import Mapping
from typing import Any

import pytest

from mailer.errors import IssueError
from mailer.template.render import render_source
from mailer.template.source import Load, Source, load_nothing

VALUES: Mapping[str, Any] = {
    "site": {"github": {"url": "https://example.github.io"}},
    "issue": {"title": "Owls", "tags": ["a", "b"]},
    "name": "Ada",
}
FIRST_LINE = 5
"""Of the template in its file: front matter stands before it."""


def render(text: str, load: Load = load_nothing) -> str:
    return render_source(Source(text, "issues/a.md", FIRST_LINE, IssueError), VALUES, load=load)


def fault(text: str, load: Load = load_nothing) -> IssueError:
    with pytest.raises(IssueError) as caught:
        render(text, load)
    return caught.value


def place(error: IssueError) -> str:
    return str(error.position)
