"""
The dark palette -> CSS rules that put it over the light colours of the style attributes.

A table instead of a style sheet, because the rules are written twice: for programs that tell of a dark screen
in a media query, and for Outlook on the web, which tells of it by attributes on what it has darkened itself.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

from mailer.layout.code import CODE_CLASSES

_NAME = re.compile(r"[a-z][a-z0-9-]*")
_OF_THE_LAYOUT = frozenset({"md", "div", "section"})
"""Names that a page has whatever its content is."""


@dataclass(frozen=True, slots=True)
class Paint:
    """A property that takes a colour of the theme (or a word of CSS), and what it is for."""

    property: str
    colour: str
    selectors: tuple[str, ...]


def _paint(property: str, colour: str, *content: str, layout: Sequence[str] = ()) -> Paint:  # noqa: A002 - as in CSS
    return Paint(property, colour, (*layout, *(f".md {name}" for name in content)))


TEXT: tuple[Paint, ...] = (
    _paint("color", "text", layout=(".md", ".md div")),
    _paint("color", "heading", "h1", "h2", "h3", "h4", "h5", "th", "dt", ".lead", layout=(".name",)),
    _paint(
        "color",
        "muted",
        *("h6", "figcaption", "blockquote", ".byline", "del", ".footnote", ".footnote div"),
        layout=(".muted", ".muted div", ".link"),
    ),
    _paint("color", "link", "a"),
    _paint("color", "heading", "mark", "mark a", "mark del"),
    _paint("color", "code", "code", "pre"),
    *(_paint("color", colour, f".highlight .{names[0]}") for colour, names in CODE_CLASSES.items()),
    _paint("color", "button_text", ".btn", ".button"),
    _paint(
        "border-color",
        "border",
        *("th", "td", "hr", "abbr", ".section", ".card", ".divider td"),
        layout=(".sheet td", ".rule p"),
    ),
    _paint("border-color", "accent", "blockquote", ".callout"),
    _paint("border-color", "warning", ".callout.warning"),
    _paint("border-color", "muted", ".callout.quote"),
)
GROUND: tuple[Paint, ...] = (
    _paint("background-color", "card", ".section", layout=(".sheet", ".sheet > table")),
    _paint("background-color", "panel", ".card", ".hero"),
    _paint("background-color", "note_background", ".callout"),
    _paint("background-color", "warning_background", ".callout.warning"),
    _paint("background-color", "panel", ".callout.quote"),
    _paint("background-color", "code_background", "code", "pre"),
    _paint("background-color", "table_head", "th"),
    _paint("background-color", "mark", "mark"),
    _paint("background-color", "accent", ".btn", ".button"),
    _paint("background-color", "transparent", ".buttons td"),
)


def dark_rules(colours: Mapping[str, str], used: AbstractSet[str]) -> str:
    """Return the rules for a media query; `used` are the names of elements and classes in the content."""
    return "\n".join([*_rules(GROUND, colours, used, ""), *_rules(TEXT, colours, used, "")])


def outlook_dark_rules(colours: Mapping[str, str], used: AbstractSet[str]) -> str:
    """Return the same rules for Outlook on the web: one attribute is on darkened text, one on grounds."""
    text, ground = "[data-ogsc] ", "[data-ogsb] "
    return "\n".join([*_rules(TEXT, colours, used, text), *_rules(GROUND, colours, used, ground)])


def _rules(
    paints: Sequence[Paint], colours: Mapping[str, str], used: AbstractSet[str], prefix: str
) -> Iterator[str]:
    for paint in paints:
        selectors = [prefix + one for one in paint.selectors if _is_used(one, used)]
        if selectors:
            colour = colours.get(paint.colour, paint.colour)
            yield f"{', '.join(selectors)} {{ {paint.property}:{colour} !important; }}"


def _is_used(selector: str, used: AbstractSet[str]) -> bool:
    return _names_of_content(selector) <= used


@lru_cache(maxsize=256)
def _names_of_content(selector: str) -> frozenset[str]:
    """Return what the content must have for a selector to be of use."""
    names = _NAME.findall(selector) if selector.startswith(".md ") else ()
    return frozenset(names) - _OF_THE_LAYOUT
