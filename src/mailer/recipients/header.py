"""Header row -> what each column means."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from mailer.address import is_address
from mailer.errors import RecipientsError, did_you_mean
from mailer.position import Position
from mailer.recipients.optout import JUDGES, Judge

EMAIL = "email"
"""The identifier of the column with the addresses, whatever its header."""

_EMAIL_COLUMNS = """
    email e_mail mail email_address e_mail_address emailaddress mail_address email_addresses
    e_mail_1_value email_1_value primary_email user_email subscriber_email contact_email
"""
_WHOLE_NAMES = ("name", "full_name", "fullname", "display_name")
_FIRST_NAMES = ("first_name", "firstname", "given_name", "fname")
_LAST_NAMES = ("last_name", "lastname", "surname", "family_name", "lname")
_NAMES = frozenset(_WHOLE_NAMES + _FIRST_NAMES + _LAST_NAMES)


@dataclass(frozen=True, slots=True)
class Header:
    """
    What a header row says.

    `cells` are the headers as written, `columns` their identifiers in the same order: the addresses are
    `email`, a column without a header is an empty string and is not read. `email` is the index of the
    addresses. `names` are the columns that hold names; the display name is the first filled one of
    `whole_names`, else the filled ones of `name_parts` together. `opt_outs` say who has left.
    """

    cells: tuple[str, ...]
    columns: tuple[str, ...]
    email: int
    names: tuple[str, ...]
    whole_names: tuple[str, ...]
    name_parts: tuple[str, ...]
    opt_outs: tuple[tuple[str, Judge], ...]
    delimiter: str = ","


def read_header(row: Sequence[str], position: Position, *, delimiter: str = ",") -> Header:
    """Return the meaning of a header row; raises RecipientsError."""
    cells = tuple(cell.strip() for cell in row)
    _refuse_addresses(cells, position)
    columns = [identifier(cell) for cell in cells]
    _refuse_duplicates(cells, columns, position)
    email = _find_email(cells, columns, position)
    columns[email] = EMAIL
    first_and_last = (_first_of(_FIRST_NAMES, columns), _first_of(_LAST_NAMES, columns))
    return Header(
        cells=cells,
        columns=tuple(columns),
        email=email,
        names=tuple(column for column in columns if column in _NAMES),
        whole_names=tuple(column for column in _WHOLE_NAMES if column in columns),
        name_parts=tuple(filter(None, first_and_last)),
        opt_outs=tuple((column, JUDGES[column]) for column in columns if column in JUDGES),
        delimiter=delimiter,
    )


def identifier(header: str) -> str:
    """Return what an issue calls a column: `First Name` is `first_name`; empty where nothing is left."""
    text = unicodedata.normalize("NFC", header).lower()
    words = "".join(character if f"a{character}".isidentifier() else " " for character in text)
    name = "_".join(words.replace("_", " ").split())
    return name if name.isidentifier() or not name else f"column_{name}"


def _refuse_addresses(cells: Sequence[str], position: Position) -> None:
    for cell in cells:
        if "@" in cell and is_address(cell):
            raise RecipientsError(
                f"no header row: {cell!r} in the first row is an address",
                position,
                hint="put a row with the names of the columns above it, for example: email,first_name",
            )


def _refuse_duplicates(cells: Sequence[str], columns: Sequence[str], position: Position) -> None:
    first: dict[str, int] = {}
    for index, column in enumerate(columns):
        if column and column in first:
            raise RecipientsError(
                f"duplicate header: columns {first[column] + 1} ({cells[first[column]]!r}) and {index + 1} "
                f"({cells[index]!r}) would both be recipient.{column}",
                position,
                hint="rename one of them",
            )
        first[column] = index


def _find_email(cells: Sequence[str], columns: Sequence[str], position: Position) -> int:
    if EMAIL in columns:
        return columns.index(EMAIL)
    found = [index for index, column in enumerate(columns) if column in _EMAIL_COLUMNS.split()]
    if len(found) > 1:
        named = " and ".join(repr(cells[index]) for index in found)
        raise RecipientsError(
            f"several columns could hold the address: {named}", position, hint="call the right one 'email'"
        )
    if not found:
        raise RecipientsError(
            _no_email(cells, columns), position, hint="call the column with the addresses 'email'"
        )
    return found[0]


def _no_email(cells: Sequence[str], columns: Sequence[str]) -> str:
    guess = next((guess for column in columns if (guess := did_you_mean(column, [EMAIL]))), "")
    return f"no email column among {', '.join(repr(cell[:40]) for cell in cells[:20])}{guess}"


def _first_of(wanted: Sequence[str], columns: Sequence[str]) -> str:
    return next((column for column in wanted if column in columns), "")
