"""
Where the marker of a deferred tag belongs when it stands alone on its line.

The tag of an `if` between two items must stay in their list, between two rows in their table, and its end in
the container of its beginning; otherwise the list would be cut in two for every recipient.
"""

import re
from collections.abc import Iterator

from mailer.compile.markdown.block import Block, Take
from mailer.compile.markdown.container import List, MarkdownHtml, Quote
from mailer.compile.markdown.cursor import Cursor, Line
from mailer.compile.markdown.leaves import CODE_INDENT, Marker
from mailer.compile.markdown.starts import ITEM
from mailer.compile.markdown.tables import Table
from mailer.compile.marker import MARKER, MARKER_LINE

CONTROL = r"zxq[0-9a-f]{4}\d+[omes]\d+zx"
LEADING = re.compile(rf"([> \t]*)(?:{CONTROL}[ \t]*)+")
CONTROL_WORD = re.compile(CONTROL)
WRAPPED = re.compile(
    rf"([> \t]*)((?:{CONTROL}[ \t]*)+)"
    r"(?=#{1,6}[ \t]|[*+-][ \t]|\d{1,9}[.)][ \t]|>|\||<|```|~~~|:::|\[\^[^\]\s]+\]:)(.*)"
)
LOOK_AHEAD = 60
"""Lines that are looked at to find where the text goes on."""


def is_marker_line(text: str) -> bool:
    """Tell whether a line, quote marks aside, holds nothing but deferred tags."""
    return "zxq" in text and bool(MARKER_LINE.fullmatch(text.lstrip("> \t")))


def is_blank_line(text: str) -> bool:
    """Tell whether a line, quote marks aside, is blank."""
    return not text.strip("> \t")


def without_markers(line: Line) -> Line:
    """Return a line without the deferred tags that it begins with."""
    found = LEADING.match(line.text) if "zxq" in line.text else None
    return Line(line.number, found[1] + line.text[found.end() :]) if found else line


def unwrap(line: Line) -> list[Line]:
    """
    Part tags from the heading, item, quote, row or HTML that they enclose on one line.

    `{% if x %}## Head{% endif %}` is read as three lines of the same number; other lines stay as they are.
    """
    found = WRAPPED.fullmatch(line.text)
    if not found:
        return [line]
    prefix, before, content = found.groups()
    pieces = [before, content]
    end = _start_of_trailing(content)
    if end < len(content) and _groups(content[end:]) <= _groups(before):
        pieces = [before, content[:end], content[end:]]
    return [Line(line.number, prefix + piece) for piece in pieces]


def _start_of_trailing(content: str) -> int:
    """Return where the markers at the end of a line start."""
    end = len(content.rstrip(" \t"))
    for found in reversed([*CONTROL_WORD.finditer(content)]):
        if found.end() < end:
            break
        end = len(content[: found.start()].rstrip(" \t"))
    return end


def _groups(markers: str) -> set[str]:
    return {word["group"] for word in MARKER.finditer(markers)}


class Placement:
    """Remembers where each group of markers was opened, and finds the home of the next marker."""

    def __init__(self, document: Block) -> None:
        self.document = document
        self.homes: dict[str, Block] = {}

    def home(self, word: str, matched: Block, following: Line | None) -> Block:
        """
        Return the open block that a marker belongs to.

        `matched` is the deepest block that the marker's own line goes on with, `following` the next line of
        text.
        """
        found = MARKER.fullmatch(word)
        assert found
        ahead = self._home_ahead(matched, following)
        home = self.homes[found["group"]] if self.is_open(found["group"]) else ahead
        if ahead.parent is home and isinstance(ahead, List) and _draw_in(ahead, found["group"]):
            home = ahead
        if found["role"] in "om":
            self.homes[found["group"]] = home
        return home

    def is_open(self, group: str) -> bool:
        """Tell whether a group of markers was opened in a block that is still open."""
        home = self.homes.get(group)
        return home is not None and home.open

    def _home_ahead(self, matched: Block, following: Line | None) -> Block:
        """Return the open block in which the text goes on after the marker."""
        if following is None:
            return _container(matched)
        cursor = Cursor(following)
        block = self._walk(cursor, {id(one) for one in path_of(matched)})
        if isinstance(block, List):
            assert block.parent
            return block if _item_kind(cursor) == block.kind else block.parent
        last = block.children[-1] if block.children else block
        return last if isinstance(last, Table) and last.open and "|" in cursor.rest else block

    def _walk(self, cursor: Cursor, matched: set[int]) -> Block:
        """Return the deepest container that the line goes on with; quotes only if the marker is in them."""
        block = self.document
        while block.children and (child := block.children[-1]).open and child.nests:
            if id(child) not in matched and isinstance(child, (Quote, MarkdownHtml)):
                break
            if not isinstance(child, MarkdownHtml) and child.takes(cursor) is not Take.YES:
                break
            block = child
        return block


def path_of(block: Block | None) -> Iterator[Block]:
    """Yield a block and the blocks around it."""
    while block:
        yield block
        block = block.parent


def _container(block: Block) -> Block:
    """Return the nearest block around `block`, itself included, that may hold text between its children."""
    return next(one for one in path_of(block) if one.nests and not isinstance(one, List))


def _item_kind(cursor: Cursor) -> str:
    found = ITEM.match(cursor.rest) if cursor.indent < CODE_INDENT else None
    return (found[1] or found[3]) if found else ""


def _draw_in(items: List, group: str) -> bool:
    """Move the markers that stand directly before a list into it, if the group was opened among them."""
    assert items.parent
    around = items.parent.children
    start = len(around) - 1
    while start and isinstance(around[start - 1], Marker):
        start -= 1
    markers = [one for one in around[start:-1] if isinstance(one, Marker)]
    opened = next((number for number, one in enumerate(markers) if _groups(one.word) == {group}), None)
    if opened is None:
        return False
    del around[start + opened : -1]
    items.children[:0] = markers[opened:]
    for moved in markers[opened:]:
        moved.parent = items
    return True
