"""Staff tests: which digests were seen by staff."""

from sqlite3 import Row

from mailer.ledger.delivery import StaffTest
from mailer.ledger.sqlite.part import Part
from mailer.ledger.sqlite.row import json_text, staff_test_of, stamp


class StaffTests(Part):
    """The methods of the ledger about tests."""

    def record_test(self, test: StaffTest) -> None:
        """Keep what staff were sent."""
        with self._book.transaction():
            self._book.change(
                "add_staff_test",
                issue=self._issue(test.issue, rehearsal=test.rehearsal),
                digest=test.digest,
                at=stamp(test.at),
                to=test.to,
                transport=test.transport,
                who=test.who,
                content=self._content(json_text(test.content)),
            )

    def find_test(self, digest: str, *, rehearsal: bool, transport: str = "") -> StaffTest | None:
        """Return the test of exactly this content, or None; with a `transport`, one that went through it."""
        place = transport.partition("?")[0]
        return _test(self._book.row("test_of_digest", digest=digest, rehearsal=rehearsal, place=place))

    def latest_test(self, issue: str, *, rehearsal: bool) -> StaffTest | None:
        """Return the newest test of any content of this issue that would count for such a send, or None."""
        return _test(self._book.row("test_of_issue", slug=issue, rehearsal=rehearsal))


def _test(row: Row | None) -> StaffTest | None:
    return staff_test_of(row) if row else None
