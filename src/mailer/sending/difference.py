"""Two versions of an issue -> the words that a reader would see change, as `- teh` and `+ the`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain, islice
from typing import Any

from mailer.compile.compiled import CompiledIssue

LONGEST = 40
"""Lines of a difference that are shown."""

_WIDEST = 300
"""Letters of one line."""

_AROUND = 3
"""Words before and after a change that show where it is."""

_APART = 2
"""So many unchanged words part two changes; fewer belong to one."""

_RULE = re.compile(r"([=*_~#-])\1{3,}")
"""A line across the text: under a heading it is as long as that, and nobody reads it."""

_WORD = re.compile(r"(?:\{\{.*?\}\}|\{%.*?%\}|\S)+")
"""A merge field is one word, whatever blanks are in it."""

Opcode = tuple[str, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Readable:
    """What of an issue is read as text: its subject and its text part, merge fields open."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class _Change:
    """Words that went and words that came at a place; `before` and `after` are unchanged ones around it."""

    place: str
    before: Sequence[str]
    gone: Sequence[str]
    come: Sequence[str]
    after: Sequence[str]

    def lines(self) -> Iterator[str]:
        """Yield where it is, then what went and what came."""
        around = " ".join([*self.before, "…", *self.after])
        yield f"{self.place}: {around}"
        for sign, words in (("-", self.gone), ("+", self.come)):
            if words:
                yield _short(f"{sign} {' '.join(words)}")


def content_difference(before: Mapping[str, Any], after: CompiledIssue) -> str:
    """Return the difference in words from stored content to an issue; short, never empty."""
    old = CompiledIssue.from_json(before)
    told = readable_difference(Readable(old.subject, old.text), Readable(after.subject, after.text))
    if told:
        return told
    parts = {
        "HTML": old.html != after.html,
        "headers": old.headers != after.headers,
        "pictures": [one.sha256 for one in old.images] != [one.sha256 for one in after.images],
    }
    changed = ", ".join(part for part, differs in parts.items() if differs)
    return f"subject and text are the same, but not: {changed or 'the digest'}"


def readable_difference(before: Readable, after: Readable) -> str:
    """Return the changed words of subject and text with their places, lines of `after`; may be empty."""
    subject = _changes([before.subject], [after.subject], "subject")
    text = _changes(before.text.splitlines(), after.text.splitlines(), "line {}")
    lines = list(islice(chain.from_iterable(one.lines() for one in chain(subject, text)), LONGEST + 1))
    return "\n".join(lines if len(lines) <= LONGEST else [*lines[:LONGEST], "…"])


def _changes(old: Sequence[str], new: Sequence[str], place: str) -> Iterator[_Change]:
    """Compare by lines, which is quick, then changed lines by words: where a line ends is no matter."""
    if _words(old) == _words(new):
        return
    for kind, old_start, old_end, new_start, new_end in SequenceMatcher(None, old, new).get_opcodes():
        if kind != "equal":
            placed = [
                (word, number)
                for number in range(new_start, new_end)
                for word in _words(new[number : number + 1])
            ]
            yield from _word_changes(_words(old[old_start:old_end]), placed, place, new_start)


def _word_changes(
    old: Sequence[str], placed: Sequence[tuple[str, int]], place: str, first: int
) -> Iterator[_Change]:
    new = [word for word, _ in placed]
    for _, old_start, old_end, new_start, new_end in _joined(SequenceMatcher(None, old, new).get_opcodes()):
        beside = placed[min(new_start, len(placed) - 1)][1] if placed else first
        yield _Change(
            place.format(beside + 1),
            new[max(0, new_start - _AROUND) : new_start],
            old[old_start:old_end],
            new[new_start:new_end],
            new[new_end : new_end + _AROUND],
        )


def _joined(opcodes: Sequence[Opcode]) -> list[Opcode]:
    """Return the changes alone, those with hardly a word between them as one."""
    joined: list[Opcode] = []
    for kind, old_start, old_end, new_start, new_end in opcodes:
        if kind == "equal":
            continue
        if joined and new_start - joined[-1][4] < _APART and old_start - joined[-1][2] < _APART:
            old_start, new_start = joined[-1][1], joined[-1][3]  # noqa: PLW2901 - the change grows backwards
            joined.pop()
        joined.append((kind, old_start, old_end, new_start, new_end))
    return joined


def _words(lines: Sequence[str]) -> list[str]:
    return [word for line in lines for word in _WORD.findall(line) if not _RULE.fullmatch(word)]


def _short(line: str) -> str:
    return line if len(line) <= _WIDEST else f"{line[: _WIDEST - 1]}…"
