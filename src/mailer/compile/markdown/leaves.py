"""Blocks that hold text: paragraphs, headings, rules, code, raw HTML, terms, markers."""

import re

from mailer.compile.markdown.block import Block, Take
from mailer.compile.markdown.cursor import Cursor

CODE_INDENT = 4


class Paragraph(Block):
    """
    A paragraph; `lines` without their leading white space.

    `cut` counts the lines before them that held definitions.
    """

    __slots__ = ("cut", "lines")

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.lines: list[str] = []
        self.cut = 0

    def takes(self, cursor: Cursor) -> Take:
        """Go on until a blank line."""
        return Take.NO if cursor.blank else Take.YES

    def add(self, cursor: Cursor) -> None:
        """Take the line without its leading white space."""
        self.lines.append(cursor.rest)
        self.end = cursor.number

    @property
    def first_line(self) -> int:
        """The line that the text begins on."""
        return self.line + self.cut

    @property
    def text(self) -> str:
        """The text, lines parted by newlines."""
        return "\n".join(self.lines).rstrip(" \t\n")


class Text(Block):
    """A block whose text is known when it opens: a heading, a term, a row of a table (`tag` says which)."""

    __slots__ = ("tag", "text")
    whole_line = True

    def __init__(self, line: int, tag: str, text: str) -> None:
        super().__init__(line)
        self.tag = tag
        self.text = text
        self.open = False


class Term(Text):
    """A term that definitions follow."""

    __slots__ = ()
    listed = True


class Rule(Block):
    """A thematic break."""

    __slots__ = ()
    whole_line = True

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.open = False


class Marker(Block):
    """A deferred tag that stands between blocks."""

    __slots__ = ("word",)
    whole_line = True

    def __init__(self, line: int, word: str) -> None:
        super().__init__(line)
        self.word = word
        self.open = False


class Code(Block):
    """What fenced and indented code share: lines kept byte for byte."""

    __slots__ = ("info", "lines")
    verbatim = True

    def __init__(self, line: int, info: str = "") -> None:
        super().__init__(line)
        self.info = info
        self.lines: list[str] = []

    def add(self, cursor: Cursor) -> None:
        """Take what is left of the line."""
        self.lines.append(cursor.text)
        self.end = cursor.number

    @property
    def text(self) -> str:
        """The code, each line ended by a newline."""
        return "".join(f"{line}\n" for line in self.lines)


class Fence(Code):
    """Fenced code: the fence's character and size, and the `indent` that is cut off every line."""

    __slots__ = ("indent", "mark", "size")
    whole_line = True

    def __init__(self, line: int, info: str, fence: str, indent: int) -> None:
        super().__init__(line, info)
        self.mark = fence[0]
        self.size = len(fence)
        self.indent = indent

    def takes(self, cursor: Cursor) -> Take:
        """Go on until the closing fence."""
        if self.closes(cursor):
            self.end = cursor.number
            return Take.END
        cursor.drop(self.indent)
        return Take.YES

    def closes(self, cursor: Cursor) -> bool:
        """Tell whether the line is a closing fence."""
        line = cursor.rest.rstrip(" \t")
        return cursor.indent < CODE_INDENT and len(line) >= self.size and not line.strip(self.mark)


class IndentedCode(Code):
    """Code indented by four columns; blank lines at its end are not part of it."""

    __slots__ = ()

    def takes(self, cursor: Cursor) -> Take:
        """Go on with lines indented by four columns and blank ones."""
        if cursor.indent < CODE_INDENT and not cursor.blank:
            return Take.NO
        cursor.drop(CODE_INDENT)
        return Take.YES

    def add(self, cursor: Cursor) -> None:
        """Take what is left of the line."""
        self.lines.append(cursor.text)
        if not cursor.blank:
            self.end = cursor.number

    @property
    def text(self) -> str:
        """The code without the blank lines at its end."""
        filled = len(self.lines)
        while filled and not self.lines[filled - 1].strip(" \t"):
            filled -= 1
        return "".join(f"{line}\n" for line in self.lines[:filled])


class Html(Block):
    """Raw HTML; `until` matches its last line, or nothing where a blank line ends it (section 4.6)."""

    __slots__ = ("lines", "until")
    verbatim = True

    def __init__(self, line: int, until: re.Pattern[str] | None) -> None:
        super().__init__(line)
        self.until = until
        self.lines: list[str] = []

    def takes(self, cursor: Cursor) -> Take:
        """Go on until the end that its kind asks for."""
        return Take.NO if cursor.blank and not self.until else Take.YES

    def add(self, cursor: Cursor) -> None:
        """Take the line as it is."""
        self.lines.append(cursor.text)
        self.end = cursor.number
        if self.until and self.until.search(cursor.text):
            self.open = False

    @property
    def text(self) -> str:
        """The HTML as the author wrote it."""
        return "\n".join(self.lines)
