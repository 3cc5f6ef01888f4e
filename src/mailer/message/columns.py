"""Merge fields + columns of a list -> findings: fields that the list can never fill."""

from collections.abc import Collection, Iterable, Iterator

from mailer.compile.compiled import MergeField
from mailer.errors import did_you_mean
from mailer.finding import Finding, Severity

RULE = "RCP-20"


def column_findings(fields: Iterable[MergeField], columns: Collection[str], list_name: str) -> list[Finding]:
    """
    Return a finding for each use of a field that the list `list_name` has no column for.

    It is an error where nothing stands for the missing value, and where an `audience` asks for it: a typo
    would show its text to nobody. Else it is a warning.
    """
    unknown = dict.fromkeys(field for field in fields if field.name not in columns)
    return list(_once(_finding(field, sorted(columns), list_name) for field in unknown))


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings, one a place and name: of several uses in one tag the worst."""
    worst_first = sorted(findings, key=lambda one: one.severity is not Severity.ERROR)
    kept = {(one.position, one.message.partition(",")[0]): one for one in reversed(worst_first)}
    return iter(sorted(kept.values(), key=lambda one: one.position))


def _finding(field: MergeField, columns: list[str], list_name: str) -> Finding:
    missing = f"{list_name} has no column '{field.name}'{did_you_mean(field.name, columns)}"
    named = f"the columns are {', '.join(columns)}"
    if field.audience:
        return Finding(
            RULE, Severity.ERROR, f"{missing}, which this audience asks for", named, field.position
        )
    if field.guarded or field.asked:
        what = f"{missing}, so every copy does without it"
        return Finding(RULE, Severity.WARNING, what, named, field.position)
    default = f"{{{{ recipient.{field.name} | default('…') }}}}"
    hint = f"{named}; or give the field a default: {default}"
    return Finding(RULE, Severity.ERROR, f"{missing}, and the field has no default", hint, field.position)
