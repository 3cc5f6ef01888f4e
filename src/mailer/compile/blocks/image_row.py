"""`image-row`: pictures side by side, on phones too."""

from lxml import etree

from mailer.compile.blocks.block import Block, BlockFault, Values
from mailer.compile.blocks.element import (
    fit,
    images_of,
    is_blank,
    is_marker,
    table,
    width_at,
)
from mailer.compile.blocks.setting import Setting
from mailer.compile.fragment import Element

NAME = "image-row"
MOST = 4
_GAP = 8
_HOLDERS = ("p", "a", "img", "br", "h5", "h6")
_HINT = "write ![what it shows](picture.jpg), and a ##### line below for a caption"


def shape(element: Element, _values: Values, _setting: Setting) -> None:
    """Refuse anything but pictures and their caption."""
    images = list(element.iter("img"))
    holders = [one for one in element if one.tag not in _HOLDERS and not is_marker(one)]
    texts = [text for one in element.iter("p", "a") for text in (one.text, *(child.tail for child in one))]
    if holders or not all(map(is_blank, texts)):
        raise BlockFault("an image-row holds nothing but images", _HINT, NAME)
    if not 2 <= len(images) <= MOST:  # noqa: PLR2004 - one image makes no row
        raise BlockFault(f"an image-row of {len(images)}", f"two to {MOST} images make a row", NAME)


def html(element: Element, _values: Values, setting: Setting) -> None:
    """Make a table with a cell for each."""
    room = width_at(element, setting.width)
    caption = element.find(".//figcaption")
    etree.strip_tags(element, "p", "figure")
    nodes = [node for node in element if node is not caption and node.tag != "br"]
    count = len(list(element.iter("img")))
    width = room // count - _GAP
    for node in list(element):
        element.remove(node)
    element.text = None
    row = etree.SubElement(_table(element, caption), "tr")
    for node in nodes:
        node.tail = None
        if is_marker(node):
            row.append(node)
            continue
        for image in images_of(node):
            cell = etree.SubElement(row, "td", {"width": f"{100 // count}%"})
            cell.append(image)
    for image in row.iter("img"):
        fit(image, width)


def _table(element: Element, caption: Element | None) -> Element:
    """Return the element as the table, or a table in it above the caption."""
    if caption is None:
        return table(element, NAME)
    element.tag = "figure"
    rows = table(etree.SubElement(element, "table"), NAME)
    element.append(caption)
    return rows


BLOCK = Block(html=html, shape=shape)
