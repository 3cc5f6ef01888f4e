"""Straight quotes, double hyphens, three dots and spaces -> the characters that typesetters use."""

import re
from xml.etree.ElementTree import Element

from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from mailer.compile.markdown.flanking import LONGEST_MARKER
from mailer.compile.markdown.languages import Quotes, Space, quotes_of, spaces_of
from mailer.compile.markdown.markers import CONTROL
from mailer.compile.markdown.serialize import BLOCKS
from mailer.compile.markdown.spans import RAW

APOSTROPHE = "\u2019"
PLAIN = {"--": "\u2013", "---": "\u2014", "...": "\u2026"}
SIGN = re.compile(rf"(?=[-.\"'z])(?:(?<!-)---?(?!-)|\.\.\.|[\"']|{CONTROL})")
MARKER_BEFORE = re.compile(rf"{CONTROL}\Z")
OPENERS = frozenset("([{<-/\u2013\u2014\u201c\u2018\u201e\u201a\u00ab\u2039\u00bf\u00a1\u300c\u300e\uff08")
RESTARTING = BLOCKS | {"br"}
UNTOUCHED = frozenset(("code", "img", "pre"))
LETTER = "x"
"""What such an element, and an address, is to the quotes around it."""


class Typography(Treeprocessor):
    """Replaces typewriter signs in the text of a tree, code and attributes left out."""

    def __init__(self, lang: str) -> None:
        super().__init__()
        self.quotes = quotes_of(lang)
        self.spaced = spaces_of(lang)

    def run(self, root: Element) -> None:
        """Go through the tree in the order of its text."""
        self._walk(root, Flow(self.quotes, self.spaced))

    def _walk(self, element: Element, flow: "Flow") -> None:
        if element.tag in RESTARTING:
            flow.restart()
        if element.tag == RAW:
            return
        if element.tag in UNTOUCHED:
            flow.before = LETTER
        else:
            element.text = flow.replace(element.text)
            for child in element:
                self._walk(child, flow)
                child.tail = flow.replace(child.tail)
        if element.tag in RESTARTING:
            flow.restart()


class Flow:
    """Running text: the character before, and which quotes are open."""

    def __init__(self, quotes: Quotes, spaced: Space | None) -> None:
        self.quotes = quotes
        self.spaced = spaced
        self.restart()

    def restart(self) -> None:
        """Begin a new block."""
        self.before = " "
        self.open_double = self.open_single = False

    def replace(self, text: str | None) -> str | None:
        """Return the text with its signs replaced; atomic text stays."""
        if not text:
            return text
        if not isinstance(text, AtomicString):
            text = self._typeset(text)
        self.before = LETTER if isinstance(text, AtomicString) and text.endswith("/") else text[-1]
        return text

    def _typeset(self, text: str) -> str:
        if SIGN.search(text):
            self.base = self.before
            text = SIGN.sub(self._replace_sign, text)
        return self.spaced(text, self.before) if self.spaced else text

    def _replace_sign(self, found: re.Match[str]) -> str:
        sign = found[0]
        if sign not in "\"'":
            return PLAIN.get(sign, sign)
        before = _visible_before(found) or self.base
        after = found.string[found.end() : found.end() + 1] or LETTER
        return self._double(before, after) if sign == '"' else self._single(before, after)

    def _double(self, before: str, after: str) -> str:
        free = before.isspace() or before in OPENERS
        opens = not after.isspace() and (free or (not self.open_double and after.isalnum()))
        self.open_double = opens
        return self.quotes.opening if opens else self.quotes.closing

    def _single(self, before: str, after: str) -> str:
        free = before.isspace() or before in OPENERS or before == '"'
        if free and not after.isspace() and not after.isdigit():
            self.open_single = True
            return self.quotes.inner_opening
        if self.open_single and not (before.isalnum() and after.isalnum()):
            self.open_single = False
            return self.quotes.inner_closing
        return APOSTROPHE


def _visible_before(found: re.Match[str]) -> str:
    """Return the character before a sign, markers of deferred tags left out."""
    end = found.start()
    while marker := MARKER_BEFORE.search(found.string, max(end - LONGEST_MARKER, 0), end):
        end = marker.start()
    return found.string[end - 1 : end] if end else ""
