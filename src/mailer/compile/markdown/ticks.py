"""Code spans: where they end, and what else in a text is not running text (CommonMark 0.31, section 6.1)."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from mailer.compile.markdown.html import find_inline_html

Ticks = dict[int, list[int]]
"""Where runs of backticks start, by their length."""

TICKS = re.compile(r"`+")
OPENING = re.compile(r"\\.|`+|<", re.DOTALL)
ANGLED = re.compile(r"<[A-Za-z][^\s<>]*>")


def find_ticks(text: str) -> Ticks:
    """Return all runs of backticks of a text."""
    found: Ticks = {}
    for ticks in TICKS.finditer(text):
        found.setdefault(len(ticks[0]), []).append(ticks.start())
    return found


def find_closing(ticks: Ticks, start: int, length: int) -> int:
    """Return where the backticks start that close a run of `length` at `start`; -1 if none do."""
    starts = ticks.get(length, [])
    index = bisect_left(starts, start + length)
    return starts[index] if index < len(starts) else -1


class Verbatim:
    """The code spans, addresses in angle brackets and raw HTML of a text."""

    def __init__(self, text: str) -> None:
        ranges = list(_find_verbatim(text))
        self.starts = [start for start, _ in ranges]
        self.ends = [end for _, end in ranges]

    def holds(self, position: int) -> bool:
        """Tell whether a place in the text is within one of them."""
        index = bisect_right(self.starts, position) - 1
        return index >= 0 and position < self.ends[index]


def _find_verbatim(text: str) -> Iterator[tuple[int, int]]:
    ticks = find_ticks(text)
    missing: set[str] = set()
    position = 0
    while found := OPENING.search(text, position):
        position = found.end()
        if found[0] == "<":
            angled = ANGLED.match(text, found.start())
            end = angled.end() if angled else find_inline_html(text, found.start(), missing)
        elif found[0][0] == "`":
            closing = find_closing(ticks, found.start(), len(found[0]))
            end = closing + len(found[0]) if closing >= 0 else 0
        else:
            end = 0
        if end:
            yield found.start(), end
            position = end
