"""Text -> the tags of Liquid, Jinja and Hugo in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_STRING = r"\"(?:\\.|[^\"\\])*+\"|'(?:\\.|[^'\\])*+'"
_TAG = re.compile(
    rf"""(?P<raw>\{{%[-+]?\s*raw\s*[-+]?%\}}.*?\{{%[-+]?\s*endraw\s*[-+]?%\}})
      | (?P<note>\{{\#\*.*?\*\#\}})
      | (?P<comment>\{{%-?\s*comment\b.*?\{{%-?\s*endcomment\s*-?%\}})
      | (?P<shortcode>\{{\{{(?:<.*?>|%.*?%)\}}\}})
      | (?P<block>\{{%[-+]?)(?P<statement>(?:{_STRING}|(?![-+]?%\}})[^"'])*+)(?P<block_end>[-+]?%\}})
      | (?P<value>\{{\{{[-+]?)(?P<printed>(?:{_STRING}|(?![-+]?\}}\}})[^"'])*+)(?P<value_end>[-+]?\}}\}})""",
    re.VERBOSE | re.DOTALL,
)
_KEYWORD = re.compile(r"\s*(?P<keyword>[A-Za-z_]\w*)")


@dataclass(frozen=True, slots=True)
class Tag:
    """
    A tag: its kind (`block`, `value`, `comment` or `shortcode`), where it stands, and its parts as written.

    A comment is one tag from `{% comment %}` to `{% endcomment %}`.
    """

    kind: str
    start: int
    end: int
    opening: str
    inside: str
    closing: str

    @property
    def keyword(self) -> str:
        """Return the first word of a block tag, or an empty string."""
        found = _KEYWORD.match(self.inside) if self.kind == "block" else None
        return found["keyword"] if found else ""

    @property
    def arguments(self) -> str:
        """Return what follows the keyword, white space and all."""
        found = _KEYWORD.match(self.inside)
        return self.inside[found.end() :] if found else self.inside

    @property
    def newlines(self) -> int:
        """Return how many lines end within the tag."""
        return self.inside.count("\n")

    def holding(self, inside: str) -> str:
        """Return the tag with another inside, on as many lines."""
        return f"{self.opening} {inside.strip()} {self.filling(inside.strip())}{self.closing}"

    def filling(self, text: str) -> str:
        """Return the newlines that `text`, put in place of the inside, lacks."""
        return "\n" * (self.newlines - text.count("\n"))


def read_tags(text: str) -> Iterator[Tag]:
    """Yield the tags in order, without what stands in `{% raw %}` or in a `{#* comment *#}`."""
    for found in _TAG.finditer(text):
        kind = found.lastgroup or ""
        start, end = found.span()
        if kind in {"comment", "shortcode"}:
            size = 2 if kind == "comment" else 3
            yield Tag(kind, start, end, "", found[0][size:-size], "")
        elif kind == "block_end":
            yield Tag("block", start, end, found["block"], found["statement"], found["block_end"])
        elif kind == "value_end":
            yield Tag("value", start, end, found["value"], found["printed"], found["value_end"])
