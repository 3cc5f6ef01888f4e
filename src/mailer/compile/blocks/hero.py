"""`hero`: the opening, with a picture across the whole width."""

from lxml import etree

from mailer.compile.blocks.block import Block, BlockFault, Values, refuse_empty
from mailer.compile.blocks.element import WIDTH, boxed, fit, make, put_first, table, width_at
from mailer.compile.blocks.setting import Setting
from mailer.compile.blocks.values import ADDRESS, TEXT
from mailer.compile.fragment import Element

_AROUND = 64
"""Pixels of padding at both sides."""

_PICTURE = "hero-picture"


def shape(element: Element, values: Values, _setting: Setting) -> None:
    """Put the picture before the text."""
    source, alt = values.pop("image", ""), values.pop("alt", "")
    if source and not alt:
        raise BlockFault("the picture of this hero has no alt", 'write what it shows: alt="…"', "image")
    if not source:
        refuse_empty(element, "hero")
    else:
        put_first(element, make("img", src=source, alt=alt, class_=_PICTURE))


def html(element: Element, _values: Values, setting: Setting) -> None:
    """Make a table: the picture, edge to edge, and a cell below it."""
    room = width_at(element, setting.width)
    picture = element.find(f"img[@class='{_PICTURE}']")
    if picture is not None:
        element.text = picture.tail
        picture.tail = None
        element.remove(picture)
    if picture is None or len(element) or (element.text or "").strip():
        boxed(element, "hero").set(WIDTH, str(room - _AROUND))
    else:
        table(element, "hero").text = None
    if picture is not None:
        fit(picture, room)
        row = make("tr")
        etree.SubElement(row, "td", {"class": "picture"}).append(picture)
        element.insert(0, row)


BLOCK = Block(html=html, shape=shape, keys={"image": ADDRESS, "alt": TEXT})
