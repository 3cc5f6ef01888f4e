"""CSV -> recipients, row by row; memory does not grow with the list."""

import csv
import io
import re
from _csv import Reader
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import BinaryIO, cast

from mailer.errors import MessageError, RecipientsError
from mailer.position import Position
from mailer.recipients.encoding import broken_encoding, decode, refuse_undecoded
from mailer.recipients.header import Header, read_header
from mailer.recipients.recipient import BadRow, Recipient
from mailer.recipients.row import read_row

LONGEST_LINE = 1 << 20
"""Characters read as one line: a file without line ends must not fill the memory."""

DELIMITERS = ",;\t|"

_QUOTED = re.compile(r'"[^"]*"')
_SEPARATOR_LINE = re.compile(r'"?sep=([,;\t|])"?\s*', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RecipientFile:
    """
    An open list: what its header says, and its rows, to be read once while it is open.

    `columns` are the identifiers that an issue or `where` may use, `email` among them. `email_column` is the
    header of the addresses as it is written. `encoding` and `delimiter` are what was recognised.
    """

    name: str
    columns: tuple[str, ...]
    email_column: str
    rows: Iterator[Recipient | BadRow]
    encoding: str = "utf-8"
    delimiter: str = ","


@contextmanager
def open_list(source: Path | BinaryIO, *, name: str) -> Iterator[RecipientFile]:
    """
    Open a CSV file, or a binary stream that stays open afterwards; `name` is what its author calls it.

    Raises RecipientsError for a file that cannot be read at all, on opening or while its rows are read; a row
    that is wrong by itself is a BadRow.
    """
    with _opened(source, name) as stream:
        text = decode(stream, name)
        try:
            yield _read(text, name)
        finally:
            text.detach()


def read_csv(source: Path | BinaryIO, *, name: str) -> Iterator[Recipient | BadRow]:
    """Return the rows of a CSV file; the header is read, and its faults raised, with the first row."""
    with open_list(source, name=name) as opened:
        yield from opened.rows


@contextmanager
def _opened(source: Path | BinaryIO, name: str) -> Iterator[io.BufferedReader]:
    if isinstance(source, Path):
        try:
            file = source.open("rb")
        except OSError as error:
            raise RecipientsError(
                f"cannot be read: {error.strerror}",
                Position(name),
                hint="check its path, under [lists] in mailer.toml or on the command line",
            ) from None
        with file:
            yield file
    elif isinstance(source, io.BufferedReader):
        yield source
    else:
        buffered: io.BufferedReader = io.BufferedReader(cast("io.RawIOBase", source))
        try:
            yield buffered
        finally:
            buffered.detach()


def _read(text: io.TextIOWrapper, name: str) -> RecipientFile:
    reader = _reader(text)
    header = _header(reader, name)
    return RecipientFile(
        name=name,
        columns=tuple(filter(None, header.columns)),
        email_column=header.cells[header.email],
        rows=_rows(reader, header, name),
        encoding=text.encoding,
        delimiter=reader.dialect.delimiter,
    )


def _reader(text: io.TextIOWrapper) -> Reader:
    """Return a reader of all lines, its delimiter taken from Excel's `sep=` line or from the header."""
    lines = iter(partial(text.readline, LONGEST_LINE), "")
    opening = []
    delimiter = DELIMITERS[0]
    for line in lines:
        separator = _SEPARATOR_LINE.fullmatch(line)
        opening.append("\n" if separator else line)
        if separator or line.strip():
            delimiter = separator[1] if separator else _most_frequent(line)
            break
    return csv.reader(chain(opening, lines), delimiter=delimiter, strict=True, skipinitialspace=True)


def _most_frequent(line: str) -> str:
    unquoted = _QUOTED.sub("", line)
    return max(DELIMITERS, key=unquoted.count)


def _header(reader: Reader, name: str) -> Header:
    for position, cells in _numbered(reader, name):
        if isinstance(cells, BadRow):
            raise RecipientsError(cells.reason, position)
        refuse_undecoded(cells, position)
        return read_header(cells, position, delimiter=reader.dialect.delimiter)
    raise RecipientsError(
        "the list is empty",
        Position(name),
        hint="its first row names the columns, for example: email,first_name",
    )


def _rows(reader: Reader, header: Header, name: str) -> Iterator[Recipient | BadRow]:
    empty = True
    for position, cells in _numbered(reader, name):
        empty = False
        yield cells if isinstance(cells, BadRow) else _row(cells, header, position)
    if empty:
        raise RecipientsError(
            "the list has a header but no recipients",
            Position(name),
            hint="write one address a line below the header",
        )


def _row(cells: list[str], header: Header, position: Position) -> Recipient | BadRow:
    try:
        return read_row(cells, header, position)
    except MessageError as error:
        return BadRow(position, error.message)


def _numbered(reader: Reader, name: str) -> Iterator[tuple[Position, list[str] | BadRow]]:
    """Return the rows that are not blank, each with the line on which it starts."""
    while True:
        position = Position(name, reader.line_num + 1)
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield position, BadRow(position, _csv_fault(str(error), position.line, reader.line_num))
            continue
        except UnicodeDecodeError as error:
            raise broken_encoding(error, position) from None
        if cells is None:
            return
        if any(map(str.strip, cells)):
            yield position, cells


def _csv_fault(error: str, first: int, last: int) -> str:
    """Say what Python's csv module found wrong, in strict mode, with a row from line `first` to `last`."""
    swallowed = "" if first == last else f", and lines {first} to {last} became one row"
    if "field larger" in error:
        return (
            f"a cell is longer than {csv.field_size_limit()} characters; a quote may be left open{swallowed}"
        )
    if "end of data" in error:
        return f"a quote is opened and never closed{swallowed}"
    if swallowed:
        return f"a quote is left open{swallowed}"
    return "text follows a closing quote; write a quote inside a quoted cell twice"
