"""The tree of a fragment: what the blocks do with its elements."""

from collections.abc import Iterator

from lxml import etree

from mailer.compile.fragment import Comment, Element
from mailer.compile.marker import MARKER

_LAYOUT = {"role": "presentation", "width": "100%", "border": "0", "cellpadding": "0", "cellspacing": "0"}
_INSETS = {"blockquote": 43, "ul": 26, "ol": 26, "dd": 20}
"""Pixels that these take from what they hold."""

WIDTH = "data-width"
"""On an element whose content has fewer pixels than what is around it; taken away at the end."""

HAIR_SPACE = "\N{HAIR SPACE}"
"""Without a sign in it Outlook makes a line higher than it was told to."""


def outlook(markup: str) -> Element:
    """Return HTML that only Outlook for Windows reads; tags in it may open here and close elsewhere."""
    return etree.Comment(f"[if mso]>{markup}<![endif]")


def is_marker(node: Element) -> bool:
    """Tell whether a node is the comment that stands for a tag which waits for the recipient."""
    return isinstance(node, Comment) and bool(MARKER.fullmatch(node.text or ""))


def is_blank(text: str | None) -> bool:
    """Tell whether a text says nothing: white space, or tags that wait."""
    return not text or not MARKER.sub("", text).strip()


def make(tag: str, text: str = "", **attributes: str) -> Element:
    """Return an element; `class_` is its class."""
    element = etree.Element(tag, {name.rstrip("_"): value for name, value in attributes.items()})
    element.text = text or None
    return element


def move_content(source: Element, target: Element) -> None:
    """Move text and children to the end of an empty element."""
    target.text, source.text = source.text, None
    target.extend(list(source))


def put_first(element: Element, child: Element) -> None:
    """Put a child before all that the element holds."""
    child.tail, element.text = element.text, None
    element.insert(0, child)


def table(element: Element, classes: str) -> Element:
    """Turn an element into a table that arranges, without rows; what it held is lost unless moved before."""
    element.tag = "table"
    for name, value in {"class": classes, **_LAYOUT}.items():
        element.set(name, value)
    return element


def boxed(element: Element, classes: str) -> Element:
    """Turn an element into a table with one cell that holds what the element held; return the cell."""
    cell = make("td")
    move_content(element, cell)
    row = etree.SubElement(table(element, classes), "tr")
    row.append(cell)
    return cell


def images_of(element: Element) -> Iterator[Element]:
    """Yield the images in an element, each with the link around it where it is alone in one."""
    for image in element.iter("img"):
        around = image.getparent()
        is_linked = around is not None and around.tag == "a" and len(around) == 1
        yield around if is_linked and around is not None else image


def fit(image: Element, width: int) -> None:
    """Let an image fill `width` pixels; Outlook knows no other way than the attribute."""
    image.set("width", str(width))
    image.attrib.pop("height", None)


def wider(image: Element, width: int) -> bool:
    """Tell whether an image says that it is wider than so many pixels."""
    told = image.get("width", "")
    return told.isascii() and told.isdigit() and int(told[:9]) > width


def width_at(element: Element, outermost: int) -> int:
    """Return the pixels that the content of an element's surroundings has."""
    taken = 0
    for around in element.iterancestors():
        if around.get(WIDTH):
            return int(around.get(WIDTH, "0")) - taken
        taken += _INSETS.get(str(around.tag), 0)
    return outermost - taken
