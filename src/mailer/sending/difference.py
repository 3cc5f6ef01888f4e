"""Two compiled issues -> what a reader would see change."""

from collections.abc import Mapping
from difflib import unified_diff
from itertools import islice
from typing import Any

from mailer.compile.compiled import CompiledIssue

LONGEST = 40
"""Lines of a difference that are shown."""


def content_difference(before: Mapping[str, Any], after: CompiledIssue, *, name: str) -> str:
    """
    Return the text difference as unified diff lines, `before` being stored content; short, never empty.

    `name` says what `before` is: "tested", "frozen".
    """
    old = CompiledIssue.from_json(before)
    lines = list(
        islice(unified_diff(_readable(old), _readable(after), name, "now", n=1, lineterm=""), LONGEST + 1)
    )
    if lines:
        return "\n".join(lines if len(lines) <= LONGEST else [*lines[:LONGEST], "…"])
    changed = [
        part
        for part, differs in (("HTML", old.html != after.html), ("headers", old.headers != after.headers))
        if differs
    ]
    return f"subject and text are the same, but not: {', '.join(changed) or 'the digest'}"


def _readable(issue: CompiledIssue) -> list[str]:
    return [f"Subject: {issue.subject}", "", *issue.text.splitlines()]
