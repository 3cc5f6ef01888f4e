"""Markdown -> its passages: what stands between blank lines, lists, fences and templates' tags whole."""

import re
from collections.abc import Iterator
from itertools import pairwise

from mailer.compile.markdown.blocks import parse_blocks
from mailer.compile.markdown.definitions import Definitions

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_ENDING = re.compile(r"\{%[-+]?\s*end(\w+)")


def passages(text: str) -> list[str]:
    """Return the passages in order, each with the blank lines below it; joined they are the text."""
    lines = _LINE.findall(text)
    edges = [0, *_starts([line.rstrip("\n") for line in lines]), len(lines)]
    return _with_whole_tags(["".join(lines[one:other]) for one, other in pairwise(edges)])


def _starts(lines: list[str]) -> Iterator[int]:
    """Yield the places of lines that follow a blank one and that no block reaches across."""
    within: set[int] = set()
    for block in parse_blocks(lines, Definitions(), lambda text, _: text, extras=True).children:
        within.update(range(block.line, block.last_line))
    for place in range(1, len(lines)):
        if lines[place].strip() and not lines[place - 1].strip() and place not in within:
            yield place


def _with_whole_tags(pieces: list[str]) -> list[str]:
    """Join what a template's tag opens with what closes it."""
    names = sorted(set(_ENDING.findall("".join(pieces))))
    if not names:
        return pieces
    tag = re.compile(rf"\{{%[-+]?\s*(end)?(?:{'|'.join(names)})\b")
    joined, depth = [""], 0
    for piece in pieces:
        joined[-1] += piece
        depth += sum(-1 if found[1] else 1 for found in tag.finditer(piece))
        if depth <= 0:
            joined.append("")
            depth = 0
    return [piece for piece in joined if piece]
