"""Sources -> audience: the list read whole, and its columns held against the fields of the issue."""

from collections.abc import Collection, Iterable, Sequence

from mailer.compile.compiled import MergeField
from mailer.errors import ChecksFailed
from mailer.finding import Finding, Severity
from mailer.message.columns import column_findings
from mailer.sending.audience import Audience, Source


def read_list(
    audience: Audience, sources: Iterable[Source], fields: Iterable[MergeField], list_name: str
) -> list[Finding]:
    """Read every source and return what `require_columns` says of them."""
    columns = []
    for source in sources:
        columns.append(source.columns)
        audience.read(source)
    return require_columns(columns, fields, list_name)


def require_columns(
    columns: Sequence[Collection[str] | None], fields: Iterable[MergeField], list_name: str
) -> list[Finding]:
    """
    Return warnings about fields that none of a list's sources has a column for.

    Raises ChecksFailed for such a field that needs one. A source without a header (None) has no columns to
    hold anything against.
    """
    known = [one for one in columns if one is not None]
    if len(known) < len(columns):
        return []
    findings = column_findings(fields, frozenset().union(*known), list_name)
    if errors := [one for one in findings if one.severity is Severity.ERROR]:
        raise ChecksFailed(errors, hint=errors[0].hint)
    return findings
