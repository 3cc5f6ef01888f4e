"""`{:toc}` after a list -> the list of the headings, each a link to its own."""

import re
from collections.abc import Iterator
from itertools import chain, count
from xml.etree.ElementTree import Element, SubElement

from mailer.compile.markdown.spans import COMMENT
from mailer.compile.marker import MARKER

_MARK = "toc"
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_NO_SLUG = re.compile(r"[^\w\- ]")


def write_contents(root: Element) -> None:
    """
    Put the headings in place of what lists marked with `{:toc}` hold, in lists of their levels.

    Left out are those of the class `no_toc`, and those that wait for a recipient: a list tells of none that
    its reader may not see.
    """
    lists = [element for element in root.iter() if element.tag in ("ul", "ol") and _MARK in element.attrib]
    if not lists:
        return
    headings = [one for one in _for_everybody(root) if "no_toc" not in one.get("class", "").split()]
    _name(root, headings)
    for element in lists:
        element.clear()
        _fill(element, headings)
    if not headings:
        _drop(root, lists)


def _for_everybody(root: Element) -> Iterator[Element]:
    depth = 0
    for element in root.iter():
        found = MARKER.fullmatch(element.text or "") if element.tag == COMMENT else None
        if found:
            depth += {"o": 1, "e": -1}.get(found["role"], 0)
        elif element.tag in _HEADINGS and not depth and _text(element).strip():
            yield element


def _text(element: Element) -> str:
    """Return the text of a heading without its references to footnotes and what waits in it."""
    pieces = [element.text or ""]
    for child in element:
        is_note = child.tag == "sup" and child.get("id", "").startswith("fnref")
        pieces += ["" if is_note or child.tag == COMMENT else _text(child), child.tail or ""]
    return "".join(pieces)


def _name(root: Element, headings: list[Element]) -> None:
    """Give each heading an id of its own."""
    taken = {element.get("id") for element in root.iter()}
    for heading in headings:
        if heading.get("id"):
            continue
        plain = MARKER.sub("", _text(heading)).lower()
        first = _NO_SLUG.sub("", plain).strip().replace(" ", "-") or "section"
        names = chain([first], (f"{first}-{number}" for number in count(1)))
        name = next(one for one in names if one not in taken)
        heading.set("id", name)
        taken.add(name)


def _fill(element: Element, headings: list[Element]) -> None:
    """Write the headings, those of a deeper level into a list of the item before them."""
    around: list[tuple[int, Element]] = []
    for heading in headings:
        level = _HEADINGS[str(heading.tag)]
        while around and around[-1][0] >= level:
            around.pop()
        items = element if not around else _inner(around[-1][1], str(element.tag))
        item = SubElement(items, "li")
        link = SubElement(item, "a", {"href": f"#{heading.get('id')}"})
        link.text = _text(heading).strip()
        around.append((level, item))


def _inner(item: Element, tag: str) -> Element:
    inner = item.find(tag)
    return SubElement(item, tag) if inner is None else inner


def _drop(root: Element, lists: list[Element]) -> None:
    for parent in list(root.iter()):
        for child in list(parent):
            if any(child is one for one in lists):
                parent.remove(child)
