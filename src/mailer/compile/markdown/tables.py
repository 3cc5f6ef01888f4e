"""Pipe tables (GitHub Flavored Markdown 0.29, section 4.10)."""

import re

from mailer.compile.markdown.block import Block, Take
from mailer.compile.markdown.cursor import Cursor
from mailer.compile.markdown.leaves import Paragraph, Text

PIECE = re.compile(r"(?:[^|\\]|\\(?!\|))+|\\\||\|")
DELIMITER_ROW = re.compile(r"\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?[ \t]*+")
ALIGNMENT = {(True, True): "center", (True, False): "left", (False, True): "right", (False, False): ""}


class Table(Block):
    """A table; `alignments` holds one word or nothing per column, rows and markers are its children."""

    __slots__ = ("alignments", "header")
    whole_line = True

    def __init__(self, line: int, header: list[str], alignments: list[str]) -> None:
        super().__init__(line)
        self.header = header
        self.alignments = alignments
        self.end = line + 1

    def takes(self, cursor: Cursor) -> Take:
        """Go on until a blank line."""
        return Take.NO if cursor.blank else Take.YES

    def add(self, cursor: Cursor) -> None:
        """Take a row."""
        self.append(Text(cursor.number, "tr", cursor.rest))


def split_row(row: str) -> list[str]:
    """Return the cells of a row; escaped pipes in them lose their backslash."""
    cells = [""]
    for piece in PIECE.findall(row.strip(" \t")):
        if piece == "|":
            cells.append("")
        else:
            cells[-1] += "|" if piece == "\\|" else piece
    if len(cells) > 1 and not cells[0].strip():
        del cells[0]
    if len(cells) > 1 and not cells[-1].strip():
        del cells[-1]
    return [cell.strip(" \t") for cell in cells]


def fit_row(cells: list[str], columns: int) -> list[str]:
    """Return exactly `columns` cells; what is too many joins the last one, so that no text is lost."""
    if len(cells) > columns:
        cells = [*cells[: columns - 1], " | ".join(cells[columns - 1 :])]
    return cells + [""] * (columns - len(cells))


def start_table(paragraph: Paragraph, cursor: Cursor) -> Table | None:
    """Return the table whose header is the last line of `paragraph` and whose second row is the line."""
    if "|" not in cursor.rest or not DELIMITER_ROW.fullmatch(cursor.rest):
        return None
    header = split_row(paragraph.lines[-1])
    delimiters = split_row(cursor.rest)
    if len(header) != len(delimiters):
        return None
    ends = [(cell.startswith(":"), cell.endswith(":")) for cell in delimiters]
    return Table(cursor.number - 1, header, [ALIGNMENT[end] for end in ends])
