"""LIST + issue -> who of the list would get the issue."""

from collections.abc import Iterator
from contextlib import contextmanager

from mailer.compile.compiled import CompiledIssue
from mailer.finding import Finding
from mailer.ledger.base import Ledger
from mailer.message.token import recipient_key
from mailer.project.lists import RecipientList
from mailer.sending.audience import Audience
from mailer.sending.reading import read_list, require_columns


def columns_checked(people: RecipientList, issue: CompiledIssue) -> list[Finding]:
    """Return what is to be said about a list's columns, its rows unread; ChecksFailed as `readers_of`."""
    return require_columns([source.columns for source in people.sources()], issue.fields, people.name)


@contextmanager
def readers_of(
    people: RecipientList, issue: CompiledIssue, ledger: Ledger, secret: bytes
) -> Iterator[tuple[Audience, list[Finding]]]:
    """
    Give the audience of a list and what is to be said about its columns; bad rows are left out.

    Whoever has the issue already is among them: what they got is what the others get. Raises ChecksFailed
    for a field that the list has no column for and that needs one.
    """
    with Audience(
        key=lambda address: recipient_key(secret, address.canonical), offers_smtputf8=lambda: True
    ) as audience:
        findings = read_list(audience, people.sources(), issue.fields, people.name)
        audience.suppress(ledger, people.scopes)
        yield audience, findings
