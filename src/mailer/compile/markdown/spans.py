"""Inline items -> elements: what inline parsing found, put into the tree."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString

from mailer.compile.markdown.attributes import set_attributes
from mailer.compile.markdown.flanking import Run
from mailer.compile.markdown.html import MARKDOWN_ATTRIBUTE

DEPTH_LIMIT = 60
"""Tags within tags; of deeper ones only the text stays, so that no later stage meets a tree too deep."""


@dataclass(frozen=True, slots=True)
class Open:
    """A start tag."""

    tag: str
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Close:
    """An end tag."""

    tag: str


@dataclass(frozen=True, slots=True)
class Attributes:
    """An attribute list, as written; it stays text where nothing stands before it."""

    text: str


Item = str | Element | Open | Close | Run | Attributes


RAW, RAW_BLOCK, COMMENT = "#raw", "#raw-block", "#comment"
"""Tags of elements that are written as their text alone: raw HTML in text, between blocks, and comments."""


def raw_html(text: str, *, block: bool = False) -> Element:
    """Return an element that is written as the raw HTML `text`."""
    raw = Element(RAW_BLOCK if block else RAW)
    raw.text = AtomicString(MARKDOWN_ATTRIBUTE.sub("", text) if "markdown" in text and not block else text)
    return raw


def comment(text: str) -> Element:
    """Return an HTML comment."""
    element = Element(COMMENT)
    element.text = AtomicString(text)
    return element


def plain_text(items: Iterable[Item]) -> str:
    """Return the text alone, as the alternative of an image."""
    return "".join(_plain(item) for item in items)


def _plain(item: Item) -> str:
    if isinstance(item, str):
        return item
    if isinstance(item, Run):
        return item.char * item.left
    if isinstance(item, Attributes) or not isinstance(item, Element):
        return ""
    if item.tag == "img":
        return item.get("alt", "")
    return "" if item.tag == RAW else item.text or ""


def fill(element: Element, items: Iterable[Item]) -> None:
    """Append inline items to an element, after the children it has."""
    writer = Writer(element)
    for item in items:
        writer.write(item)
    writer.flush()


@dataclass(slots=True)
class Writer:
    """Appends items to the innermost open element."""

    element: Element
    pending: list[str] = field(default_factory=list)
    stack: list[Element] = field(default_factory=list)
    skipped: int = 0
    ended: Element | None = None

    def write(self, item: Item) -> None:
        """Append one item; `ended` is the element that an attribute list right after it is meant for."""
        if isinstance(item, str):
            if item:
                self.pending.append(item)
                self.ended = None
        elif isinstance(item, Run):
            self._write_run(item)
        elif isinstance(item, Element):
            self._append(item)
        elif isinstance(item, Attributes):
            self._write_attributes(item)
        elif isinstance(item, Open):
            self._start(item.tag, item.attributes)
        else:
            self._end()

    def flush(self) -> None:
        """Put pending text behind the last child."""
        if not self.pending:
            return
        text = "".join(self.pending)
        self.pending.clear()
        if len(self.element):
            last = self.element[-1]
            last.tail = (last.tail or "") + text
        else:
            self.element.text = (self.element.text or "") + text

    def _append(self, child: Element) -> None:
        if child.tag == "a" and self._in_link():
            self.pending.append(child.text or "")
            return
        self.flush()
        self.element.append(child)
        self.ended = child

    def _in_link(self) -> bool:
        return self.element.tag == "a" or any(element.tag == "a" for element in self.stack)

    def _write_run(self, run: Run) -> None:
        for _ in run.closes:
            self._end()
        if run.left:
            self.pending.append(run.char * run.left)
            self.ended = None
        for tag in reversed(run.opens):
            self._start(tag, {})

    def _write_attributes(self, item: Attributes) -> None:
        if self.ended is None:
            self.pending.append(item.text)
        else:
            set_attributes(self.ended, item.text)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.ended = None
        if len(self.stack) >= DEPTH_LIMIT:
            self.skipped += 1
            return
        self.flush()
        self.stack.append(self.element)
        self.element = SubElement(self.element, tag, attributes)

    def _end(self) -> None:
        if self.skipped:
            self.skipped -= 1
            return
        self.flush()
        self.ended = self.element
        self.element = self.stack.pop()
