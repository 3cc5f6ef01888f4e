"""`video`: its poster, linked; no mail program plays an embedded one."""

from mailer.compile.blocks.block import Block, Values
from mailer.compile.blocks.element import fit, make, put_first, width_at
from mailer.compile.blocks.setting import Setting
from mailer.compile.blocks.values import ADDRESS, WORDS, required
from mailer.compile.fragment import Element, drop

_POSTER = "poster"
_PLAY = "\N{BLACK RIGHT-POINTING TRIANGLE}\N{VARIATION SELECTOR-15}"


def shape(element: Element, values: Values, _setting: Setting) -> None:
    """Put the linked poster before the text."""
    link = make("a", href=values.pop("href"), class_=_POSTER)
    link.append(make("img", src=values.pop("poster"), alt=values.pop("alt")))
    put_first(element, link)


def html(element: Element, _values: Values, setting: Setting) -> None:
    """Write a line to click on below the poster, for whoever sees no picture or takes it for one."""
    room = width_at(element, setting.width)
    element.set("class", "video")
    for link in element.iterchildren("a"):
        if link.get("class") == _POSTER:
            image = link[0]
            fit(image, room)
            line = make("p")
            line.append(make("a", f"{_PLAY} {image.get('alt')}", href=link.get("href", "")))
            line.tail, link.tail = link.tail, None
            link.addnext(line)


def text(element: Element, _values: Values, setting: Setting) -> None:
    """Write what it shows and its address."""
    word = setting.words.get("video", "Video")
    for link in element.iterchildren("a"):
        if link.get("class") == _POSTER:
            link.addprevious(make("p", f"[{word}: {link[0].get('alt')}] {link.get('href')}"))
            drop(link)


BLOCK = Block(
    html=html,
    text=text,
    shape=shape,
    keys={"href": required(ADDRESS), "poster": required(ADDRESS), "alt": required(WORDS)},
)
