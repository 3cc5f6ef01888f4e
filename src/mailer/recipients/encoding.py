"""Bytes of a list -> text."""

import codecs
import io
import re
from collections.abc import Iterable

from mailer.errors import RecipientsError
from mailer.position import Position

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SHOWN = 40
_UNDECODED = re.compile("[\udc80-\udcff]")

SAVE_AS_UTF8 = (
    "save it as UTF-8: in Excel by Save As 'CSV UTF-8', in LibreOffice by Save As 'Edit filter settings'"
)


def decode(stream: io.BufferedReader, name: str) -> io.TextIOWrapper:
    """
    Return the text of `stream`, line ends as they are: UTF-8 with or without a mark, UTF-16 with one.

    Bytes that are not UTF-8 become lone surrogates, which `refuse_undecoded` finds in the row where they are.
    """
    head = stream.peek(4096)[:4096]
    if head.startswith(_WORKBOOKS):
        raise RecipientsError(
            "this is a workbook or an archive, not a CSV file",
            Position(name),
            hint="open it in a spreadsheet and save the sheet as CSV UTF-8",
        )
    encoding = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), "utf-8")
    if encoding != "utf-16" and b"\0" in head[:2]:
        raise RecipientsError("this looks like UTF-16 without its mark", Position(name), hint=SAVE_AS_UTF8)
    errors = "strict" if encoding == "utf-16" else "surrogateescape"
    return io.TextIOWrapper(stream, encoding=encoding, errors=errors, newline="")


def refuse_undecoded(cells: Iterable[str], position: Position) -> None:
    """Raise RecipientsError for the first cell that holds bytes that are not UTF-8."""
    for number, cell in enumerate(cells, start=1):
        if found := _UNDECODED.search(cell):
            # Whatever is not UTF-8 mostly comes from a spreadsheet in Western Europe or America.
            guess = cell[:_SHOWN].encode(errors="surrogateescape").decode("cp1252", errors="replace")
            raise RecipientsError(
                f"the file is not UTF-8: byte 0x{ord(found[0]) - 0xDC00:02X} in cell {number}",
                position,
                hint=f"it looks like Windows-1252 (cp1252), where the cell reads {guess!r}; {SAVE_AS_UTF8}",
            )


def broken_encoding(error: UnicodeDecodeError, position: Position) -> RecipientsError:
    """Return the error for a file that broke off being what its mark promised."""
    return RecipientsError(
        f"the file begins as UTF-16 and is not: {error.reason}", position, hint=SAVE_AS_UTF8
    )
