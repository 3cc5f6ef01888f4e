"""Finished page -> the same, with a home for the pictures of the project that its layout and theme name."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

from mailer.compile.addresses import is_of_the_project
from mailer.compile.marker import MARKER
from mailer.compile.pictures.picture import LoadPicture
from mailer.compile.pictures.place import Placed, Shelf
from mailer.compile.shown import place_in
from mailer.errors import LayoutError
from mailer.layout.layout import Layout
from mailer.position import Position

_IMAGE = re.compile(r"(?P<before><img\b(?:[^>\"]|\"[^\"]*\")*?\ssrc=\")(?P<address>[^\"]+)(?=\")")


@dataclass(frozen=True, slots=True)
class OfPage:
    """The page, the pictures that were found for it, and where those that live on the web are named."""

    html: str
    placed: Placed = field(default_factory=Placed)
    named: Mapping[str, Position] = field(default_factory=dict)


def place_in_page(page: str, load: LoadPicture | None, base_url: str, layout: Layout) -> OfPage:
    """
    Give each local image that is left in a page the address where it lives: those of the content have theirs.

    Raises LayoutError where a picture that cannot be used is named.
    """
    if load is None:
        return OfPage(page)
    files = _Files(layout)
    shelf = Shelf(load, base_url, files, LayoutError)
    named: dict[str, Position] = {}

    def placed(image: re.Match[str]) -> str:
        address = html.unescape(image["address"])
        if not is_of_the_project(address) or MARKER.search(address):
            return image[0]
        home = shelf.place(address)
        if base_url:
            home = urljoin(f"{base_url.rstrip('/')}/", home)
            named[home] = files.find_address(address)
        return f"{image['before']}{html.escape(home)}"

    page = _IMAGE.sub(placed, page)
    return OfPage(page, Placed(tuple(shelf.files.values()), tuple(shelf.findings.values())), named)


@dataclass(frozen=True, slots=True)
class _Files:
    """The files of a layout, as what names addresses."""

    layout: Layout

    def find_address(self, address: str) -> Position:
        return place_in(self.layout, address)

    def line(self, position: Position) -> str:
        texts = {self.layout.paths.get(name, name): text for name, text in self.layout.templates.items()}
        if self.layout.theme_file:
            texts[self.layout.theme_file.path] = self.layout.theme_file.text
        lines = texts.get(position.path, "").split("\n")
        return lines[position.line - 1] if 0 < position.line <= len(lines) else ""

    def shown(self, word: str) -> str:
        return word
