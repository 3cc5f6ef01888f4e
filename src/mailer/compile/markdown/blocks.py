"""Lines -> blocks: the block phase of CommonMark 0.31 (its appendix gives the strategy)."""

import re
from collections.abc import Callable, Iterable

from mailer.compile.markdown.attributes import is_attribute_line
from mailer.compile.markdown.block import Block, Place, Take
from mailer.compile.markdown.container import Document, Footnote, Item, List, MarkdownHtml, Quote
from mailer.compile.markdown.cursor import Cursor, Line
from mailer.compile.markdown.definitions import Definitions
from mailer.compile.markdown.directive import closed_directive
from mailer.compile.markdown.leaves import CODE_INDENT, Code, Html, Marker, Paragraph, Rule, Term, Text
from mailer.compile.markdown.markers import (
    LOOK_AHEAD,
    Placement,
    is_blank_line,
    is_marker_line,
    path_of,
    unwrap,
    without_markers,
)
from mailer.compile.markdown.starts import EXTRA_STARTS, STARTS, start_code
from mailer.compile.markdown.tables import Table
from mailer.compile.marker import MARKER, MARKER_LINE

UNDERLINES = {"=": "h1", "-": "h2"}
TERM_MARK = ":"
DEFINITION = re.compile(r"\[[^\[\]]{1,200}\]:")
WITH_ATTRIBUTES = (Paragraph, List, Quote, Code, Table, Text, Rule)


Mend = Callable[[str, int], str]
"""Returns a text, which begins on a line, without the slips of its author."""


def parse_blocks(lines: Iterable[str], definitions: Definitions, mend: Mend, *, extras: bool) -> Document:
    """
    Return the blocks of a text; what it defines is stored in `definitions`, slips in definitions mended.

    `extras` adds to CommonMark: tables, definition lists, footnotes, abbreviations, attribute lines, Markdown
    in HTML and the markers of deferred tags.
    """
    parser = BlockParser(definitions, mend, extras=extras)
    parser.run([Line(number, text) for number, text in enumerate(lines, start=1)])
    return parser.document


