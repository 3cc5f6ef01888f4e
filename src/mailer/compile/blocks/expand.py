"""Elements that stand for blocks -> links and images in them, then what mail programs or a text part show."""

from dataclasses import replace

from mailer.compile.blocks import text
from mailer.compile.blocks.arguments import read_values
from mailer.compile.blocks.block import BlockFault, Values
from mailer.compile.blocks.button import CLASS, is_button_paragraph
from mailer.compile.blocks.element import WIDTH
from mailer.compile.blocks.image import NATURAL, size_images
from mailer.compile.blocks.setting import Place, Setting
from mailer.compile.blocks.table import BLOCKS
from mailer.compile.fragment import Element, inner_html, parse_fragment
from mailer.errors import IssueError
from mailer.position import Position

STAGE = "blocks"

NAME = "data-block"
_ARGUMENTS = "data-arguments"
_PLACE = "data-place"
_VALUE = "data-"
_NOWHERE = Place(Position(""), "")


def shape_blocks(root: Element, setting: Setting) -> None:
    """
    Put links and images in place of the values that name them, and make blocks of paragraphs of buttons.

    Raises IssueError at a block's fence for what it cannot hold.
    """
    for element in _blocks_in(root):
        place = _place(element, setting)
        try:
            _shape(element, setting)
        except BlockFault as fault:
            raise _error(fault, place) from None
    for paragraph in list(root.iter("p")):
        if is_button_paragraph(paragraph):
            paragraph.tag = "div"
            paragraph.set(NAME, "button")


def buttons_in_text(root: Element) -> list[Element]:
    """Return the links that shall be buttons and are none, because they are not alone."""
    return [
        link
        for link in root.iter("a")
        if CLASS in link.get("class", "").split() and _name_around(link) != CLASS
    ]


def _name_around(element: Element) -> str:
    around = element.getparent()
    return "" if around is None else around.get(NAME, "")


def bind_texts(root: Element) -> None:
    """Join what the text part says otherwise to what it says it for; figures have their captions by then."""
    for element in _blocks_in(root):
        if element.get(NAME) == text.NAME:
            text.bind(element)


def expand(fragment: str, setting: Setting) -> str:
    """Return the fragment with plain elements in place of its blocks and sized images, for its target."""
    if f"{NAME}=" not in fragment and f"{NATURAL}=" not in fragment:
        return fragment
    root = parse_fragment(fragment, stage=STAGE)
    for element in _blocks_in(root):
        block = BLOCKS[element.attrib.pop(NAME)]
        form = block.text if setting.target == "text" else block.html
        form(element, _taken(element), setting)
    size_images(root, setting.width)
    for element in root.iter("td", "div"):
        element.attrib.pop(WIDTH, None)
    return inner_html(root)


def _blocks_in(root: Element) -> list[Element]:
    """Return the blocks, outer ones first."""
    return [element for element in root.iter("div") if element.get(NAME) in BLOCKS]


def _shape(element: Element, setting: Setting) -> None:
    name = element.get(NAME, "")
    values = read_values(element.attrib.pop(_ARGUMENTS, ""), name, BLOCKS[name])
    BLOCKS[name].shape(element, values, setting)
    for key, value in values.items():
        element.set(f"{_VALUE}{key}", value)


def _taken(element: Element) -> Values:
    """Take the values off an element."""
    names = [name for name in element.keys() if name.startswith(_VALUE) and name != WIDTH]  # noqa: SIM118
    return {name.removeprefix(_VALUE): element.attrib.pop(name) for name in names}


def _place(element: Element, setting: Setting) -> Place:
    number = element.attrib.pop(_PLACE, "")
    return setting.places[int(number)] if number and int(number) < len(setting.places) else _NOWHERE


def _error(fault: BlockFault, place: Place) -> IssueError:
    column = place.line.find(fault.word, place.position.column) + 1 if fault.word else 0
    position = replace(place.position, column=column or place.position.column)
    return IssueError(fault.message, position, hint=fault.hint, source_line=place.line)
