"""`text`: what the text part says in place of what stands right above."""

from mailer.compile.blocks.block import Block, BlockFault, Values
from mailer.compile.blocks.element import is_blank, make, move_content
from mailer.compile.blocks.setting import Setting
from mailer.compile.fragment import Comment, Element, drop, unwrap

NAME = "text"
_HINT = (
    "put it right below a paragraph, a table, a picture or a block; text of its own stands in ::: only text"
)


def shape(element: Element, _values: Values, _setting: Setting) -> None:
    """Refuse one that has nothing above it."""
    above = element.getprevious()
    if above is None or isinstance(above, Comment) or not is_blank(above.tail):
        raise BlockFault("nothing stands right above this text", _HINT, NAME)
    if above.get("data-block") == NAME:
        raise BlockFault("this text stands below another one", "make them one block", NAME)


def bind(element: Element) -> None:
    """Take in what it stands for, so that nothing comes between: the last child is the text."""
    above = element.getprevious()
    assert above is not None
    said = make("div")
    move_content(element, said)
    above.tail = None
    element.extend([above, said])


def html(element: Element, _values: Values, _setting: Setting) -> None:
    """Leave what stands above."""
    drop(element[-1])
    unwrap(element)


def text(element: Element, _values: Values, _setting: Setting) -> None:
    """Leave the text alone."""
    for above in element[:-1]:
        drop(above)
    unwrap(element[-1])
    unwrap(element)


BLOCK = Block(html=html, text=text, shape=shape)
