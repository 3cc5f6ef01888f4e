"""`divider`: a line across, which Outlook draws like the others do."""

from mailer.compile.blocks.block import Block, Values
from mailer.compile.blocks.element import HAIR_SPACE, boxed
from mailer.compile.blocks.setting import Setting
from mailer.compile.fragment import Element


def html(element: Element, _values: Values, _setting: Setting) -> None:
    """Make a cell with a border: Outlook's own <hr> is a grey groove."""
    element.text = HAIR_SPACE
    boxed(element, "divider")


def text(element: Element, _values: Values, _setting: Setting) -> None:
    """Write three stars."""
    element.tag, element.text = "p", "* * *"


BLOCK = Block(html=html, text=text, holds=False)
