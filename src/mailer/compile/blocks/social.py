"""`social`: where else to find us, as links in a row."""

from mailer.compile.blocks.block import Block, BlockFault, Values
from mailer.compile.blocks.element import is_marker, make
from mailer.compile.blocks.setting import Setting
from mailer.compile.fragment import Element, drop, text_of

_BETWEEN = "\N{NO-BREAK SPACE}\N{MIDDLE DOT} "


def shape(element: Element, _values: Values, setting: Setting) -> None:
    """Keep the links that the author wrote, or take those of the theme."""
    links: list[Element] = [node for node in element.iter() if node.tag == "a" or is_marker(node)]
    said = [text.strip() for text in element.itertext() if text.strip()]
    if not any(link.tag == "a" for link in links):
        if said:
            raise BlockFault(
                "social holds nothing but links", "write a list of them: - [Name](https://…)", "social"
            )
        links = [make("a", one["name"], href=one["url"]) for one in setting.social]
    if not links:
        hint = "write a list of links between the fences, or `social` in layouts/theme.toml"
        raise BlockFault("there are no links to show", hint, "social")
    for child in list(element):
        drop(child)
    element.text = None
    for link in links:
        link.tail = None
        element.append(link)


def html(element: Element, _values: Values, _setting: Setting) -> None:
    """Write the links in one line, a dot between them."""
    element.tag = "p"
    element.set("class", "social")
    shown = False
    for node in element:
        if node.tag == "a":
            if shown:
                dot = make("span", _BETWEEN)
                node.addprevious(dot)
            shown = True


def text(element: Element, _values: Values, _setting: Setting) -> None:
    """Write a list of `name: address`."""
    element.tag = "ul"
    for link in element.iterchildren("a"):
        link.tag, link.text = "li", f"{text_of(link)}: {link.get('href', '')}"
        for child in list(link):
            link.remove(child)


BLOCK = Block(html=html, text=text, shape=shape)
