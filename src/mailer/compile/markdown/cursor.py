"""One line of a source, read from left to right with tabs counted as columns."""

from typing import NamedTuple

TAB = 4
SPACE = " \t"


class Line(NamedTuple):
    """A line of the source; `number` counts from 1."""

    number: int
    text: str


class Cursor:
    """
    What is left of a line.

    `text` is the rest, `column` where it starts, `indent` the columns of its leading white space and `rest`
    the text without it. A tab reaches to the next multiple of four columns (CommonMark 0.31, section 2.2).
    """

    __slots__ = ("column", "indent", "number", "rest", "text")

    def __init__(self, line: Line) -> None:
        self.number = line.number
        self.column = 0
        self._read(line.text)

    def _read(self, text: str) -> None:
        self.text = text
        self.rest = text.lstrip(SPACE)
        white = text[: len(text) - len(self.rest)]
        self.indent = len(white) if "\t" not in white else self._width(white)

    def _width(self, white: str) -> int:
        column = self.column
        for char in white:
            column += TAB - column % TAB if char == "\t" else 1
        return column - self.column

    @property
    def blank(self) -> bool:
        """Tell whether only white space is left."""
        return not self.rest

    def drop(self, columns: int) -> None:
        """Go past at most `columns` columns of white space; a tab cut in two leaves spaces."""
        taken = position = 0
        while taken < columns and position < len(self.text) and self.text[position] in SPACE:
            taken += TAB - (self.column + taken) % TAB if self.text[position] == "\t" else 1
            position += 1
        surplus = max(taken - columns, 0)
        self.column += taken - surplus
        self._read(" " * surplus + self.text[position:])

    def drop_indent(self) -> None:
        """Go past all leading white space."""
        self.column += self.indent
        self._read(self.rest)

    def advance(self, characters: int) -> None:
        """Go past characters of which none is a tab."""
        self.column += characters
        self._read(self.text[characters:])
