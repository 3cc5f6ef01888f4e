"""A finished page -> the colours that its words have and stand on, as a program shows it."""

import re
from collections.abc import Iterator, Mapping

from cssselect import HTMLTranslator
from cssselect.parser import parse
from lxml import etree

from mailer.compile.fragment import Element

Colours = tuple[str, str]
"""Of the words, and of the ground below them."""

_DARK = re.compile(r"@media \(prefers-color-scheme: dark\) \{(?P<rules>.*?\})\s*\}", re.DOTALL)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_WANTED = frozenset({"color", "background-color", "display"})
_SILENT = frozenset({"head", "style", "title", "script"})

Style = dict[str, str]


def colours_of_words(page: str, *, dark: bool) -> Iterator[tuple[Colours, str]]:
    """Yield the colours of each text that is shown, and the text."""
    root = etree.fromstring(page, etree.HTMLParser())
    painted = _dark_styles(root, page) if dark else {}
    yield from _walk(root, {"color": "?", "background-color": "?"}, painted)


def _walk(element: Element, around: Style, painted: Mapping[Element, Style]) -> Iterator[tuple[Colours, str]]:
    style = {**around, **_declarations(element.get("style", "")), **painted.get(element, {})}
    if style["background-color"] == "transparent":
        style["background-color"] = around["background-color"]
    if style.pop("display", "") == "none" or element.tag in _SILENT:
        return
    colours = style["color"], style["background-color"]
    texts = [element.text, *(child.tail for child in element)]
    yield from ((colours, text.strip()) for text in texts if text and text.strip("\n \xa0\u200a"))
    for child in element.iterchildren(etree.Element):
        yield from _walk(child, style, painted)


def _declarations(css: str) -> Style:
    pairs = (one.partition(":")[::2] for one in css.replace("!important", "").split(";"))
    return {name.strip(): value.strip() for name, value in pairs if name.strip() in _WANTED}


def _dark_styles(root: Element, page: str) -> dict[Element, Style]:
    """Return what the dark rules give to each element: of two the more special wins, else the later."""
    found: dict[Element, list[tuple[tuple[int, int, int], int, Style]]] = {}
    block = _DARK.search(page)
    assert block
    for number, (selectors, body) in enumerate(_RULE.findall(block["rules"])):
        for selector in parse(selectors.strip()):
            weight = selector.specificity()
            for element in root.xpath(HTMLTranslator().selector_to_xpath(selector)):
                found.setdefault(element, []).append((weight, number, _declarations(body)))
    return {
        element: {
            name: value
            for *_, style in sorted(rules, key=lambda one: one[:2])
            for name, value in style.items()
        }
        for element, rules in found.items()
    }
