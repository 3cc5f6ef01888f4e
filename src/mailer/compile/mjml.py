"""
MJML -> HTML.

The one file that knows mjml-python (mrml). It compiles fast and is silent about nonsense, so the layout is
judged before, its attribute values are written so that the library leaves them alone, and the page is looked
at after.
"""

import html
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

import mjml

from mailer.compile.marker import MARKER
from mailer.compile.shared import NOWHERE, join, part
from mailer.errors import LayoutError, LayoutFaults
from mailer.layout.elements import ELEMENTS, WITHOUT_CLOSING_TAG
from mailer.layout.layout import Layout
from mailer.layout.markup import Piece, Tag, Text, read_markup
from mailer.layout.validation import validate
from mailer.position import Position

_SENTINEL = "<!--end of mailer layout-->"
_REFERENCE = re.compile(r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);")
_NOT_PLAIN = re.compile(r"[^ -~]|[\"\\<>&]")
_IMAGE = re.compile(r"<img\b(?P<attributes>(?:[^>\"]|\"[^\"]*\")*?)(?P<end>\s*/?>)")
_HAS_ALT = re.compile(r"(?:^|\s)alt(?:=|\s|$)")
_QUOTED = re.compile(r"\"[^\"]*\"")
_STAYS = re.compile(r"\s*(?:\[if |<!\[endif\]|zxq)")
"""Comments that mean something: conditions for Outlook, markers. An author's own notes are dropped."""

_BYTES = re.compile(r"\b(\d+)(?::|\.\.)\d+\b")
_LAYOUTS = 16
"""Layouts whose pages are kept, without the texts of an issue."""
_REMEMBERED = 2048
"""Tags that are kept as they are written: a layout's are the same in every issue."""


def to_html(source: str, layout: Layout) -> str:
    """
    Return the page of a rendered layout: it begins with `<!DOCTYPE html>`, and every image has an `alt`.

    `source` is MJML whose templates went through `annotate` before Jinja, so that a fault is found in the
    author's file; without that its position is the layout's path alone. A marker that stands between elements
    comes out as a comment, any other as the word it was. Raises LayoutError.
    """
    if page := _from_shared(source):
        return page
    unknown = Position(layout.paths[layout.entry])
    try:
        return _compiled(_judged(source, unknown, layout), unknown)
    except LayoutError as error:
        error.source_line = error.source_line or _line(layout, error.position)
        raise


def _from_shared(source: str) -> str:
    """Return the page by way of what its layout gives all issues; nothing where something is wrong in it."""
    shared, own = part(source)
    if not all(one.is_right for one in own):
        return ""
    try:
        page = _shared_page(shared)
    except LayoutError:
        return ""  # its place in the author's file is found by looking at the whole
    return join(page, [escape_attribute(one.text) if one.name == "mj-title" else one.text for one in own])


@lru_cache(maxsize=_LAYOUTS)
def _shared_page(source: str) -> str:
    pieces = list(read_markup(source, NOWHERE))
    if faults := validate(pieces, NOWHERE):
        raise LayoutError(faults[0].message, NOWHERE)
    return _compiled(pieces, NOWHERE)


def _judged(source: str, unknown: Position, layout: Layout) -> Sequence[Piece]:
    """Return the pieces of a layout; raise LayoutError for its fault, LayoutFaults where it has several."""
    pieces: list[Piece] = []
    unreadable: list[LayoutError] = []
    try:
        pieces.extend(read_markup(source, unknown))
    except LayoutError as error:
        unreadable = [error]
    found = validate(pieces, unknown, whole=not unreadable)
    faults = [LayoutError(one.message, one.position, hint=one.hint) for one in found] + unreadable
    for fault in faults:
        fault.source_line = _line(layout, fault.position)
    if len(faults) > 1:
        raise LayoutFaults(faults)
    if faults:
        raise faults[0]
    return pieces


def _line(layout: Layout, position: Position) -> str:
    """Return the line of the author's file that `position` points to, or an empty string."""
    for name, path in layout.paths.items():
        if path == position.path and position.line:
            lines = layout.templates[name].split("\n")
            return lines[position.line - 1] if position.line <= len(lines) else ""
    return ""


