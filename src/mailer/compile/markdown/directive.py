"""Building blocks: `::: name {key=value}`, any Markdown, `:::`."""

import re
from typing import NamedTuple

from mailer.compile.markdown.block import DEPTH_LIMIT, Block, Place, Take
from mailer.compile.markdown.cursor import Cursor

SHORTEST = 3
"""Colons of a fence, at least."""

NUMBER = "\ue003"
"""The sign before the number of a fence, which is mailer's own and stands at its end."""

OPENING = re.compile(r"(:{3,})[ \t]*([A-Za-z][\w-]*)(?![\w-])(.*)")
CLOSING = re.compile(r"(:{3,})[ \t]*")


class Opening(NamedTuple):
    """
    The line that opens a block: its `name` and its `arguments` as written.

    `size` is the length of its fence, `place` the number that `mailer.compile.blocks` gave it. A block that
    holds nothing may be `closed` on the same line.
    """

    name: str
    arguments: str
    size: int
    place: str
    closed: bool


def read_opening(line: str) -> Opening | None:
    """Return what an opening fence says, or nothing for any other line."""
    found = OPENING.fullmatch(line)
    if not found:
        return None
    rest, _, place = found[3].partition(NUMBER)
    rest = rest.strip(" \t")
    arguments = rest.rstrip(":")
    closed = len(rest) - len(arguments) >= SHORTEST and arguments[-1:] in ("", " ", "\t")
    arguments = arguments.rstrip(" \t") if closed else rest
    return Opening(found[2], arguments, len(found[1]), place.strip(" \t"), closed)


class Directive(Block):
    """A building block, as its opening fence has it; it is `closed` where its closing fence was found."""

    __slots__ = ("closed", "opening")
    whole_line = True
    nests = True

    def __init__(self, line: int, opening: Opening) -> None:
        super().__init__(line)
        self.opening = opening
        self.closed = opening.closed
        self.open = not self.closed

    @property
    def name(self) -> str:
        """The block's name."""
        return self.opening.name

    def takes(self, cursor: Cursor) -> Take:  # noqa: ARG002 - fences close it, and the end of what is around it
        """Go on with any line."""
        return Take.YES


def start_directive(place: Place) -> Block | None:
    """Read an opening fence."""
    opening = read_opening(place.cursor.rest)
    if not opening or place.container.depth > DEPTH_LIMIT:
        return None
    return Directive(place.cursor.number, opening)


def closed_directive(block: Block | None, line: str) -> Directive | None:
    """
    Return the block that a line closes, if it is a closing fence: the innermost one around `block`.

    A fence of another length closes the nearest one that was opened with as many colons, if there is one.
    """
    found = CLOSING.fullmatch(line)
    around: list[Directive] = []
    while found and block:
        if isinstance(block, Directive):
            around.append(block)
        block = block.parent
    if not found or not around:
        return None
    return next((one for one in around if one.opening.size == len(found[1])), around[0])
