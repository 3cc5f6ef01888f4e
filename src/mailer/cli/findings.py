"""Findings on an issue, as people are told of them."""

from collections.abc import Iterable

from mailer.cli.console import note
from mailer.compile.compiled import CompiledIssue
from mailer.errors import ChecksFailed
from mailer.finding import Finding, Severity


def tell_findings(compiled: CompiledIssue) -> None:
    """Write findings to standard error; raise ChecksFailed where one is an error."""
    errors = [one for one in compiled.findings if one.severity is Severity.ERROR]
    if errors:
        raise ChecksFailed(errors, hint=errors[0].hint)
    note_findings(compiled.findings)


def note_findings(findings: Iterable[Finding]) -> None:
    """Write findings to standard error, one a line."""
    for one in findings:
        note(f"{one.severity}: {one.position}: {one.message} [{one.rule}]")
