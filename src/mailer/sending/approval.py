"""Ledger and lock -> who has seen a content before it is sent, and how that is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from mailer import __version__
from mailer.compile.compiled import CompiledIssue
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import StaffTest
from mailer.sending.difference import Readable, content_difference, readable_difference
from mailer.sending.lock import Lock

LEDGER, LOCK = "ledger", "lock"
"""How a test is known: it was made with this ledger, or a lock that travels with the issue says so."""


@dataclass(frozen=True, slots=True)
class Approval:
    """One test of a content: who made it when, to whom it went and through which transport."""

    how: str
    who: str
    at: datetime
    to: str
    transport: str

    @property
    def words(self) -> str:
        """Return who and when, as people read it."""
        by = f"by {self.who}, " if self.who else ""
        by_lock = ", says its lock" if self.how == LOCK else ""
        return f"{by}{self.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC, to {self.to}{by_lock}"

    def to_json(self) -> dict[str, Any]:
        """Return what the ledger keeps with a send, and what reports hold."""
        return {
            "how": self.how,
            "who": self.who,
            "at": self.at.isoformat(timespec="seconds"),
            "to": self.to,
            "transport": self.transport,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self | None:
        """Return the approval that `to_json` stored, None where there was none."""
        return cls(**{**stored, "at": datetime.fromisoformat(stored["at"])}) if stored else None


def find_approval(ledger: Ledger, lock: Lock | None, digest: str, *, rehearsal: bool) -> Approval | None:
    """Return the test of exactly this content, the ledger's own before that of a lock; None without any."""
    if test := ledger.find_test(digest, rehearsal=rehearsal):
        return _of_test(test)
    if lock and lock.digest == digest and lock.rehearsal <= rehearsal:
        return _of_lock(lock)
    return None


def changed_since_test(ledger: Ledger, lock: Lock | None, issue: CompiledIssue, *, rehearsal: bool) -> str:
    """Return who tested another content of this issue last, and its difference; empty where nobody did."""
    test = ledger.latest_test(issue.slug, rehearsal=rehearsal)
    if lock and lock.rehearsal <= rehearsal and (test is None or test.at < lock.at):
        return f"{_of_lock(lock).words}:\n{_difference_from_lock(lock, issue)}"
    if test:
        return f"{_of_test(test).words}:\n{content_difference(test.content, issue)}"
    return ""


def _of_test(test: StaffTest) -> Approval:
    return Approval(LEDGER, test.who, test.at, test.to, test.transport)


def _of_lock(lock: Lock) -> Approval:
    return Approval(LOCK, lock.who, lock.at, lock.to, lock.transport)


def _difference_from_lock(lock: Lock, issue: CompiledIssue) -> str:
    told = readable_difference(lock.seen, Readable(issue.subject, issue.text))
    if told:
        return told
    if lock.version != __version__:
        return f"the words are the same, but it was tested with mailer {lock.version}; this is {__version__}"
    return "the words are the same, but not HTML, headers or pictures"
