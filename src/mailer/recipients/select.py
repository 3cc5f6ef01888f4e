"""Recipients -> those that are meant, or the whole list if every row is right."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from mailer.errors import RecipientsError
from mailer.position import Position
from mailer.recipients.recipient import BadRow, Recipient

Predicate = Callable[[Mapping[str, str]], bool]
"""A compiled `where`: the merge values of a recipient -> whether this person is meant."""

KEPT_BAD_ROWS = 1_000
"""How many bad rows an error carries; a file of nothing else must not fill the memory."""


def selected(recipients: Iterable[Recipient], predicate: Predicate) -> Iterator[Recipient]:
    """Return the recipients whose values satisfy `predicate`."""
    return (recipient for recipient in recipients if predicate(recipient.values))


def every_row(rows: Iterable[Recipient | BadRow], *, name: str) -> Iterator[Recipient]:
    """Return every recipient, then raise RecipientsError with all bad rows of the list if there are any."""
    kept: list[tuple[int, str]] = []
    bad = 0
    for row in rows:
        if isinstance(row, Recipient):
            yield row
            continue
        bad += 1
        if len(kept) < KEPT_BAD_ROWS:
            kept.append((row.position.line, row.reason))
    if bad:
        number = "1 row" if bad == 1 else f"{bad} rows"
        raise RecipientsError(
            f"{number} cannot be used", Position(name), hint="mend them in the list", rows=kept
        )
