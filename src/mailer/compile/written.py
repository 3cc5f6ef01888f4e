"""The Markdown that a fragment came from: where something in it was written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from mailer.compile.marker import MARKER
from mailer.position import Position

if TYPE_CHECKING:
    from mailer.compile.merge.render import Tag

_CODE = re.compile(
    r"^[ >]*(?P<fence>`{3,}|~{3,})(?s:.*?)(?:^[ >]*(?P=fence)|\Z)"
    r"|(?<!`)(?P<quote>`+)(?!`)(?s:.+?)(?<!`)(?P=quote)(?!`)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Markdown:
    """
    The Markdown that a fragment came from, so that a finding can name its line.

    `tags` are those that wait for the recipient, by the markers which stand for them in the fragment.
    """

    text: str = ""
    path: str = ""
    first_line: int = 1
    tags: "Mapping[str, Tag]" = field(default_factory=dict)

    def find(self, word: str) -> Position:
        """Return where a word first stands, or the file alone where it was put together by a template."""
        for marker in MARKER.finditer(word):
            if tag := self.tags.get(marker[0]):
                return tag.position
        return self._position(self.text.find(word) if word else -1)

    def shown(self, word: str) -> str:
        """Return a word of the fragment as its author knows it, tags in place of markers."""
        return MARKER.sub(
            lambda marker: self.tags[marker[0]].source if marker[0] in self.tags else marker[0], word
        )

    def find_address(self, address: str) -> Position:
        """Return where an address stands, its last part where a template puts the address together."""
        whole = (address, unquote(address))
        for word in (*whole, *(one.rpartition("/")[2] for one in whole)):
            if (found := self.find(word)).line:
                return found
        return Position(self.path)

    def find_markup(self, markup: str) -> Position:
        """Return where markup such as `<style` first stands outside code, in any case, or the file alone."""
        shown = _CODE.sub(lambda code: re.sub(r"[^\n]", " ", code[0]), self.text)
        found = re.search(rf"{re.escape(markup)}(?!\w)", shown, re.IGNORECASE)
        return self._position(found.start() if found else -1)

    def place(self, line: int, shown: str, *, same_lines: bool) -> Position:
        """
        Return where `shown`, which stands on `line` of what templates made of this text, was written.

        `same_lines` tells that they kept the number of lines. What is not on its line is looked for
        elsewhere; where only the line is known, that is the position, and else the file alone.
        """
        lines = self.text.split("\n")
        column = lines[line - 1].find(shown) + 1 if 0 < line <= len(lines) else 0
        if column:
            return Position(self.path, self.first_line + line - 1, column)
        found = self.find(shown)
        return Position(self.path, self.first_line + line - 1) if same_lines and not found.line else found

    def line(self, position: Position) -> str:
        """Return the line that a position points to, or nothing, as for one in another file."""
        lines = self.text.split("\n")[position.line - self.first_line :]
        return lines[0] if position.line and position.path == self.path else ""

    def _position(self, offset: int) -> Position:
        if offset < 0:
            return Position(self.path)
        column = offset - self.text.rfind("\n", 0, offset)
        return Position(self.path, self.first_line + self.text.count("\n", 0, offset), column)


NOWHERE = Markdown()
"""What stands for a source that is not known."""
