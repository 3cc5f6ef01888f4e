"""HTML fragment <-> tree: the one way in which the stages of a compile read HTML."""

import re
from collections.abc import Iterator

from lxml import etree

from mailer.compile.marker import MARKER
from mailer.errors import CompileError

Comment = etree._Comment  # noqa: SLF001 (as below)
Element = etree._Element  # noqa: SLF001 (lxml names the class so, and no other way)

_TAG = re.compile(r"<([A-Za-z][A-Za-z0-9-]*)")
_CLASSES = re.compile(r"class\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+)")
_PAGE_TAGS = re.compile(r"</?(?:html|body|head)\b[^>]*>", re.IGNORECASE)


def parse_fragment(fragment: str, *, stage: str) -> Element:
    """Return a `body` that holds the fragment; raise CompileError where deep nesting would lose text."""
    fragment = _PAGE_TAGS.sub("", fragment)  # text after a stray </body> would be lost
    parser = etree.HTMLParser(huge_tree=False, no_network=True)
    page = etree.fromstring(f"<html><body>{fragment}</body></html>", parser)
    if any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log):
        raise too_deep(stage)
    return page[-1]


def too_deep(stage: str) -> CompileError:
    """Return the error for a fragment with too many elements within elements."""
    return CompileError(
        "the text is nested too deeply", stage=stage, hint="look for quotes or lists of very many levels"
    )


def inner_html(root: Element) -> str:
    """Return the HTML of what the element holds, without the element itself."""
    whole = etree.tostring(root, method="html", encoding="unicode", with_tail=False)
    return whole[whole.index(">") + 1 : whole.rindex("</")] if "</" in whole else ""


def text_of(element: Element) -> str:
    """Return the text of an element on one line, markers in comments included."""
    return " ".join("".join(texts_of(element)).split())


def texts_of(element: Element) -> Iterator[str]:
    """Yield the texts of an element as they are, markers in comments included."""
    for event, node in etree.iterwalk(element, events=("start", "end", "comment")):
        if event == "start":
            yield node.text or ""
            continue
        if event == "comment" and MARKER.fullmatch(node.text or ""):
            yield node.text or ""
        if node is not element:
            yield node.tail or ""


def names_in(fragment: str) -> frozenset[str]:
    """
    Return the names of the elements and classes of a fragment: what rules of style can be about.

    The fragment is one that lxml wrote, or a later stage: its attributes' names are in small letters.
    """
    tags = (tag.lower() for tag in set(_TAG.findall(fragment)))
    classes = (name for found in set(_CLASSES.findall(fragment)) for name in found.strip("\"'").split())
    return frozenset((*tags, *classes))


def unwrap(element: Element) -> None:
    """Put what an element holds in its place."""
    around = element.getparent()
    if around is None:
        return
    place = around.index(element)
    _add_text(around, place, element.text)
    children = list(element)
    if children:
        children[-1].tail = (children[-1].tail or "") + (element.tail or "") or None
    else:
        _add_text(around, place, element.tail)
    element.tail = None
    around[place : place + 1] = children


def drop(element: Element) -> None:
    """Take an element out of the tree, and leave the text behind it."""
    around = element.getparent()
    if around is not None:
        _add_text(around, around.index(element), element.tail)
        element.tail = None
        around.remove(element)


def _add_text(around: Element, place: int, text: str | None) -> None:
    """Add text to what stands before the child at `place`."""
    if not text:
        return
    if place:
        before = around[place - 1]
        before.tail = (before.tail or "") + text
    else:
        around.text = (around.text or "") + text
