"""`button`: links that call to action, as buttons side by side."""

from lxml import etree

from mailer.compile.blocks.block import Block, BlockFault, Values
from mailer.compile.blocks.element import (
    HAIR_SPACE,
    is_blank,
    is_marker,
    make,
    move_content,
    table,
)
from mailer.compile.blocks.setting import Setting
from mailer.compile.blocks.values import ADDRESS, choice
from mailer.compile.fragment import Element, drop, text_of

CLASS = "button"
_GAP = 12
"""Pixels between two buttons."""

_LONG_WORD = 24
"""Letters of a word that leave no room for another button."""

_HINT = "write ::: button {href=https://…}, or one link between the fences"


def shape(element: Element, values: Values, _setting: Setting) -> None:
    """Make the content one link, or a row of the links that it holds."""
    href = values.pop("href", "")
    if not any(text.strip() for text in element.itertext()):
        raise BlockFault("this button says nothing", "write its text between the fences", CLASS)
    etree.strip_tags(element, "p")
    if href and element.find(".//a") is not None:
        raise BlockFault("this button has an href and a link in it", "take one of them out", "href")
    if href:
        link = make("a", href=href)
        move_content(element, link)
        _trim(link)
        element.append(link)
    elif not is_row_of_links(element):
        raise BlockFault("this button leads nowhere", _HINT, CLASS)
    for link in element.iterchildren("a"):
        link.set("class", f"{link.get('class', '')} {CLASS}".strip())


def _trim(link: Element) -> None:
    """Take the line ends off a link that was a paragraph."""
    link.text = (link.text or "").lstrip() or None
    if len(link):
        link[-1].tail = (link[-1].tail or "").rstrip() or None
    else:
        link.text = (link.text or "").rstrip() or None


def is_row_of_links(element: Element) -> bool:
    """Tell whether an element holds links and nothing else but tags that wait."""
    links = [child for child in element if child.tag == "a"]
    others = [child for child in element if child.tag not in ("a", "br") and not is_marker(child)]
    return bool(links) and not others and all(map(is_blank, [element.text, *(one.tail for one in element)]))


def is_button_paragraph(paragraph: Element) -> bool:
    """Tell whether a paragraph holds nothing but links `[…](…){.button}`."""
    return is_row_of_links(paragraph) and all(
        CLASS in link.get("class", "").split() for link in paragraph.iterchildren("a")
    )


def html(element: Element, values: Values, _setting: Setting) -> None:
    """Make a table with a cell for each: the cell has the colour and, for Outlook, the space inside."""
    nodes = list(element)
    for node in nodes:
        element.remove(node)
    element.text = None
    row = etree.SubElement(table(element, "buttons"), "tr")
    del element.attrib["width"]
    _align(element, values.get("align", ""))
    for node in nodes:
        node.tail = None
        if node.tag == "a":
            if row.find("td") is not None:
                row.append(_gap())
            cell = etree.SubElement(row, "td", {"style": "mso-padding-alt:12px 22px"})
            cell.append(node)
            _let_break(node)
        elif is_marker(node):
            row.append(node)


def _let_break(link: Element) -> None:
    """Let a very long word break, which would push the buttons beside it out of the page."""
    if max(map(len, text_of(link).split()), default=0) > _LONG_WORD:
        link.set("style", f"{link.get('style', '')};word-break:break-word".lstrip(";"))


def _align(element: Element, side: str) -> None:
    if side:
        element.set("align", side)
        before, after = ("auto" if side != "left" else "0"), ("auto" if side != "right" else "0")
        element.set("style", f"margin-left:{before};margin-right:{after}")


def _gap() -> Element:
    return make("td", HAIR_SPACE, width=str(_GAP), style="background-color:transparent")


def text(element: Element, _values: Values, _setting: Setting) -> None:
    """Write `label: address` lines."""
    for link in element.iterchildren("a"):
        address = link.get("href", "").removeprefix("mailto:").removeprefix("tel:")
        label = text_of(link) or address
        line = make("p", address if label == address else f"{label}: {address}")
        link.addprevious(line)
        drop(link)


BLOCK = Block(
    html=html,
    text=text,
    shape=shape,
    keys={"href": ADDRESS, "align": choice("left", "center", "right")},
    word="href",
)
