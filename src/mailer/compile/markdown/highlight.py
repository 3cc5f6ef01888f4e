"""
Code -> coloured code, as Pygments reads it; the one file that knows Pygments.

The spans carry a class only. The layout's `content.css` has the colours, which are inlined from there, and
its `screen.css` those for dark screens: both are the theme's, and held to the contrast that text needs.
"""

from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from itertools import groupby
from operator import itemgetter
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString

from mailer.compile.marker import MARKER
from mailer.layout.code import CODE_CLASSES

CLASSES = {
    **{short: shorts[0] for shorts in CODE_CLASSES.values() for short in shorts},
    "ge": "ge",
    "gs": "gs",
}
"""The class that a span gets by Pygments' short name of its token: one for each colour, others get none."""

LONGEST = 50_000
"""Characters; longer code stays plain, since a lexer's time may grow faster than its text."""

Piece = tuple[str, str]
"""A class, or nothing, and text."""


def highlight(code: Element, text: str, language: str) -> bool:
    """Put code into its element with its tokens in spans; tell whether the language is known."""
    lexer = _lexer(language) if len(text) <= LONGEST else None
    pieces = list(_pieces(lexer, text)) if lexer else []
    if not any(name for name, _ in pieces) or not _is_whole(pieces, text):
        return False
    last = code
    for name, piece in pieces:
        if name:
            last = SubElement(code, "span", {"class": name})
            last.text = AtomicString(piece)
        elif last is code:
            code.text = AtomicString(piece)
        else:
            last.tail = AtomicString(piece)
    return True


@lru_cache(maxsize=64)
def _lexer(language: str) -> Any:
    """Return the lexer of a language, nothing if there is none of this name."""
    not_found = import_module("pygments.util").ClassNotFound
    try:
        return import_module("pygments.lexers").get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except not_found:
        return None


def _pieces(lexer: Any, text: str) -> Iterator[Piece]:
    """Yield the text, neighbours of one class together and the markers of blocks in no span."""
    tokens = ((_class(kind), value) for kind, value in lexer.get_tokens(text))
    parted = (piece for name, value in tokens for piece in _part(name, value) if piece[1])
    for name, group in groupby(parted, key=itemgetter(0)):
        yield name, "".join(value for _, value in group)


@lru_cache(maxsize=512)
def _class(kind: Any) -> str:
    """Return the class for a kind of token, or for the nearest more general one that has a colour."""
    short_names = import_module("pygments.token").STANDARD_TYPES
    while kind is not None:
        if name := CLASSES.get(short_names.get(kind, "")):
            return name
        kind = kind.parent
    return ""


def _part(name: str, value: str) -> Iterator[Piece]:
    """
    Yield a token cut at the markers of blocks: these may not begin in one element and end in another.

    White space has no colour; it belongs to no span.
    """
    if not name or value.isspace():
        yield "", value
        return
    position = 0
    for found in MARKER.finditer(value) if "zxq" in value else ():
        if found["role"] != "v":
            yield name, value[position : found.start()]
            yield "", found[0]
            position = found.end()
    yield name, value[position:]


def _is_whole(pieces: list[Piece], text: str) -> bool:
    """Tell whether nothing was lost or changed, and no marker was cut in two."""
    markers = sum(len(MARKER.findall(piece)) for _, piece in pieces) if "zxq" in text else 0
    return "".join(piece for _, piece in pieces) == text and (
        "zxq" not in text or markers == len(MARKER.findall(text))
    )
