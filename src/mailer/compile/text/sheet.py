"""
The sheet that a text part is written on: prefixed lines, the gaps between them, and markers.

A block that is left out leaves no blank line behind: a marker stands at the end of the line before it, so
that the gap belongs to the block it opens. Only where nothing stands before it, it begins the next line, and
the gap stands before the marker that ends the block.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from mailer.compile.marker import MARKER
from mailer.compile.text.width import display_width

MIN_WIDTH = 24
"""Columns left to text, however deep it stands."""


@dataclass(slots=True)
class _Level:
    """What stands before the first line of a container, and before its other lines."""

    first: str
    rest: str
    begun: bool = False

    @property
    def width(self) -> int:
        return max(display_width(self.first), len(self.rest))

    def take(self) -> str:
        prefix = self.rest if self.begun else self.first
        self.begun = True
        return prefix


class Sheet:
    """Lines as they are written."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._pieces: list[str] = []
        self._levels: list[_Level] = []
        self._gap: int | None = None  # line ends due before the next line
        self._fresh = True  # the gap before the next line is written
        self._opened_fresh: dict[str, bool] = {}

    @property
    def width(self) -> int:
        """Return the columns left beside the prefixes."""
        return max(self._width - sum(level.width for level in self._levels), MIN_WIDTH)

    @property
    def text(self) -> str:
        """Return everything written."""
        return "".join(self._pieces)

    @contextmanager
    def indent(self, first: str, rest: str) -> Iterator[None]:
        """Write `first` before the next line, and `rest` before the lines after it."""
        self._levels.append(_Level(first, rest))
        yield
        self._levels.pop()

    def separate(self, gap: int) -> None:
        """Ask for `gap` line ends before the next line; what a container asked for its start goes first."""
        if self._gap is None:
            self._gap = gap

    def write(self, lines: Sequence[str]) -> None:
        """Write lines, each with its prefix."""
        if lines:
            self._end_line()
            prefixed = ["".join([*(level.take() for level in self._levels), line]).rstrip() for line in lines]
            self._pieces.append("\n".join(prefixed))

    def mark(self, markers: str, gap: int) -> None:
        """Write markers that stand between blocks which are `gap` apart."""
        if self._gap is not None and gap < self._gap:
            self._blank_lines(self._gap - gap)
            self._gap = gap
        for found in MARKER.finditer(markers):
            if found["role"] == "o":
                self._opened_fresh[found["group"]] = self._fresh
            elif self._opened_fresh.get(found["group"]) and not self._fresh:
                self._pieces.append("\n\n")
                self._fresh = True
            self._pieces.append(found[0])

    def _blank_lines(self, count: int) -> None:
        """Write what a container asked for before it, and what each turn of a loop in it must not repeat."""
        if not self._fresh:
            self._pieces.append(f"\n{self._outer()}" * count)

    def _outer(self) -> str:
        return "".join(level.rest for level in self._levels if level.begun).rstrip()

    def _end_line(self) -> None:
        if not self._fresh:
            self._pieces.append("\n" + f"{self._outer()}\n" * ((self._gap or 1) - 1))
        self._gap = None
        self._fresh = False
