"""Where in an author's file something stands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """
    A place in a file: lines and columns count from 1, 0 means not known.

    `path` is written as the author would type it.
    """

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Return `path`, `path:line` or `path:line:column`, as editors understand it."""
        known = [str(number) for number in (self.line, self.column) if number]
        return ":".join([self.path, *known])
