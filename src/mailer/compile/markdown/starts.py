"""
Where blocks start: the table of CommonMark 0.31, section 4 and 5, in order of precedence.

Each reader looks at one line and returns the block that starts there, or nothing. Where the deepest open
block is a paragraph, some blocks may not interrupt it.
"""

import re
from collections.abc import Callable, Mapping

from mailer.compile.markdown.block import DEPTH_LIMIT, Block, Place
from mailer.compile.markdown.container import Footnote, Item, List, Quote
from mailer.compile.markdown.cursor import Cursor
from mailer.compile.markdown.directive import start_directive
from mailer.compile.markdown.html import start_html, start_markdown_html
from mailer.compile.markdown.leaves import CODE_INDENT, Fence, IndentedCode, Paragraph, Rule, Text
from mailer.compile.markdown.tables import start_table

Start = Callable[[Place], Block | None]

HEADING = re.compile(r"(#{1,6})(?:[ \t]+|\Z)(.*)")
FENCE = re.compile(r"(`{3,}(?=[^`]*\Z)|~{3,})(.*)")
RULE = re.compile(r"(?:\*[ \t]*+){3,}|(?:-[ \t]*+){3,}|(?:_[ \t]*+){3,}")
ITEM = re.compile(r"([*+-])(?=[ \t]|\Z)|(\d{1,9})([.)])(?=[ \t]|\Z)")
DEFINITION = re.compile(r":(?=[ \t]+\S)")
FOOTNOTE = re.compile(r"\[\^([^\]\s]{1,200})\]:[ \t]*")
WIDEST_GAP = 4


def start_quote(place: Place) -> Block | None:
    """Read `>`."""
    if place.cursor.rest[0] != ">" or place.container.depth > DEPTH_LIMIT:
        return None
    quote = Quote(place.cursor.number)
    quote.enter(place.cursor)
    return quote


def start_heading(place: Place) -> Block | None:
    """Read a heading of number signs."""
    found = HEADING.match(place.cursor.rest)
    if not found:
        return None
    text = _cut_hashes(found[2].rstrip(" \t"))
    return Text(place.cursor.number, f"h{len(found[1])}", text)


def _cut_hashes(text: str) -> str:
    closed = text.rstrip("#")
    if closed == text or (closed and closed[-1] not in " \t"):
        return text
    return closed.rstrip(" \t")


def start_fence(place: Place) -> Block | None:
    """Read an opening code fence."""
    found = FENCE.match(place.cursor.rest)
    if not found:
        return None
    return Fence(place.cursor.number, found[2].strip(), found[1], place.cursor.indent)


def start_rule(place: Place) -> Block | None:
    """Read a thematic break."""
    return Rule(place.cursor.number) if RULE.fullmatch(place.cursor.rest) else None


def start_item(place: Place) -> Block | None:
    """Read the mark of a list item and the white space after it."""
    found = ITEM.match(place.cursor.rest)
    if not found or place.container.depth > DEPTH_LIMIT:
        return None
    start = int(found[2]) if found[2] else None
    empty = not place.cursor.rest[found.end() :].strip(" \t")
    if isinstance(place.container, Paragraph) and (empty or start not in (None, 1)):
        return None
    return _open_item(place.cursor, found[1] or found[3], found.end(), start)


def start_definition(place: Place) -> Block | None:
    """Read the colon before a definition; its term is the paragraph or the definition before it."""
    if not DEFINITION.match(place.cursor.rest) or place.container.depth > DEPTH_LIMIT:
        return None
    before = (
        place.container.children[-1]
        if place.container.children and not isinstance(place.container, List)
        else place.container
    )
    if not isinstance(before, Paragraph) and not (isinstance(before, List) and before.kind == ":"):
        return None
    return _open_item(place.cursor, ":", 1, None)


def _open_item(cursor: Cursor, kind: str, width: int, start: int | None) -> Item:
    """Go past the mark; what the item holds starts at its text, or one column on before code or nothing."""
    indent = cursor.indent
    cursor.drop_indent()
    cursor.advance(width)
    gap = cursor.indent if 1 <= cursor.indent <= WIDEST_GAP and not cursor.blank else 1
    cursor.drop(gap)
    return Item(cursor.number, kind, indent + width + gap, start)


def start_code(place: Place) -> Block | None:
    """Read indented code, which interrupts no paragraph."""
    if isinstance(place.tip, Paragraph):
        return None
    place.cursor.drop(CODE_INDENT)
    return IndentedCode(place.cursor.number)


def start_footnote(place: Place) -> Block | None:
    """Read the label of a footnote's text."""
    found = FOOTNOTE.match(place.cursor.rest)
    if not found or place.container.depth > DEPTH_LIMIT:
        return None
    place.cursor.drop_indent()
    place.cursor.advance(found.end())
    return Footnote(place.cursor.number, found[1])


def start_row(place: Place) -> Block | None:
    """Read the second row of a table whose header is the last line of the open paragraph."""
    return start_table(place.container, place.cursor) if isinstance(place.container, Paragraph) else None


STARTS: Mapping[str, tuple[Start, ...]] = {
    ">": (start_quote,),
    "#": (start_heading,),
    "`": (start_fence,),
    "~": (start_fence,),
    "<": (start_html,),
    "*": (start_rule, start_item),
    "-": (start_rule, start_item),
    "_": (start_rule,),
    "+": (start_item,),
    **dict.fromkeys("0123456789", (start_item,)),
}
"""The readers of CommonMark by the first character of the line."""

EXTRA_STARTS: Mapping[str, tuple[Start, ...]] = {
    **STARTS,
    "<": (start_markdown_html, start_html),
    "-": (start_rule, start_row, start_item),
    "|": (start_row,),
    ":": (start_row, start_directive, start_definition),
    "[": (start_footnote,),
}
"""The same with tables, building blocks, definitions, footnotes and Markdown in HTML."""
