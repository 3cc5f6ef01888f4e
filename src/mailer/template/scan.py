"""Text of a template -> its tags, each with its place."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from jinja2 import Environment, TemplateSyntaxError

TagKind = Literal["value", "block", "comment", "raw"]

_KINDS: dict[str, TagKind] = {
    "variable_begin": "value",
    "block_begin": "block",
    "comment_begin": "comment",
    "raw_begin": "raw",
}
_ENDS = frozenset(("variable_end", "block_end", "comment_end", "raw_end"))
_NEWLINE = re.compile(r"\r\n?")


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a tag: Jinja's kind (`name`, `operator`, `string`, …), its text and its offset."""

    kind: str
    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class ScannedTag:
    """
    One tag: the text from offset `start` to `end`, its first line counting from 1, and its tokens.

    Tokens leave out white space and delimiters. A raw block is one tag from `{% raw %}` to `{% endraw %}`.
    `opening` and `closing` are its delimiters with their white space sign, as written.
    """

    kind: TagKind
    start: int
    end: int
    line: int
    opening: str
    closing: str
    tokens: tuple[Token, ...]

    @property
    def keyword(self) -> str:
        """Return the first word of a block tag (`if`), or an empty string."""
        return self.tokens[0].text if self.kind == "block" and self.tokens else ""


def with_unix_newlines(text: str) -> str:
    """Return the text as Jinja's own lexer sees it: every line ends in a newline character."""
    return _NEWLINE.sub("\n", text) if "\r" in text else text


def scan(environment: Environment, text: str) -> Iterator[ScannedTag]:
    """
    Yield the tags of `text` (with Unix newlines) in order.

    Raises jinja2.TemplateSyntaxError where the text cannot be read any further.
    """
    offset = 0
    start, kind, opening = 0, None, ""
    tokens: list[Token] = []
    for _line, name, value in environment.lexer.tokeniter(text, None):
        if name in _KINDS:
            start = offset = text.index(value, offset)
            kind, opening, tokens = _KINDS[name], value, []
        elif name in _ENDS and kind:
            # Jinja drops white space before `{%-` without a word, inside raw too
            offset = text.index(value, offset)
            closing = value.rstrip()
            line = text.count("\n", 0, start) + 1
            yield ScannedTag(kind, start, offset + len(closing), line, opening, closing, tuple(tokens))
            kind = None
        elif kind in ("value", "block") and name != "whitespace":
            tokens.append(Token(name, value, offset))
        offset += len(value)


def scanned_so_far(environment: Environment, text: str) -> list[ScannedTag]:
    """Return the tags up to the first place that cannot be read."""
    tags: list[ScannedTag] = []
    with suppress(TemplateSyntaxError):
        tags.extend(scan(environment, text))
    return tags
