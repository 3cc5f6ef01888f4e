"""Columns side by side -> those that have no room."""

import re
from collections.abc import Iterator, Sequence

from mailer.layout.fault import Fault
from mailer.layout.markup import Tag

_ROWS = frozenset({"mj-section", "mj-group"})
_PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?)%")
_WHOLE = 100.5
"""Percent, with what three times 33.4 is too much."""


def check_widths(tags: Sequence[Tag]) -> Iterator[Fault]:
    """Yield a fault for each column whose width no longer fits beside those before it."""
    rows: list[float] = []
    for tag in tags:
        if tag.name in {"mj-column", "mj-group"} and tag.kind != "close" and rows:
            rows[-1] += _percent(tag)
            if rows[-1] > _WHOLE:
                yield Fault(
                    f"the columns of this row are {rows[-1]:g}% wide together",
                    tag.position,
                    "100% is all there is; what is more falls below the others",
                )
        if tag.name in _ROWS and tag.kind == "open":
            rows.append(0)
        elif tag.name in _ROWS and tag.kind == "close" and rows:
            rows.pop()


def _percent(tag: Tag) -> float:
    found = _PERCENT.fullmatch(tag.get("width"))
    return float(found[1]) if found else 0
