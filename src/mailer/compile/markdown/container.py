"""Blocks that hold blocks: quotes, lists, definitions, footnotes, HTML with Markdown inside."""

import re

from mailer.compile.markdown.block import Block, Take, has_gap
from mailer.compile.markdown.cursor import Cursor, Line

QUOTE_INDENT = 4
FOOTNOTE_INDENT = 4


class Document(Block):
    """The whole text."""

    __slots__ = ()
    nests = True


class Quote(Block):
    """A block quote."""

    __slots__ = ()
    nests = True

    def takes(self, cursor: Cursor) -> Take:
        """Go on while lines start with `>`."""
        if cursor.indent >= QUOTE_INDENT or not cursor.rest.startswith(">"):
            return Take.NO
        self.enter(cursor)
        return Take.YES

    def enter(self, cursor: Cursor) -> None:
        """Go past `>` and one column of white space."""
        cursor.drop_indent()
        cursor.advance(1)
        cursor.drop(1)


class List(Block):
    """
    A list of one type: `kind` is its bullet, the character after its numbers, or `:` for definitions.

    `start` is the first number, nothing for bullets.
    """

    __slots__ = ("kind", "start")
    nests = True

    def __init__(self, line: int, kind: str, start: int | None = None) -> None:
        super().__init__(line)
        self.kind = kind
        self.start = start

    def takes(self, cursor: Cursor) -> Take:  # noqa: ARG002 - the line matters to the items only
        """Leave the decision to the items."""
        return Take.YES

    def holds(self, child: Block) -> bool:
        """Tell whether `child` is an item or a term."""
        return child.listed

    @property
    def loose(self) -> bool:
        """Tell whether blank lines part the items or the blocks in one of them (section 5.3)."""
        first = next((i for i, child in enumerate(self.children) if isinstance(child, Item)), 0)
        return has_gap(self.children[first:]) or any(has_gap(item.children) for item in self.children)


class Item(Block):
    """An item of a list or one definition of a term; what is indented by `offset` columns belongs to it."""

    __slots__ = ("kind", "offset", "start")
    nests = True
    listed = True

    def __init__(self, line: int, kind: str, offset: int, start: int | None = None) -> None:
        super().__init__(line)
        self.kind = kind
        self.offset = offset
        self.start = start

    def takes(self, cursor: Cursor) -> Take:
        """Go on with indented lines, and with blank ones unless the item began with one."""
        if cursor.blank:
            return Take.YES if self.children else Take.NO
        if cursor.indent < self.offset:
            return Take.NO
        cursor.drop(self.offset)
        return Take.YES


class Footnote(Block):
    """The text of a footnote."""

    __slots__ = ("label",)
    nests = True

    def __init__(self, line: int, label: str) -> None:
        super().__init__(line)
        self.label = label

    def takes(self, cursor: Cursor) -> Take:
        """Go on with lines indented by four columns and blank ones."""
        if cursor.blank:
            return Take.YES
        if cursor.indent < FOOTNOTE_INDENT:
            return Take.NO
        cursor.drop(FOOTNOTE_INDENT)
        return Take.YES


INLINE_ONLY = frozenset(
    ("p", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "td", "th", "li", "summary", "caption")
)
"""Elements whose Markdown is shown without paragraphs of its own."""


class MarkdownHtml(Block):
    """
    An HTML element with `markdown="1"`: its content is Markdown.

    `opening` is its start tag without that attribute. The line that holds its end tag is cut in two: what
    stands before belongs to it, and `after` is what follows.
    """

    __slots__ = ("after", "ends", "level", "name", "opening", "tags")
    nests = True

    def __init__(self, line: int, name: str, opening: str) -> None:
        super().__init__(line)
        self.name = name
        self.opening = opening
        self.tags = re.compile(rf"<(/?){re.escape(name)}(?=[\s/>])[^<>]*>", re.IGNORECASE)
        self.level = 1
        self.ends = False
        self.after = ""

    def takes(self, cursor: Cursor) -> Take:
        """Go on until the end tag is found."""
        self.watch(cursor)
        return Take.YES

    def watch(self, cursor: Cursor) -> None:
        """Count start and end tags of the same name; cut the line at the last end tag."""
        for tag in self.tags.finditer(cursor.text):
            self.level += -1 if tag[1] else 1
            if not self.level:
                self.ends, self.after = True, cursor.text[tag.end() :]
                cut = Cursor(Line(cursor.number, cursor.text[: tag.start()]))
                cursor.text, cursor.rest, cursor.indent = cut.text, cut.rest, cut.indent
                return
