"""Building blocks: `::: name {key=value}`, any Markdown, `:::`."""

import re

from mailer.compile.markdown.block import DEPTH_LIMIT, Block, Place, Take
from mailer.compile.markdown.cursor import Cursor

NUMBER = "\ue003"
"""The sign before the number of a fence, which is mailer's own and stands at its end."""

OPENING = re.compile(
    r"(?P<fence>:{3,})[ \t]*(?P<name>[A-Za-z][\w-]*)(?![\w-])[ \t]*"
    rf"(?P<arguments>.*?)[ \t]*(?P<end>(?<=[ \t]):{{3,}}[ \t]*)?(?:{NUMBER}(?P<place>\d+))?"
)
"""The line that opens a block, and closes it too where it holds nothing."""

CLOSING = re.compile(r"(:{3,})[ \t]*")


class Directive(Block):
    """
    A building block: its `name` and its `arguments` as written.

    `size` is the length of its fence, `place` the number that `mailer.compile.blocks` knows it by. It is
    `closed` where its closing fence was found.
    """

    __slots__ = ("arguments", "closed", "name", "place", "size")
    whole_line = True
    nests = True

    def __init__(self, line: int, found: re.Match[str]) -> None:
        super().__init__(line)
        self.name = found["name"]
        self.arguments = found["arguments"]
        self.place = found["place"] or ""
        self.size = len(found["fence"])
        self.closed = found["end"] is not None
        self.open = not self.closed

    def takes(self, cursor: Cursor) -> Take:  # noqa: ARG002 - fences close it, and the end of what is around it
        """Go on with any line."""
        return Take.YES


def start_directive(place: Place) -> Block | None:
    """Read an opening fence."""
    found = OPENING.fullmatch(place.cursor.rest)
    if not found or place.container.depth > DEPTH_LIMIT:
        return None
    return Directive(place.cursor.number, found)


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
    return next((one for one in around if one.size == len(found[1])), around[0])
