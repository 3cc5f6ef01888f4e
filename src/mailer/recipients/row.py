"""Cells -> Recipient."""

import re
from collections.abc import Mapping, Sequence

from mailer.address import clean_name, is_address, parse_address
from mailer.errors import MessageError
from mailer.position import Position
from mailer.recipients.encoding import refuse_undecoded
from mailer.recipients.header import EMAIL, Header
from mailer.recipients.optout import why_left
from mailer.recipients.recipient import Recipient

_SPACE = " \t"
_SEVERAL_VALUES = " ::: "
"""Google Contacts puts several values into one cell with this between them."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def read_row(cells: Sequence[str], header: Header, position: Position) -> Recipient:
    """
    Return the recipient of a row.

    Of several addresses in the cell of a Google Contacts export the first is taken. Raises MessageError for a
    row that is wrong, RecipientsError for bytes that are not text: then no other row can be trusted.
    """
    if len(cells) != len(header.cells):
        _refuse_ragged(cells, header)
    if not "".join(cells).isprintable():
        _refuse_unreadable(cells, header, position)
    values = {
        column: value
        for column, cell in zip(header.columns, cells, strict=False)
        if (value := cell.strip(_SPACE)) and column
    }
    address = parse_address(_first_address(values, header))
    values[EMAIL] = str(address)
    return Recipient(
        address=address,
        position=position,
        name=_display_name(values, header),
        values=values,
        opted_out=_opted_out(values, header) if header.opt_outs else "",
    )


def _first_address(values: Mapping[str, str], header: Header) -> str:
    written = values.get(EMAIL)
    if written is None:
        raise MessageError(f"no address in column {header.cells[header.email]!r}")
    return written.partition(_SEVERAL_VALUES)[0]


def _display_name(values: Mapping[str, str], header: Header) -> str:
    for column in header.whole_names:
        if column in values:
            return clean_name(values[column])
    parts = [values[column] for column in header.name_parts if column in values]
    return clean_name(" ".join(parts)) if parts else ""


def _opted_out(values: Mapping[str, str], header: Header) -> str:
    for column, has_left in header.opt_outs:
        value = values.get(column)
        if value and has_left(value):
            return why_left(column, value)
    return ""


def _refuse_ragged(cells: Sequence[str], header: Header) -> None:
    """Refuse too few cells, and too many unless those beyond the header are empty."""
    wanted = len(header.cells)
    if len(cells) < wanted or any(cells[wanted:]):
        number = "1 cell" if len(cells) == 1 else f"{len(cells)} cells"
        reason = f"{number} where the header has {wanted}"
        if len(cells) > wanted:
            reason += "; a cell that holds the delimiter needs quotes around it"
        raise MessageError(reason)


def _refuse_unreadable(cells: Sequence[str], header: Header, position: Position) -> None:
    """Look closely at a row that holds more than visible characters; most are harmless."""
    refuse_undecoded(cells, position)
    for index, cell in enumerate(cells[: len(header.cells)]):
        if found := _CONTROL.search(cell):
            raise MessageError(
                f"column {header.cells[index]!r} holds the control character U+{ord(found[0]):04X}"
            )
        if "\n" in cell or "\r" in cell:
            _refuse_swallowed(cell, index, header)
            if header.columns[index] in header.names:
                clean_name(cell.strip(_SPACE))


def _refuse_swallowed(cell: str, index: int, header: Header) -> None:
    """Refuse a cell over several lines of which one is a row, or its beginning: a quote was left open."""
    for line in cell.splitlines()[1:]:
        cells = line.split(header.delimiter)
        like_a_row = len(cells) in {index + 1, len(header.cells)} and header.email < len(cells) > 1
        if like_a_row and is_address(cells[header.email]):
            raise MessageError(
                f"a quote left open in this row swallowed the row of {cells[header.email].strip()}"
            )
