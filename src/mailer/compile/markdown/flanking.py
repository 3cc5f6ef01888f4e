"""Runs of emphasis characters and how they pair (CommonMark 0.31, section 6.2)."""

import re

from mailer.compile.markdown.character import is_ideographic, is_punctuation
from mailer.compile.markdown.markers import CONTROL

MARKERS_BEFORE = re.compile(rf"(?:{CONTROL})+\Z")
MARKERS_AFTER = re.compile(rf"(?:{CONTROL})+")
LONGEST_MARKER = 40

TAGS = {"*": ("em", "strong"), "_": ("em", "strong"), "~": ("", "del"), "=": ("", "mark")}
"""The element of a single and of a double character; nothing where one alone means itself."""


class Run:
    """
    A run of one emphasis character.

    `left` counts what has not become a tag; `closes` and `opens` are the tags it became, innermost first.
    """

    __slots__ = ("can_close", "can_open", "char", "closes", "left", "number", "opens", "size")

    def __init__(self, number: int, char: str, size: int, *, can_open: bool, can_close: bool) -> None:
        self.number = number
        self.char = char
        self.size = self.left = size
        self.can_open = can_open
        self.can_close = can_close
        self.opens: list[str] = []
        self.closes: list[str] = []

    def pairs(self, closer: "Run") -> bool:
        """Tell whether this run may open what `closer` closes: same character, and the rule of three."""
        if self.char != closer.char:
            return False
        if not TAGS[self.char][0]:
            return self.size == closer.size
        both_ways = self.can_close or closer.can_open
        return not (both_ways and (self.size + closer.size) % 3 == 0 and (self.size % 3 or closer.size % 3))


def read_run(number: int, text: str, start: int, end: int) -> Run:
    """Return the run of one character from `start` to `end`, with what it may do by its neighbours."""
    before, after = _before(text, start), _after(text, end)
    left = not after.isspace() and _may_begin(after, before)
    right = not before.isspace() and _may_begin(before, after)
    can_open, can_close = left, right
    if text[start] == "_":
        can_open = left and (not right or is_punctuation(before))
        can_close = right and (not left or is_punctuation(after))
    return Run(number, text[start], end - start, can_open=can_open, can_close=can_close)


def _may_begin(inside: str, outside: str) -> bool:
    """
    Tell whether what is stressed may begin, or end, with a character, another one being outside.

    Beyond the specification, `**「語」**と` is stressed: where words have no spaces between them, punctuation
    inside tells nothing.
    """
    if not is_punctuation(inside) or outside.isspace() or is_punctuation(outside):
        return True
    return is_ideographic(inside) or is_ideographic(outside)


def _before(text: str, position: int) -> str:
    """Return the character before a run, markers of deferred tags left out; a space at the start."""
    if position > 1 and text[position - 1] == "x" and text[position - 2] == "z":
        found = MARKERS_BEFORE.search(text, max(position - LONGEST_MARKER, 0), position)
        position = found.start() if found else position
    return text[position - 1] if position else " "


def _after(text: str, position: int) -> str:
    if text.startswith("zxq", position):
        found = MARKERS_AFTER.match(text, position)
        position = found.end() if found else position
    return text[position] if position < len(text) else " "


def pair_runs(runs: list[Run]) -> None:
    """Turn runs into tags, nearest opener first; the work grows with the number of runs only."""
    openers: list[Run] = []
    searched: dict[tuple[str, bool, int], int] = {}
    for run in runs:
        if run.can_close:
            _close(run, openers, searched)
        if run.can_open and run.left:
            openers.append(run)


def _close(closer: Run, openers: list[Run], searched: dict[tuple[str, bool, int], int]) -> None:
    """Pair a run with openers before it until nothing of it is left or none fits."""
    key = (closer.char, closer.can_open, closer.size % 3 if TAGS[closer.char][0] else closer.size)
    while closer.left:
        index = _find_opener(closer, openers, searched.get(key, -1))
        if index is None:
            if openers:
                searched[key] = openers[-1].number
            return
        del openers[index + 1 :]
        _pair(openers[index], closer)
        if not openers[index].left:
            openers.pop()


def _find_opener(closer: Run, openers: list[Run], bottom: int) -> int | None:
    for index in range(len(openers) - 1, -1, -1):
        if openers[index].number <= bottom:
            return None
        if openers[index].pairs(closer):
            return index
    return None


def _pair(opener: Run, closer: Run) -> None:
    double = opener.left > 1 and closer.left > 1
    opener.opens.append(TAGS[closer.char][double])
    closer.closes.append(TAGS[closer.char][double])
    opener.left -= 1 + double
    closer.left -= 1 + double
