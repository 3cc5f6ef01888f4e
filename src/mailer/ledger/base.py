"""What every ledger does."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from mailer.ledger.delivery import (
    Delivery,
    DeliveryState,
    Figures,
    HandedOver,
    Intent,
    PlannedRecipient,
    Send,
    SendIdentity,
    SendState,
    StaffTest,
    Suppression,
)
from mailer.message.outcome import Outcome


class Ledger(Protocol):
    """
    The durable book. Every method that changes something is one transaction, on disk when it returns.

    Times are aware datetimes in UTC. A method raises LedgerError where the book cannot be read or written.
    """

    def close(self) -> None:
        """Let go of the book."""

    def together(self) -> AbstractContextManager[None]:
        """Make one transaction of all that is changed inside: on disk when it ends, or nothing of it."""
        ...

    @property
    def ledger_id(self) -> str:
        """Return the name made up with the ledger (`ledger_id` in mailer.toml); empty before there is one."""
        ...

    @property
    def misplaced(self) -> str:
        """
        Return why no live send may go out from this ledger, in words; empty where one may.

        It may be a copy, a backup, or older than what was sent from here: it cannot know who has got what.
        """
        ...

    def adopt(self, ledger_id: str) -> None:
        """Let live sends go out from this ledger, whatever it was, under the name `ledger_id`."""

    def knows_key(self, name: str) -> bool:
        """
        Say whether the recipient keys in here were made with the key of this name.

        A book without a key takes it, where it may be written.
        """
        ...

    def change_key(self, name: str, key_of: Callable[[str], str]) -> None:
        """
        Give everybody in here the recipient key that `key_of` makes of their address.

        Whoever was forgotten has no address, and keeps the old one. LedgerLocked while somebody sends.
        """

    def back_up(self, file: Path) -> None:
        """
        Write a whole, checked copy to `file`, while others go on; an older backup there is replaced.

        The copy is misplaced until it is adopted. Nothing is left behind where it fails.
        """

    def sender(self, *, live: bool = False) -> AbstractContextManager[int]:
        """
        Hold the sender's lock, which the kernel frees when the process dies.

        Entering turns every left-over intent (state sending) into in_doubt and gives their number. Raises
        LedgerLocked at once if another process holds it, and where people are to be mailed (`live`)
        LedgerError for a ledger that is misplaced.
        """
        ...

    @property
    def has_sender(self) -> bool:
        """Say whether a process, this one too, holds the sender's lock; also where that cannot be seen."""
        ...

    def record_test(self, test: StaffTest) -> None:
        """Keep what staff were sent."""

    def find_test(self, digest: str, *, rehearsal: bool, transport: str = "") -> StaffTest | None:
        """
        Return the test of exactly this content, or None; with a `transport`, one that went through it.

        A test through a real transport unlocks every send, a rehearsed one only rehearsals. Options in the
        transport's URL make no difference.
        """
        ...

    def latest_test(self, issue: str, *, rehearsal: bool) -> StaffTest | None:
        """Return the newest test of any content of this issue that would count for such a send, or None."""
        ...

    def freeze(self, send: Send, audience: Iterable[PlannedRecipient]) -> Figures:
        """
        Write a send, its content and its whole audience in one transaction.

        Whoever meanwhile holds this issue in another send (planned, sending, accepted, deferred, in_doubt) is
        left out and added to the send's `elsewhere`. `send.counts` must leave as many to be planned as
        `audience` gives, suppressed ones included: else LedgerError, as for a send of this identity that is
        unfinished.
        """
        ...

    def sends(self) -> Sequence[Send]:
        """Return every send, newest first, without content."""
        ...

    def find_send(self, prefix: str) -> Send:
        """Return the one send whose id begins with `prefix`; LedgerError where there is none or several."""
        ...

    def unfinished(self, identity: SendIdentity) -> Send | None:
        """Return the planned, sending or paused send of this identity, or None."""
        ...

    def latest(self, identity: SendIdentity) -> Send | None:
        """Return the newest send of this identity in any state, or None."""
        ...

    def set_state(self, send: str, state: SendState, reason: str = "") -> SendState:
        """
        Change a send's state where that is allowed, and return the state now in force.

        Cancelled also cancels the planned and deferred deliveries, and is the end. Finished is refused while
        a delivery is planned, sending or deferred; once finished, a send can only be sending again.
        LedgerError where it would become the second unfinished send of its identity.
        """
        ...

    def add_seconds(self, send: str, seconds: float) -> None:
        """Add to the time spent sending."""

    def figures(self, send: str) -> Figures:
        """Return how many deliveries stand where."""
        ...

    def due(self, send: str, *, now: datetime, limit: int, places: int | None = None) -> Sequence[Delivery]:
        """
        Return up to `limit` deliveries to try: planned ones first, then deferred whose time has come.

        With `places`, only planned ones among that many first places of the list.
        """
        ...

    def next_due(self, send: str) -> datetime | None:
        """Return the earliest time at which a deferred delivery may be tried again, or None."""
        ...

    def begin(
        self, send: str, intents: Mapping[str, Intent], *, transport: str, now: datetime
    ) -> Sequence[str]:
        """
        Write the intent to hand these over, for each recipient key.

        Only inside `sender()`. Returns the keys that may go, now in state sending with one attempt more.
        Left out: whoever is suppressed meanwhile (now suppressed), and everybody when the send is no longer
        in state sending.
        """
        ...

    def settle(
        self,
        send: str,
        outcomes: Mapping[str, Outcome],
        *,
        now: datetime,
        next_at: Mapping[str, datetime] | None = None,
    ) -> None:
        """
        Write what became of deliveries in state sending: accepted, refused or in_doubt (unknown).

        A deferred outcome needs its time in `next_at`; without one it has reached the cap and is refused. In
        a send that was cancelled meanwhile, a deferred delivery is cancelled. Keys in any other state than
        sending are left alone.
        """

    def note_batch(self, send: str, mark: str, keys: Sequence[str], *, now: datetime) -> None:
        """
        Keep that these deliveries, in this order, go out together, known to the other side by `mark`.

        Called in one transaction with their `begin`, with the same `now`.
        """

    def lost_batches(
        self, send: str, *, transport: str, since: datetime, now: datetime
    ) -> Mapping[str, Sequence[Delivery]]:
        """
        Return by their marks the batches of which nothing is known but their intent, written after `since`.

        All their deliveries are in doubt, and have been since then; they went through this transport, options
        aside. A delivery is in one batch at the most: its last.
        """
        ...

    def clear_up(self, send: str, outcomes: Mapping[str, Outcome], *, now: datetime) -> None:
        """Write what became of deliveries in doubt, accepted or refused; any others are left alone."""

    def refuse(self, send: str, key: str, reason: str, *, now: datetime) -> None:
        """Refuse a planned or deferred delivery before any intent: its message cannot be built or carried."""

    def give_back(self, send: str, keys: Sequence[str]) -> None:
        """
        Return deliveries from sending to planned: the transport broke before the point of no return.

        They get their attempt back. In a send that was cancelled meanwhile they are cancelled.
        """

    def retry_refused(self, send: str) -> int:
        """
        Plan the refused deliveries of a send again, from their first attempt on, and return their number.

        Left out: whoever holds this issue in another send by now, and everybody in a cancelled send. A
        finished send is paused then.
        """
        ...

    def resolve(self, send: str, *, resend: bool) -> int:
        """
        Settle deliveries in doubt: planned again, or taken as accepted. Returns their number.

        Planning again pauses a finished send; in a cancelled one it cancels them, so that another send may
        plan them.
        """
        ...

    def deliveries(self, send: str, states: Iterable[DeliveryState] = ()) -> Iterator[Delivery]:
        """Return the deliveries of a send in the order of the list, in these states or in any."""
        ...

    def timeline(self, send: str) -> Sequence[tuple[datetime, DeliveryState, int]]:
        """
        Return in which second how many deliveries came into which state, earliest first.

        Counted are those that were handed over and stand so now: accepted, deferred, refused, in_doubt.
        """
        ...

    def handed_over(
        self, transport: str, *, since: datetime, now: datetime, by_domain: bool = False
    ) -> Sequence[HandedOver]:
        """
        Return how many attempts were made through a transport after `since`, by any send, earliest first.

        Options in the transport's URL make no difference. Attempts close to each other are counted together
        at the time of the last: within ten seconds, or by domain within ten minutes. Every attempt of a
        delivery counts at its last one. One in doubt counts as made just `now`, because nobody knows when it
        was taken.
        """
        ...

    def history(self, key: str) -> Sequence[tuple[Send, Delivery]]:
        """Return every delivery to one recipient, newest first."""
        ...

    def elsewhere(self, issue: str, keys: Sequence[str], *, rehearsal: bool) -> frozenset[str]:
        """Return those of `keys` that hold this issue already in any send of the same kind."""
        ...

    def suppress(self, suppressions: Iterable[Suppression]) -> int:
        """Add suppressions; return how many were new. A running send heeds them at its next message."""
        ...

    def unsuppress(self, key: str, scope: str = "") -> int:
        """Remove a recipient's suppression for one list, or the one for all; return how many there were."""
        ...

    def suppressed(self, scopes: Sequence[str], keys: Sequence[str]) -> Mapping[str, str]:
        """Return the reason for each of `keys` that is suppressed for all lists or for one of `scopes`."""
        ...

    def suppressions(self) -> Iterator[Suppression]:
        """Return every suppression, newest first."""
        ...
