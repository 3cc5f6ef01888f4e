"""HTML -> its tags, texts and control markers, in a row that markers can be moved along."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from mailer.compile.marker import MARKER

Kind = Literal["open", "close", "alone", "text", "marker"]

_VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905 - reads better
)
_MARKER = MARKER.pattern
OPEN_TAG = re.compile(r"<(?P<name>[A-Za-z][\w:-]*+)[^>\"']*+(?:(?:\"[^\"]*\"|'[^']*')[^>\"']*+)*+>")
"""An opening tag; a `>` in an attribute's quotes does not end it."""

_PIECE = re.compile(
    rf"(?P<marker><!--\s*{_MARKER}\s*-->)"
    r"|(?P<alone><!--.*?-->|<![^>]*>|<\?[^>]*>)"
    r"|(?P<close></[A-Za-z][^>]*>)"
    rf"|(?P<open>{OPEN_TAG.pattern})",
    re.DOTALL,
)
_CONTROL = re.compile(_MARKER.replace("[vomes]", "[omes]"))


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of HTML: `name` is a tag's name, or a control marker's word."""

    kind: Kind
    html: str
    name: str = ""

    @property
    def is_blank(self) -> bool:
        """Return whether it is nothing but white space."""
        return self.kind == "text" and not self.html.strip()


def read_pieces(html: str) -> list[Piece]:
    """Return the pieces; joined, their `html` is the same page, control markers in text made comments."""
    return list(_read(html))


def _read(html: str) -> Iterator[Piece]:
    done = 0
    for found in _PIECE.finditer(html):
        yield from _texts(html[done : found.start()])
        done = found.end()
        if found["marker"]:
            word = MARKER.search(found["marker"])
            assert word is not None
            yield Piece("marker", found[0], word[0])
        elif found["close"]:
            yield Piece("close", found[0], found[0][2:-1].strip().lower())
        elif found["alone"]:
            yield Piece("alone", found[0])
        else:
            name = found["name"].lower()
            yield Piece("alone" if name in _VOID or found[0].endswith("/>") else "open", found[0], name)
    yield from _texts(html[done:])


def _texts(text: str) -> Iterator[Piece]:
    done = 0
    for found in _CONTROL.finditer(text):
        if text[done : found.start()]:
            yield Piece("text", text[done : found.start()])
        yield Piece("marker", f"<!--{found[0]}-->", found[0])
        done = found.end()
    if text[done:]:
        yield Piece("text", text[done:])


@dataclass(frozen=True, slots=True)
class Tree:
    """
    Who stands in whom, by the pieces' places.

    `parents` has for every piece the place of the open tag around it, -1 at the top; `ends` the place of each
    open tag's closing tag.
    """

    pieces: Sequence[Piece]
    parents: Sequence[int]
    ends: dict[int, int]

    def ancestors(self, place: int) -> list[int]:
        """Return the open tags around a piece, outermost first."""
        found = []
        while (place := self.parents[place]) >= 0:
            found.append(place)
        return found[::-1]

    def contains(self, element: int, place: int) -> bool:
        """Return whether a piece stands in an element, at any depth."""
        return element < place < self.ends[element]

    def before(self, place: int) -> int:
        """Return the place of the nearest piece before that is not blank, or -1."""
        place -= 1
        while place >= 0 and self.pieces[place].is_blank:
            place -= 1
        return place

    def after(self, place: int) -> int:
        """Return the place of the nearest piece after that is not blank, or the length."""
        place += 1
        while place < len(self.pieces) and self.pieces[place].is_blank:
            place += 1
        return place

    def is_first(self, place: int) -> bool:
        """Return whether a piece is the first in its element."""
        return self.parents[place] >= 0 and self.before(place) == self.parents[place]

    def is_last(self, place: int) -> bool:
        """Return whether a piece is the last in its element."""
        return self.parents[place] >= 0 and self.after(place) == self.ends[self.parents[place]]


def grow_tree(pieces: Sequence[Piece]) -> Tree:
    """Return the tree of the pieces; an element without a closing tag ends with its parent."""
    parents: list[int] = []
    ends: dict[int, int] = {}
    around: list[int] = []
    for place, piece in enumerate(pieces):
        if piece.kind == "close" and any(pieces[one].name == piece.name for one in around):
            while pieces[around[-1]].name != piece.name:
                ends[around.pop()] = place
            ends[around.pop()] = place
        parents.append(around[-1] if around else -1)
        if piece.kind == "open":
            around.append(place)
    ends.update(dict.fromkeys(around, len(pieces)))
    return Tree(pieces, parents, ends)
