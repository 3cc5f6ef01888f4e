"""Finished page -> the images that it shows from the web, and where each was named."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass

from mailer.compile.marker import MARKER
from mailer.layout.layout import Layout
from mailer.position import Position

_IMAGE = re.compile(r"<img\b(?:[^>\"]|\"[^\"]*\")*?\ssrc=\"(https?://[^\"]*)\"")


@dataclass(frozen=True, slots=True)
class ShownImage:
    """An image on the web, the same for everyone; `position` is where its author named it."""

    url: str
    position: Position


def shown_images(page: str, named: Mapping[str, Position], layout: Layout) -> tuple[ShownImage, ...]:
    """
    Return the images of a page, each once; an address with a marker in it is another for each recipient.

    `named` are those of the content; what else there is comes from the theme or a template of the layout.
    """
    addresses = dict.fromkeys(html.unescape(image[1]) for image in _IMAGE.finditer(page))
    return tuple(
        ShownImage(address, named.get(address) or place_in(layout, address))
        for address in addresses
        if not MARKER.search(address)
    )


def place_in(layout: Layout, address: str) -> Position:
    """Return where a layout's file holds an address, or the layout's file alone."""
    texts = {**layout.templates, **{file.path: file.text for file in [layout.theme_file] if file}}
    for name, text in texts.items():
        at = text.find(address)
        if at >= 0:
            line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
            return Position(layout.paths.get(name, name), line, column)
    return Position(layout.paths[layout.entry])
