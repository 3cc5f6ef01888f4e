"""Text -> the tags of Liquid, Jinja and Hugo in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_STRING = r"\"(?:\\.|[^\"\\])*+\"|'(?:\\.|[^'\\])*+'"
_TAG = re.compile(
    rf"""(?P<raw>\{{%[-+]?\s*raw\s*[-+]?%\}})
      | (?P<note>\{{\#\*)
      | (?P<comment>\{{%-?\s*comment\b)
      | (?P<shortcode>\{{\{{(?:<.*?>|%.*?%)\}}\}})
      | (?P<block>\{{%[-+]?)(?P<statement>(?:{_STRING}|(?![-+]?%\}})[^"'])*+)(?P<block_end>[-+]?%\}})
      | (?P<value>\{{\{{[-+]?)(?P<printed>(?:{_STRING}|(?![-+]?\}}\}})[^"'])*+)(?P<value_end>[-+]?\}}\}})""",
    re.VERBOSE | re.DOTALL,
)
_ENDS = {
    "raw": re.compile(r"\{%[-+]?\s*endraw\s*[-+]?%\}"),
    "note": re.compile(r"\*#\}"),
    "comment": re.compile(r"\{%-?\s*endcomment\s*-?%\}"),
}
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
    position = text.find("{")
    while position >= 0:
        found = _TAG.match(text, position)
        if not found:
            position = text.find("{", position + 1)
            continue
        kind, start = found.lastgroup or "", found.start()
        # looked for here, not in the pattern, so that many tags without an end take no long time
        ended = _ENDS[kind].search(text, found.end()) if kind in _ENDS else None
        position = (ended or found).end()
        if kind == "comment":
            inside = text[found.end() : position] if ended else ""
            yield Tag(kind if ended else "block", start, position, "", inside or " comment", "")
        elif kind == "shortcode":
            yield Tag(kind, start, position, "", found[0][3:-3], "")
        elif kind == "block_end":
            yield Tag("block", start, position, found["block"], found["statement"], found["block_end"])
        elif kind == "value_end":
            yield Tag("value", start, position, found["value"], found["printed"], found["value_end"])
        position = text.find("{", position)
