"""Suppressions: who must not be written to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mailer.ledger.delivery import Suppression
from mailer.ledger.sqlite.part import Part
from mailer.ledger.sqlite.row import json_list, suppression_of, suppression_values

PAGE = 1000
"""Rows read at once."""


class Suppressions(Part):
    """The methods of the ledger about suppressions."""

    def suppress(self, suppressions: Iterable[Suppression]) -> int:
        """Add suppressions; return how many were new."""
        with self._book.transaction():
            return self._book.change_each("suppress", map(suppression_values, suppressions))

    def unsuppress(self, key: str, scope: str = "") -> int:
        """Remove a recipient's suppression for one list, or the one for all; return how many there were."""
        with self._book.transaction():
            return self._book.change("unsuppress", key=key, list=scope)

    def suppressed(self, scopes: Sequence[str], keys: Sequence[str]) -> Mapping[str, str]:
        """Return the reason for each of `keys` that is suppressed for all lists or for one of `scopes`."""
        return self._suppressed(json_list(scopes), keys)

    def _suppressed(self, scopes: str, keys: Sequence[str]) -> dict[str, str]:
        rows = self._book.rows("suppressed", scopes=scopes, keys=json_list(keys))
        return {row["key"]: row["reason"] for row in rows}

    def suppressions(self) -> Iterator[Suppression]:
        """Return every suppression, newest first."""
        rows = self._book.rows("newest_suppressions", limit=PAGE)
        while rows:
            yield from map(suppression_of, rows)
            last = rows[-1]
            rows = self._book.rows("older_suppressions", at=last["at"], number=last["number"], limit=PAGE)
