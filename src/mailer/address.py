"""An email address: parsed strictly, compared canonically, written safely."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """
    One address.

    `local` is spelled as its owner spells it, `domain` is in A-label form, lower case (RFC 5890), so that
    `local@domain` can stand in an envelope. `canonical` is equal for two spellings of one person: local part
    case-folded and NFC, domain as above.
    """

    local: str
    domain: str

    def __str__(self) -> str:
        """Return `local@domain`, as it stands in an envelope."""
        return f"{self.local}@{self.domain}"
