"""The block: a piece of the document while it is being read."""

from enum import Enum, auto
from itertools import pairwise
from typing import NamedTuple

from mailer.compile.markdown.cursor import Cursor

DEPTH_LIMIT = 80
"""Containers within containers; deeper nesting stays text, so that no later stage meets a tree too deep."""


class Take(Enum):
    """What an open block does with the next line."""

    YES = auto()
    NO = auto()
    END = auto()
    """The line was the block's own end (a closing fence)."""


class Block:
    """
    One block: opened, fed line by line, closed.

    `line` is its first line in the source and `end` the last one it took itself; `attributes` what an
    attribute line after it said.
    """

    __slots__ = ("attributes", "children", "depth", "end", "line", "open", "parent")

    verbatim = False
    """Takes every line as it is: code and raw HTML."""
    whole_line = False
    """The line that opens it holds nothing else."""
    nests = False
    """Holds other blocks."""
    listed = False
    """Stands in a list only."""

    def __init__(self, line: int) -> None:
        self.line = self.end = line
        self.open = True
        self.attributes = ""
        self.children: list[Block] = []
        self.parent: Block | None = None
        self.depth = 0

    def takes(self, cursor: Cursor) -> Take:
        """Tell whether the line goes on with this block, and go past the block's own prefix."""
        raise NotImplementedError

    def holds(self, child: "Block") -> bool:
        """Tell whether `child` may stand in this block."""
        return self.nests and not child.listed

    def add(self, cursor: Cursor) -> None:
        """Take the rest of the line as text."""
        raise NotImplementedError

    def append(self, child: "Block") -> None:
        """Put a block at the end of this one."""
        child.parent, child.depth = self, self.depth + 1
        self.children.append(child)

    @property
    def last_line(self) -> int:
        """The last line that belongs to the block, blank ones after it left out."""
        last, block = self.end, self
        while block.children:
            block = block.children[-1]
            last = max(last, block.end)
        return last


class Place(NamedTuple):
    """Where a block may start: the line, the deepest block it goes on with, and the deepest open one."""

    container: Block
    tip: Block
    cursor: Cursor


def has_gap(blocks: list[Block]) -> bool:
    """Tell whether a blank line stands between two neighbours."""
    return any(after.line - before.last_line > 1 for before, after in pairwise(blocks))
