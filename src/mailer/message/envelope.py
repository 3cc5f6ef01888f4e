"""Who carries a message from whom to whom."""

from dataclasses import dataclass
from datetime import datetime

from mailer.address import Address


@dataclass(frozen=True, slots=True)
class Envelope:
    """The SMTP envelope (RFC 5321 §2.3.1): `sender` is where bounces go, `recipient` who gets the copy."""

    sender: Address
    recipient: Address


@dataclass(frozen=True, slots=True)
class Message:
    """
    One recipient's copy.

    `data` is the whole message in bytes (RFC 5322): CRLF line ends, 7-bit, no line over 998 octets, not
    dot-stuffed; `dotless` where no line of it begins with a dot. `message_id` is the Message-ID in angle
    brackets; `key` the recipient key that names the delivery in the ledger. `date` is the moment of building,
    whose second stands in Date and in a signature; None where it was not built here.
    """

    key: str
    envelope: Envelope
    message_id: str
    data: bytes
    dotless: bool = False
    date: datetime | None = None