def _compiled(pieces: Iterable[Piece], unknown: Position) -> str:
    prepared = _Prepared(unknown)
    open_tags: list[str] = []
    for piece in pieces:
        if isinstance(piece, Text):
            prepared.add(_text(piece, open_tags[-1] if open_tags else ""), piece.position)
            continue
        prepared.add(_tag(piece), piece.position)
        if piece.kind == "close":
            open_tags.pop()
        elif piece.kind == "open" and piece.name not in WITHOUT_CLOSING_TAG:
            open_tags.append(piece.name)
    page = _library(prepared)
    _nothing_lost(prepared, page)
    return _finished(page)


class _Prepared:
    """The MJML that the library gets, and where each part of it comes from."""

    def __init__(self, unknown: Position) -> None:
        self._parts: list[str] = []
        self._places: list[tuple[int, Position]] = [(0, unknown)]
        self._bytes = 0

    def add(self, text: str, position: Position) -> None:
        self._parts.append(text)
        self._places.append((self._bytes, position))
        self._bytes += len(text) if text.isascii() else len(text.encode())

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def place(self, offset: int) -> Position:
        """Return where the byte at `offset` comes from."""
        start, position = [place for place in self._places if place[0] <= offset][-1]
        lines = self.text.encode()[start:offset].count(b"\n")
        return Position(position.path, position.line + lines) if lines and position.line else position


@lru_cache(maxsize=_REMEMBERED)
def _tag(tag: Tag) -> str:
    attributes = "".join(f' {name}="{escape_attribute(value)}"' for name, value in tag.attributes)
    if tag.kind == "close":
        end_of_page = f"<mj-raw>{_SENTINEL}</mj-raw>" if tag.name == "mj-body" else ""
        return f"{end_of_page}</{tag.name}>"
    return f"<{tag.name}{attributes}{' /' if tag.kind == 'alone' else ''}>"


def escape_attribute(value: str) -> str:
    r"""
    Return an attribute's value, as written in the layout, so that mjml-python does not change it.

    The library writes values as Rust prints strings for debugging: a no-break space comes out as `\u{a0}`.
    """
    plain = _REFERENCE.sub(lambda reference: html.unescape(reference[0]), value)
    return _NOT_PLAIN.sub(lambda character: f"&#{ord(character[0])};", plain)


def _text(piece: Text, parent: str) -> str:
    if piece.comment and not _STAYS.match(piece.text):
        return ""
    if parent == "mj-title":  # a title holds no comments, and it is copied into an aria-label as it is
        return escape_attribute(piece.text)
    if piece.comment:
        return f"<!--{piece.text}-->"
    element = ELEMENTS.get(parent)
    if element is not None and element.content == "elements":
        return MARKER.sub(lambda word: f"<!--{word[0]}-->", piece.text)
    return piece.text


def _library(prepared: _Prepared) -> str:
    try:
        return mjml.mjml2html(prepared.text, fonts={})
    except ValueError as error:
        found = _BYTES.search(str(error))
        place = prepared.place(int(found[1]) if found else 0)
        raise LayoutError(
            f"the MJML library refuses this: {error}",
            place,
            hint="every element is closed, every attribute quoted, a sign < is written &lt;",
        ) from None


def _nothing_lost(prepared: _Prepared, page: str) -> None:
    source = prepared.text
    for marker in MARKER.finditer(source):
        if marker[0] not in page:
            place = prepared.place(len(source[: marker.start()].encode()))
            raise LayoutError("a merge field cannot stand here: the MJML library drops it", place)
    if _SENTINEL not in page or page.count("<!--[if") != page.count("<![endif]-->"):
        place = prepared.place(len(source.encode()))
        raise LayoutError(
            "a part of this layout is lost on its way through the MJML library",
            place,
            hint="look for a conditional comment or a tag that is opened and not closed",
        )


def _finished(page: str) -> str:
    page = page.replace(_SENTINEL, "").replace("<!doctype html>", "<!DOCTYPE html>", 1)
    return _IMAGE.sub(_with_alt, page)


def _with_alt(image: re.Match[str]) -> str:
    if _HAS_ALT.search(_QUOTED.sub("", image["attributes"])):
        return image[0]
    return f'<img{image["attributes"]} alt=""{image["end"]}'
