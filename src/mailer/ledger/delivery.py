"""
The rows of the ledger: sends, deliveries, staff tests, suppressions.

What there is one of for each message is a plain tuple: a frozen dataclass takes ten times as long to make.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple


class DeliveryState(StrEnum):
    """Where one issue stands for one recipient. See docs/ledger.md for who leaves to where."""

    PLANNED = "planned"
    SENDING = "sending"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"


class SendState(StrEnum):
    """Where a send stands."""

    PLANNED = "planned"
    SENDING = "sending"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


UNFINISHED = frozenset({SendState.PLANNED, SendState.SENDING, SendState.PAUSED})


@dataclass(frozen=True, slots=True)
class SendIdentity:
    """What makes two `send` commands the same send."""

    issue: str
    list: str
    where: str = ""
    limit: int | None = None
    rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """How the listed rows that were not planned fell away; frozen with the send."""

    listed: int = 0
    duplicates: int = 0
    invalid: int = 0
    not_selected: int = 0
    elsewhere: int = 0

    @property
    def on_list(self) -> int:
        """Return how many people the list has, whether they were selected or not."""
        return self.listed - self.duplicates - self.invalid

    @property
    def people(self) -> int:
        """Return how many people were meant: those planned, and those who have the issue from elsewhere."""
        return self.on_list - self.not_selected


@dataclass(frozen=True, slots=True)
class Send:
    """
    One run of one issue to one list.

    `content` is the frozen compiled issue and `settings` what else its messages need, both as JSON values, so
    that `resume` reads no file. `scopes` are the list names whose suppressions hold. `untested` is the reason
    given for sending what staff never saw, or empty; `approval` tells of the test otherwise. `seconds` is the
    time spent sending, over all runs. It does not begin before `not_before`; its first `seeds` places get it
    first, and it is held `hold` seconds after them.
    """

    id: str
    identity: SendIdentity
    digest: str
    transport: str
    created: datetime
    state: SendState = SendState.PLANNED
    scopes: tuple[str, ...] = ()
    counts: Counts = field(default_factory=Counts)
    content: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    tested: bool = False
    untested: str = ""
    approval: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    seconds: float = 0.0
    not_before: datetime | None = None
    seeds: int = 0
    hold: float = 0.0


@dataclass(frozen=True, slots=True)
class PlannedRecipient:
    """
    One row of a frozen audience.

    `key` is the recipient key, `suppressed` the reason why this person is not written to, or empty.
    """

    key: str
    address: str
    name: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    suppressed: str = ""


class Intent(NamedTuple):
    """
    What is about to be handed over: the Message-ID, the moment in Date and in the signature, and the bytes.

    Only whole seconds of `dated` are kept. With the frozen content they are enough to rebuild the message.
    """

    message_id: str
    dated: datetime | None = None
    size: int = 0


class Delivery(NamedTuple):
    """
    One issue to one recipient, as the ledger has it; `reply` is what the relay said last.

    `dated` and `size` are those of the last intent. `provider_id` is what a provider calls the message.
    """

    send: str
    key: str
    address: str
    name: str
    values: Mapping[str, str]
    state: DeliveryState
    attempts: int = 0
    next_at: datetime | None = None
    message_id: str = ""
    code: int = 0
    reply: str = ""
    transport: str = ""
    changed: datetime | None = None
    dated: datetime | None = None
    size: int = 0
    provider_id: str = ""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """So many attempts, the last of them at this time; all to one domain, where that was asked for."""

    at: datetime
    number: int
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """How many deliveries of a send stand where; their sum is `planned`."""

    accepted: int = 0
    deferred: int = 0
    refused: int = 0
    in_doubt: int = 0
    suppressed: int = 0
    cancelled: int = 0
    remaining: int = 0

    @property
    def planned(self) -> int:
        """Return the number of deliveries frozen with the send."""
        return (
            self.accepted
            + self.deferred
            + self.refused
            + self.in_doubt
            + self.suppressed
            + self.cancelled
            + self.remaining
        )


@dataclass(frozen=True, slots=True)
class StaffTest:
    """What staff were sent, and by whom: `content` is kept to show how a later version differs."""

    issue: str
    digest: str
    rehearsal: bool
    at: datetime
    to: str
    transport: str
    content: Mapping[str, Any] = field(default_factory=dict)
    who: str = ""


@dataclass(frozen=True, slots=True)
class Suppression:
    """
    Somebody who must not be written to.

    `list` is a list's name, or empty for all lists. `address` may be empty: the key alone keeps a forgotten
    person out.
    """

    key: str
    list: str
    reason: str
    at: datetime
    address: str = ""
