"""Sources -> audience: the list read whole, and its columns held against the fields of the issue."""

from collections.abc import Iterable

from mailer.compile.compiled import MergeField
from mailer.errors import ChecksFailed
from mailer.finding import Finding, Severity
from mailer.message.columns import column_findings
from mailer.sending.audience import Audience, Source


def read_list(
    audience: Audience, sources: Iterable[Source], fields: Iterable[MergeField], list_name: str
) -> list[Finding]:
    """
    Read every source and return warnings about fields that none of them has a column for.

    Raises ChecksFailed for such a field that needs one. A list without a header has no columns to hold
    anything against.
    """
    columns: set[str] = set()
    are_known = True
    for source in sources:
        columns |= {*(source.columns or ())}
        are_known &= source.columns is not None
        audience.read(source)
    findings = column_findings(fields, columns, list_name) if are_known else []
    if errors := [one for one in findings if one.severity is Severity.ERROR]:
        raise ChecksFailed(errors, hint=errors[0].hint)
    return findings
