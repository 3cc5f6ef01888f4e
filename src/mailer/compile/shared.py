"""
MJML of an issue -> what other issues of its layout have too, and the texts that are its own.

The texts between tags come through the MJML library as they are. So a page can be made with words in their
place, and kept: most issues of a layout differ in nothing else.
"""

import re
from dataclasses import dataclass

from mailer.layout.markup import Tag, Text
from mailer.layout.texts import check_text
from mailer.position import Position

_TEXT = re.compile(
    r"(?P<before>>\s*+)(?P<text>[^<\s]++(?:\s++[^<\s]++)*+)(?=\s*+<(?:/(?P<name>[A-Za-z][A-Za-z0-9:-]*))?)"
)
"""A text, without the white space around it, and the element that ends behind it."""

_WORD = re.compile(r"zxown(\d+)zx")
_HTML = "mj-raw"
NOWHERE = Position("")


@dataclass(frozen=True, slots=True)
class Own:
    """One text of an issue, and the element that it ends."""

    text: str
    name: str

    @property
    def is_right(self) -> bool:
        """Tell whether there is nothing wrong in the text, wherever it may stand."""
        piece = Text(self.text, comment=False, position=NOWHERE)
        return not any(check_text(piece, Tag("open", self.name, (), NOWHERE)))


def part(source: str) -> tuple[str, list[Own]]:
    """Return the MJML with words in place of texts, and these; texts that wait for recipients stay in it."""
    own: list[Own] = []

    def word(found: re.Match[str]) -> str:
        if "zxq" in found["text"]:
            return found[0]
        own.append(Own(found["text"], found["name"] or _HTML))
        return f"{found['before']}zxown{len(own) - 1}zx"

    return (source, own) if _WORD.search(source) else (_TEXT.sub(word, source), own)


def join(page: str, texts: list[str]) -> str:
    """Return the page with texts in place of their words."""
    return _WORD.sub(lambda word: texts[int(word[1])], page)
