"""The state of one pass over the text of a block, and what every reader of inline syntax does with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from markdown.util import ETX, STX, AtomicString

from mailer.compile.markdown.character import encode_address
from mailer.compile.markdown.definitions import Definitions
from mailer.compile.markdown.flanking import Run
from mailer.compile.markdown.lines import LINE
from mailer.compile.markdown.remarks import Remark
from mailer.compile.markdown.spans import Item

ESCAPABLE = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


@dataclass(slots=True)
class Context:
    """
    What inline parsing needs to know: definitions, and how to make the references to a footnote from a line.

    With `lines` elements carry the line they were written on. `remarks` are added to.
    """

    definitions: Definitions
    extras: bool
    refer: Callable[[str, int], Sequence[Element]]
    lines: bool = False
    remarks: list[Remark] = field(default_factory=list)


@dataclass(slots=True)
class Bracket:
    """An open square bracket: where it stands among the items, the runs and in the text."""

    item: int
    runs: int
    position: int
    image: bool
    active: bool = True
    holds_bracket: bool = False


@dataclass(slots=True)
class Reading:
    """
    The state of one pass over `text`, which begins on `line`.

    Of the open `brackets` the first `settled` stand around a link; `ticks` are the places of backticks by the
    length of their run, `missing` the ends of raw HTML that do not occur further on.
    """

    text: str
    context: Context
    line: int = 0
    position: int = 0
    items: list[Item] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    brackets: list[Bracket] = field(default_factory=list)
    settled: int = 0
    ticks: dict[int, list[int]] | None = None
    missing: set[str] = field(default_factory=set)


def put(reading: Reading, item: Item, end: int) -> None:
    """Take an item and go on at `end`."""
    if reading.context.lines and isinstance(item, Element):
        item.set(LINE, str(line_at(reading, reading.position)))
    reading.items.append(item)
    reading.position = end


def line_at(reading: Reading, position: int) -> int:
    """Return the line of the source that a place in the text stands on."""
    return reading.line + reading.text.count("\n", 0, position)


def put_text(reading: Reading, length: int = 1) -> None:
    """Take characters as they are."""
    put(reading, reading.text[reading.position : reading.position + length], reading.position + length)


def protect(text: str) -> str:
    """Hide ASCII punctuation that means only itself; Python-Markdown's `unescape` step shows it again."""
    return "".join(f"{STX}{ord(char)}{ETX}" if char in ESCAPABLE else char for char in text)


def link(target: str, shown: str) -> Element:
    """Return a link whose text no later step changes."""
    link = Element("a", {"href": encode_address(target)})
    link.text = AtomicString(shown)
    return link