class BlockParser:
    """The open blocks, from `document` down to `tip`, and the lines still to come."""

    def __init__(self, definitions: Definitions, mend: Mend, *, extras: bool) -> None:
        self.definitions = definitions
        self.mend = mend
        self.extras = extras
        self.starts = EXTRA_STARTS if extras else STARTS
        self.document = Document(0)
        self.tip: Block = self.document
        self.ahead: list[Line] = []
        self.placement = Placement(self.document)
        self.waiting_attributes = ""

    def run(self, lines: list[Line]) -> None:
        """Read all lines and close what is left open."""
        self.ahead = lines[::-1]
        while self.ahead:
            line = self.ahead.pop()
            if self.extras and "zxq" in line.text and not self._is_code(line.text):
                first, *more = unwrap(line)
                self.ahead += more[::-1]
                line = first
            self._read(Cursor(line))
        self._close_to(self.document)

    def _is_code(self, text: str) -> bool:
        """Tell whether a line is code; where it is indented, it may belong to an item."""
        if self.tip.verbatim or not text.startswith(("    ", "\t")):
            return self.tip.verbatim
        return not any(isinstance(one, (List, Paragraph, Footnote)) for one in path_of(self.tip))

    def _read(self, cursor: Cursor) -> None:
        block = self._go_on(cursor)
        if block is not None:
            self._read_in(block, cursor)
        if self.extras:
            self._leave_html(cursor.number)

    def _go_on(self, cursor: Cursor) -> Block | None:
        """Return the deepest open block that the line goes on with, or nothing if the line was its end."""
        block: Block = self.document
        while block.children and (child := block.children[-1]).open:
            take = child.takes(cursor)
            if take is Take.NO:
                break
            if take is Take.END:
                self._close_to(block)
                return None
            if isinstance(child, Quote):
                child.end = cursor.number
            block = child
        return block

    def _read_in(self, block: Block, cursor: Cursor) -> None:
        """Open the blocks that start in the line within `block`, and take the rest as text."""
        if isinstance(block, Html) and block.parent and not block.until and self._is_end_of_group(cursor):
            block = block.parent
        while not block.verbatim and not cursor.blank:
            if self.extras and self._take_extra(block, cursor):
                return
            started = self._start(block, cursor)
            if started is None:
                break
            if started.whole_line:
                return
            block = started
        if block is not self.tip and isinstance(self.tip, Paragraph) and not cursor.blank:
            self.tip.add(cursor)
        else:
            self._add_text(block, cursor)

    def _add_text(self, block: Block, cursor: Cursor) -> None:
        self._close_to(block)
        if cursor.blank and not block.verbatim:
            return
        if block.nests:
            block = self._open(block, Paragraph(cursor.number))
        block.add(cursor)
        if not block.open:
            self.tip = block.parent or self.document

    def _start(self, block: Block, cursor: Cursor) -> Block | None:
        """Open the block that starts here, if any."""
        place = Place(block, self.tip, cursor)
        if cursor.indent >= CODE_INDENT:
            started = start_code(place)
            return self._open(block, started) if started else None
        first = cursor.rest[0]
        if (
            first in UNDERLINES
            and isinstance(block, Paragraph)
            and (heading := self._underline(block, cursor))
        ):
            return heading
        for start in self.starts.get(first, ()):
            if started := start(place):
                return self._attach(block, started)
        return None

    def _attach(self, block: Block, started: Block) -> Block:
        """Put a block where its kind belongs: an item into its list, a table after its header's paragraph."""
        if isinstance(started, Item):
            return self._attach_item(block, started)
        if isinstance(started, Table):
            assert isinstance(block, Paragraph)
            self._cut_header(block)
        if isinstance(started, Footnote):
            self.definitions.add_footnote(started)
        return self._open(block, started)

    def _attach_item(self, block: Block, item: Item) -> Block:
        if not (isinstance(block, List) and block.kind == item.kind):
            if item.kind == TERM_MARK:
                block = self._list_of_terms(block)
            else:
                block = self._open(block, List(item.line, item.kind, item.start))
        return self._open(block, item)

    def _list_of_terms(self, block: Block) -> List:
        """Turn the paragraph before a definition into terms of the list before it, or of a new one."""
        paragraph = block if isinstance(block, Paragraph) else block.children[-1]
        assert isinstance(paragraph, Paragraph)
        assert paragraph.parent
        around = paragraph.parent
        self._close_to(around)
        around.children.pop()
        before = around.children[-1] if around.children else None
        if isinstance(before, List) and before.kind == TERM_MARK:
            before.open, self.tip, terms = True, before, before
        else:
            terms = List(paragraph.line, TERM_MARK)
            self._open(around, terms)
        for number, line in enumerate(paragraph.lines, start=paragraph.first_line):
            term = Term(number, "dt", line.rstrip())
            term.attributes = paragraph.attributes
            terms.append(term)
        terms.children[-1].end = paragraph.end
        return terms

    def _cut_header(self, paragraph: Paragraph) -> None:
        """Take the header of a table out of the paragraph that it ended."""
        del paragraph.lines[-1]
        paragraph.end -= 1
        if not paragraph.lines:
            assert paragraph.parent
            self._close_to(paragraph.parent)
            paragraph.parent.children.pop()

    def _underline(self, paragraph: Paragraph, cursor: Cursor) -> Block | None:
        """Turn a paragraph into a heading if the line underlines it."""
        line = cursor.rest.rstrip(" \t")
        if line.strip(line[0]):
            return None
        self._cut_definitions(paragraph)
        if not paragraph.lines:
            return None
        around = paragraph.parent or self.document
        heading = Text(paragraph.first_line, UNDERLINES[line[0]], paragraph.text)
        heading.end = cursor.number
        self._close_to(around)
        around.children.pop()
        return self._open(around, heading)

    def _take_extra(self, block: Block, cursor: Cursor) -> bool:
        """Take a line that starts no block of its own."""
        return (
            self._take_markers(block, cursor)
            or self._take_attributes(block, cursor)
            or self._take_fence(block, cursor)
        )

    def _take_fence(self, block: Block, cursor: Cursor) -> bool:
        """Take the closing fence of a building block."""
        if cursor.rest[0] != ":" or cursor.indent >= CODE_INDENT:
            return False
        directive = closed_directive(block, cursor.rest)
        if not directive or not directive.parent:
            return False
        self._close_to(directive.parent)
        directive.closed, directive.end = True, cursor.number
        return True

    def _take_markers(self, block: Block, cursor: Cursor) -> bool:
        """Take a line of nothing but deferred tags."""
        if "zxq" not in cursor.rest or not MARKER_LINE.fullmatch(cursor.rest):
            return False
        following = self._following()
        for found in MARKER.finditer(cursor.rest):
            block = self.placement.home(found[0], block, following)
            self._close_to(block)
            block.append(Marker(cursor.number, found[0]))
        return True

    def _is_end_of_group(self, cursor: Cursor) -> bool:
        """Tell whether the line is the tag that ends what was opened before the raw HTML."""
        if "zxq" not in cursor.rest or not MARKER_LINE.fullmatch(cursor.rest):
            return False
        return self.placement.is_open(MARKER.findall(cursor.rest)[0][-1])

    def _following(self) -> Line | None:
        """Return the next line that is neither blank nor a marker."""
        for line in self.ahead[: -LOOK_AHEAD - 1 : -1]:
            if not is_blank_line(line.text) and not is_marker_line(line.text):
                return without_markers(line)
        return None

    def _take_attributes(self, block: Block, cursor: Cursor) -> bool:
        """Give an attribute line to the block that ends right before it, else to the one that follows."""
        if cursor.rest[0] != "{" or not is_attribute_line(cursor.text):
            return False
        target = block if isinstance(block, (List, Paragraph, Table)) else (block.children or [block])[-1]
        if not isinstance(target, WITH_ATTRIBUTES) or target.last_line != cursor.number - 1:
            return self._keep_attributes(cursor)
        assert target.parent
        self._close_to(target.parent)
        target.attributes += cursor.rest
        target.end = cursor.number
        return True

    def _keep_attributes(self, cursor: Cursor) -> bool:
        """Keep an attribute line for the block on the next line."""
        if not self.ahead or is_blank_line(self.ahead[-1].text) or not cursor.rest.startswith("{:"):
            return False
        self.waiting_attributes += cursor.rest
        return True

    def _leave_html(self, number: int) -> None:
        """Close the elements whose end tag the line held, and read what follows the tag."""
        while ended := self._ended_html():
            around = ended.parent or self.document
            self._close_to(around)
            self._read_in(around, Cursor(Line(number, ended.after)))

    def _ended_html(self) -> MarkdownHtml | None:
        block: Block | None = self.tip
        while block:
            if isinstance(block, MarkdownHtml) and block.ends:
                return block
            block = block.parent
        return None

    def _open(self, block: Block, child: Block) -> Block:
        """Put a block into the nearest block that may hold it; what was open below is closed."""
        while not block.holds(child):
            assert block.parent
            block = block.parent
        self._close_to(block)
        block.append(child)
        if self.waiting_attributes and isinstance(child, WITH_ATTRIBUTES):
            child.attributes, self.waiting_attributes = self.waiting_attributes, ""
        if child.open:
            self.tip = child
        return child

    def _close_to(self, block: Block) -> None:
        """Close everything below `block`."""
        while self.tip is not block:
            self.tip.open = False
            if isinstance(self.tip, Paragraph):
                self._cut_definitions(self.tip)
            assert self.tip.parent
            self.tip = self.tip.parent

    def _cut_definitions(self, paragraph: Paragraph) -> None:
        if paragraph.lines and paragraph.lines[0].startswith(("[", "*[")):
            whole = paragraph.text
            if self.extras and DEFINITION.match(whole):
                whole = self.mend(whole, paragraph.first_line)
            text = self.definitions.cut(whole, abbreviations=self.extras)
            paragraph.cut += whole.count("\n") - text.count("\n")
            paragraph.lines = text.split("\n") if text else []
