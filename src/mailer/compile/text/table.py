"""HTML table -> rows of padded columns, or one line a cell where they are too wide."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailer.compile.fragment import Element
from mailer.compile.text.phrase import BLOCKS, Phrases, is_marker
from mailer.compile.text.sheet import Sheet
from mailer.compile.text.width import display_width, wrap

_GAP = 2
"""Columns between two columns."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row's cells as text; or, where `markers` is set, markers that stand between rows."""

    cells: tuple[str, ...] = ()
    heads: bool = False
    markers: str = ""


def rows_of(table: Element) -> Iterator[Element]:
    """Yield the rows of a table and the markers between them, not those of tables inside."""
    for child in table:
        if child.tag == "tr" or is_marker(child):
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from rows_of(child)


def is_layout(table: Element) -> bool:
    """Tell whether a table only places things: no heads, and one column or blocks in its cells."""
    rows = [row for row in rows_of(table) if row.tag == "tr"]
    if any(cell.tag == "th" for row in rows for cell in row):
        return False
    return all(len(row) <= 1 for row in rows) or any(
        inner.tag in BLOCKS for row in rows for cell in row for inner in cell
    )


def write_table(table: Element, sheet: Sheet, phrases: Phrases) -> None:
    """Write a table whose cells hold no blocks."""
    rows = [_row(row, phrases) for row in rows_of(table)]
    columns = max((len(row.cells) for row in rows), default=0)
    widths = [max(_cell_width(row, column) for row in rows) for column in range(columns)]
    if sum(widths) + _GAP * (columns - 1) <= sheet.width:
        _write_columns(rows, widths, _alignments(table, columns), sheet)
    else:
        _write_stacked(rows, sheet)


def _row(row: Element, phrases: Phrases) -> Row:
    if row.tag != "tr":
        phrases.pass_markers(row.text or "")
        return Row(markers=row.text or "")
    cells = [cell for cell in row if cell.tag in ("th", "td")]
    heads = bool(cells) and all(cell.tag == "th" for cell in cells)
    return Row(tuple(_cell(cell, phrases) for cell in cells), heads)


def _cell(cell: Element, phrases: Phrases) -> str:
    text = phrases.plainly(cell) if cell.tag == "th" else phrases.inside(cell)
    return " ".join(text.split())


def _cell_width(row: Row, column: int) -> int:
    return display_width(row.cells[column]) if column < len(row.cells) else 0


def _alignments(table: Element, columns: int) -> list[str]:
    """Return `left`, `right` or `center` by column, as any of its cells has it."""
    alignments = ["left"] * columns
    for row in rows_of(table):
        for column, cell in enumerate(cell for cell in row if cell.tag in ("th", "td")):
            style = f"{cell.get('align') or ''} {cell.get('style') or ''}".lower()
            alignments[column] = next(
                (one for one in ("right", "center") if one in style), alignments[column]
            )
    return alignments


def _write_columns(
    rows: Sequence[Row], widths: Sequence[int], alignments: Sequence[str], sheet: Sheet
) -> None:
    for row in rows:
        if row.markers:
            sheet.mark(row.markers, 1)
        elif any(row.cells):
            sheet.separate(1)
            sheet.write([_line(row.cells, widths, alignments)])
            if row.heads:
                sheet.separate(1)
                sheet.write([(" " * _GAP).join("-" * width for width in widths)])


def _line(cells: Sequence[str], widths: Sequence[int], alignments: Sequence[str]) -> str:
    padded = [
        _pad(cell, width, alignment)
        for cell, width, alignment in zip(cells, widths, alignments, strict=False)
    ]
    return (" " * _GAP).join(padded).rstrip()


def _pad(cell: str, width: int, alignment: str) -> str:
    missing = width - display_width(cell)
    before = {"right": missing, "center": missing // 2}.get(alignment, 0)
    return " " * before + cell + " " * (missing - before)


def _write_stacked(rows: Sequence[Row], sheet: Sheet) -> None:
    """Write `head: cell` lines, a blank line between rows."""
    heads = next((row.cells for row in rows if row.heads), ())
    for row in rows:
        if row.markers:
            sheet.mark(row.markers, 2)
        elif not row.heads:
            sheet.separate(2)
            sheet.write([line for cell in _named(row, heads) for line in _hang(cell, sheet.width)])


def _named(row: Row, heads: Sequence[str]) -> Iterator[str]:
    for column, cell in enumerate(row.cells):
        head = heads[column] if column < len(heads) else ""
        if cell:
            yield f"{head}: {cell}" if head else cell


def _hang(text: str, width: int) -> list[str]:
    first, *rest = wrap(text, width - 2)
    return [first, *(f"  {line}" for line in rest)]
