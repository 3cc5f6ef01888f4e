"""One address with its merge values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailer.address import Address
from mailer.position import Position


@dataclass(frozen=True, slots=True)
class Recipient:
    """
    Who gets an issue.

    `name` is the display name for To, or empty. `values` maps a column's identifier (`First Name` is
    `first_name`) to its text; an empty cell is no value. `opted_out` says why this person must not be written
    to according to the list itself (`subscribed_to_emails is false`), or is empty.
    """

    address: Address
    position: Position
    name: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    opted_out: str = ""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot become a recipient, and why."""

    position: Position
    reason: str
