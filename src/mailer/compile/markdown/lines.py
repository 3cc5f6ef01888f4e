"""Elements of a page -> lines of its Markdown: what `to_html(…, lines=True)` leaves for checks to read."""

import re
from typing import Protocol

from mailer.compile.markdown.html import TAG

LINE = "data-line"

NAME = re.compile(r"<[A-Za-z][A-Za-z0-9-]*")


class Numbered(Protocol):
    """An element of lxml, as far as its line is asked for."""

    def get(self, name: str) -> str | None:
        """Return an attribute."""

    def getparent(self) -> "Numbered | None":
        """Return the element around."""


def line_of(element: Numbered) -> int:
    """Return the line that an element, or what is around it, was written on; 0 if it is not known."""
    around: Numbered | None = element
    while around is not None:
        if line := around.get(LINE):
            return int(line)
        around = around.getparent()
    return 0


def number_tags(html: str, line: int) -> str:
    """Return raw HTML, which begins on `line`, with the line of each start tag in it."""

    def numbered(tag: re.Match[str]) -> str:
        name = NAME.match(tag[0])
        if not name:
            return tag[0]
        at = line + html.count("\n", 0, tag.start())
        return f'{name[0]} {LINE}="{at}"{tag[0][name.end() :]}'

    return TAG.sub(numbered, html)
