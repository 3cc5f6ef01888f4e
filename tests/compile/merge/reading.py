"""What a reader would call the same: HTML and plain text without the differences that nobody sees."""

import re
from html.parser import HTMLParser

from lxml import etree

from mailer.compile.fragment import Element, inner_html, parse_fragment

VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})

UNCLOSED = frozenset({"li", "dt", "dd"})
"""Elements that lxml does not close where they are empty: what is around them closes them."""


def same_html(html: str) -> str:
    """Return the HTML without comments, white space between tags, empty elements and loose items."""
    root = parse_fragment(html, stage="test")
    etree.strip_tags(root, etree.Comment)
    for item in root.iter("li"):
        if len(item) == 1 and item[0].tag == "p" and not (item.text or "").strip():
            etree.strip_tags(item, "p")
    for element in [*root.iter("p", "li", "em", "strong")]:
        if len(element) == 0 and not (element.text or "").strip() and element.getparent() is not None:
            _remove(element)
    return re.sub(r"\s*(<[^>]*>)\s*", r"\1", re.sub(r"\s+", " ", inner_html(root)))


def _remove(element: Element) -> None:
    parent = element.getparent()
    assert parent is not None
    element.text = None
    element.tag = "empty"
    etree.strip_tags(parent, "empty")


def same_text(text: str) -> str:
    """Return the text with one space between words, and rulers of one length; blank lines count."""
    blocks = re.split(r"\n\s*\n", text.strip("\n"))
    shown = (re.sub(r"([=-])(?:\s*\1)+", r"\1", block) for block in blocks)
    return "\n\n".join(" ".join(block.split()) for block in shown)


class _Balance(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, _attributes: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if self.open and self.open[-1] in UNCLOSED and tag not in UNCLOSED:
            self.open.pop()
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")


def faults_of_nesting(html: str) -> list[str]:
    """Return the closing tags that close nothing, and the elements that are never closed."""
    balance = _Balance()
    balance.feed(html)
    balance.close()
    return balance.faults + [f"<{tag}> stays open" for tag in balance.open]
