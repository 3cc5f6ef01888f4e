"""Who a send comes from: what its messages need besides their content."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from mailer.address import Address


@dataclass(frozen=True, slots=True)
class Sender:
    """
    What of `mailer.toml` is frozen with a send.

    `return_path` is the envelope sender. `unsubscribe_url` is the base of `mailer serve`,
    `unsubscribe_mailto` the address that takes unsubscribe mails, `view_url` this issue's page on the web; an
    empty string means that there is none. `list_name` is the list that a reader leaves.
    """

    return_path: Address
    list_name: str
    unsubscribe_url: str = ""
    unsubscribe_mailto: str = ""
    view_url: str = ""

    @property
    def scope(self) -> str:
        """
        Return the list an unsubscribe is for; empty, for all lists, where the list is no lasting one.

        One bare address is not, nor are the recipients of an earlier send (`send:SEND`): nobody is ever sent
        to that list again, so leaving it alone would change nothing.
        """
        return "" if "@" in self.list_name or self.list_name.startswith("send:") else self.list_name

    def to_json(self) -> dict[str, Any]:
        """Return what the ledger keeps."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return the sender that `to_json` stored."""
        return cls(**{**stored, "return_path": Address(**stored["return_path"])})
