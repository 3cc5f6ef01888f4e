"""`spacer`: so many pixels of nothing."""

from mailer.compile.blocks.block import Block, Values
from mailer.compile.blocks.element import HAIR_SPACE
from mailer.compile.blocks.setting import Setting
from mailer.compile.blocks.values import PIXELS
from mailer.compile.fragment import Element, drop

_USUAL = "24"


def html(element: Element, values: Values, _setting: Setting) -> None:
    """Make a line of that height."""
    height = values.get("height", _USUAL)
    element.text = HAIR_SPACE
    element.set("class", "spacer")
    element.set("style", f"height:{height}px;line-height:{height}px;mso-line-height-rule:exactly")


def text(element: Element, _values: Values, _setting: Setting) -> None:
    """Write nothing: blocks of text are apart already."""
    drop(element)


BLOCK = Block(html=html, text=text, keys={"height": PIXELS}, word="height", holds=False)
