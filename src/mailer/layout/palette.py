"""The colours of a theme -> the pairs of them that are hard to read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mailer.layout.contrast import ENOUGH, READ_ON, contrast, nearest_readable
from mailer.layout.inversion import fully_inverted, partly_inverted

PALETTES = ("light", "dark")

Change = Callable[[str, str], tuple[str, str]]
"""What a mail program makes of a text and its background."""


@dataclass(frozen=True, slots=True)
class FaintPair:
    """
    Two colours of one palette with too little contrast.

    `key` is the one of them to change: the author's own. `nearest` is its nearest colour that passes on all
    it meets, or where there is none on the other of the pair; empty where even that cannot be.
    """

    palette: str
    front: str
    back: str
    ratio: float
    key: str
    nearest: str = ""

    def __str__(self) -> str:
        return f"[{self.palette}] {self.front} on {self.back}"


def faint_pairs(theme: Mapping[str, Any], changed: Mapping[str, Any]) -> Iterator[FaintPair]:
    """Yield each pair of the two palettes, at least one of it in `changed`, below WCAG's ratio for text."""
    for palette in PALETTES:
        colours = theme[palette]
        for front, back, key in _pairs(changed.get(palette, {})):
            ratio = contrast(colours[front], colours[back])
            if ratio < ENOUGH:
                yield FaintPair(palette, front, back, ratio, key, _nearest(colours, key, front, back))


def lost_in_the_dark(theme: Mapping[str, Any], changed: Mapping[str, Any]) -> Iterator[FaintPair]:
    """Yield each pair of the light palette that becomes faint in a program that darkens mails by force."""
    changes: tuple[Change, ...] = (fully_inverted, partly_inverted)
    colours = theme["light"]
    for front, back, key in _pairs(changed.get("light", {})):
        ratio = min(contrast(*change(colours[front], colours[back])) for change in changes)
        if ratio < ENOUGH:
            yield FaintPair("light", front, back, ratio, key)


def _pairs(own: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield the pairs with a colour of the author's own, and which of the two that is."""
    for front, back in READ_ON:
        if front in own or back in own:
            yield front, back, front if front in own else back


def _nearest(colours: Mapping[str, str], key: str, front: str, back: str) -> str:
    met = [colours[one if other == key else other] for one, other in READ_ON if key in {one, other}]
    other = colours[back if key == front else front]
    return nearest_readable(colours[key], met) or nearest_readable(colours[key], [other])
