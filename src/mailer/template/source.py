"""A template and the place in an author's file that it came from."""

from collections.abc import Callable
from dataclasses import dataclass

from mailer.errors import SourceError


@dataclass(frozen=True, slots=True)
class Source:
    """
    The text of a template, its first line being line `first_line` of the file `path`.

    `error` is the kind of error that a fault in it becomes: IssueError, LayoutError, …
    """

    text: str
    path: str
    first_line: int = 1
    error: type[SourceError] = SourceError


class Refused(Exception):
    """A loader's refusal of a name; it becomes a SourceError at the tag that asked for it."""

    def __init__(self, message: str, *, name: str, hint: str = "") -> None:
        super().__init__(message)
        self.name = name
        self.hint = hint


Load = Callable[[str], Source | None]
"""
Find the template of a name, for `{% include %}` and `{% extends %}`.

None where there is none; raises Refused for a name that must not be read.
"""


def load_nothing(_name: str) -> Source | None:
    """Find no template: nothing can be included."""
    return None
