"""`card`: anything, in a box of its own."""

from mailer.compile.blocks.block import Block, Values, refuse_empty
from mailer.compile.blocks.element import WIDTH, boxed, width_at
from mailer.compile.blocks.setting import Setting
from mailer.compile.fragment import Element

_AROUND = 50
"""Pixels of padding and border at both sides."""


def shape(element: Element, _values: Values, _setting: Setting) -> None:
    """Refuse an empty one."""
    refuse_empty(element, "card")


def html(element: Element, _values: Values, setting: Setting) -> None:
    """Make a table with one cell, which is what Outlook gives a background and padding."""
    inner = width_at(element, setting.width) - _AROUND
    boxed(element, "card").set(WIDTH, str(inner))


BLOCK = Block(html=html, shape=shape)
