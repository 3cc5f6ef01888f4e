"""
Copies of an issue, one per audience -> one text with audience blocks.

What all copies hold stands once; what some hold stands in a block that names their audiences. `extract` goes
the way back, and reads nothing but the text that `fold` wrote.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

COLUMN = "segment"
"""The column of the list that names a recipient's audience."""

EVERYBODY_ELSE = "public"
"""The audience of those whom no other copy is for, whatever the list says of them."""

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_COLONS = re.compile(r"^[ \t>]*(:{3,})", re.MULTILINE)
_ITEM = re.compile(r" {0,3}(?:[-+*]|\d{1,9}[.)])\s")
_PARTING = "<!-- {} -->"
_NAME = re.compile(r"'([^']*)'")


@dataclass(frozen=True, slots=True)
class Row:
    """A passage, and the audiences whose copies hold it here."""

    passage: str
    audiences: frozenset[str]


@dataclass(frozen=True, slots=True)
class Folded:
    """The one text, the colons that its audience blocks are fenced with, and the rows that it came of."""

    text: str
    fence: str
    rows: tuple[Row, ...]

    @property
    def parting(self) -> str:
        """Return the comment that keeps two lists apart."""
        return _PARTING.format(self.fence)


def fold(copies: Mapping[str, Sequence[str]]) -> Folded:
    """
    Return one text for copies by audience, each a row of passages.

    A passage ends with a blank line, so that any other may follow it.
    """
    rows: list[Row] = []
    for audience, own in copies.items():
        rows = list(_aligned(rows, audience, own))
    longest = max((len(colons) for row in rows for colons in _COLONS.findall(row.passage)), default=2)
    fence = ":" * (longest + 1)
    text, before = "", [""]
    for some, run in groupby(rows, key=lambda row: row.audiences):
        passages = [row.passage for row in run]
        text += f"{_PARTING.format(fence)}\n\n" if _would_run_on(before, passages) else ""
        text += _written(passages, some, list(copies), fence)
        before = passages
    return Folded(text, fence, tuple(rows))


def extract(folded: Folded, audience: str) -> str:
    """Return what an audience reads of a folded text: its own copy."""
    kept: list[str] = []
    shown, closed = True, False
    for line in _LINE.findall(folded.text):
        if line.startswith(f"{folded.fence} audience "):
            shown, closed = _meets(audience, line), False
        elif line == f"{folded.fence}\n":
            closed = True
        elif line == f"{folded.parting}\n":
            shown, closed = False, True
        else:
            if closed and line.strip():
                shown, closed = True, False
            kept += [line] if shown else []
    return "".join(kept)


def condition(some: AbstractSet[str], audiences: Sequence[str]) -> str:
    """Return the expression over the list's columns that is true for some of the audiences alone."""
    meant = EVERYBODY_ELSE not in some
    names = [f"'{one}'" for one in audiences if (one in some) == meant]
    if len(names) == 1:
        return f"{COLUMN} {'==' if meant else '!='} {names[0]}"
    return f"{COLUMN} {'in' if meant else 'not in'} [{', '.join(names)}]"


def _aligned(rows: Sequence[Row], audience: str, passages: Sequence[str]) -> Iterator[Row]:
    """Yield the rows with one more copy; those of each copy keep their order."""
    known = [row.passage for row in rows]
    matcher = SequenceMatcher(None, known, passages, autojunk=False)
    for what, first, last, begin, end in matcher.get_opcodes():
        if what == "equal":
            yield from (Row(row.passage, row.audiences | {audience}) for row in rows[first:last])
            continue
        yield from rows[first:last]
        yield from (Row(passage, frozenset({audience})) for passage in passages[begin:end])


def _would_run_on(before: Sequence[str], after: Sequence[str]) -> bool:
    """Tell whether a list would go on from one run into the next, and its items be of one kind."""
    return bool(_ITEM.match(before[-1]) and _ITEM.match(after[0]))


def _written(passages: Sequence[str], some: AbstractSet[str], audiences: Sequence[str], fence: str) -> str:
    """Return passages as they are, or in a block; the blank lines below them stand below the block."""
    text = "".join(passages)
    if len(some) == len(audiences):
        return text
    lines = text.split("\n")
    last = max((place for place, line in enumerate(lines) if line.strip()), default=-1) + 1
    inside = [f"{fence} audience {condition(some, audiences)}", *lines[:last], fence]
    return "\n".join([*inside, *lines[last:]])


def _meets(audience: str, opening: str) -> bool:
    negated = "!=" in opening or " not in [" in opening
    return (audience in _NAME.findall(opening)) is not negated
