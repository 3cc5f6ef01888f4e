"""Pieces of MJML -> the first fault, if any: mjml-python accepts nonsense in silence, so judging is ours."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NoReturn

from mailer.errors import LayoutError, did_you_mean
from mailer.layout.duplicates import check_classes, check_ids, check_only_one, check_twice
from mailer.layout.elements import (
    ELEMENTS,
    HTML_ELEMENTS,
    REFUSED,
    REFUSED_ATTRIBUTES,
    WITHOUT_CLOSING_TAG,
    Element,
)
from mailer.layout.html import check_attributes, check_nesting
from mailer.layout.markup import Piece, Tag, Text, read_markup
from mailer.layout.values import fault_of_value
from mailer.layout.widths import check_widths
from mailer.position import Position

_MARKER_WORDS = re.compile(r"zxq[0-9a-z]+zx")
_LONE_AMPERSAND = re.compile(r"&(?!#[0-9]+;|#[xX][0-9a-fA-F]+;|[A-Za-z][A-Za-z0-9]*;)")
_CONDITION = re.compile(r"\s*\[if [^\]]*\]>(?P<inside>.*)<!\[endif\]\s*", re.DOTALL)
_BRACE = re.compile(r"[{}]")
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_IMPORT = re.compile(r"@import\b", re.IGNORECASE)
_ROOT_ORDER = ("mj-head", "mj-body")
_HTML_TAGS = HTML_ELEMENTS | WITHOUT_CLOSING_TAG
_REMEMBERED = 2048
"""Tags that are known to be right where they stand: a layout's are the same in every issue."""


def validate(pieces: Sequence[Piece], unknown: Position) -> None:
    """Raise LayoutError for the first thing that is no MJML or that mjml-python breaks."""
    open_tags: list[Tag] = []
    roots: list[Tag] = []
    children_of_root: list[str] = []
    tags = [piece for piece in pieces if isinstance(piece, Tag)]
    check_classes(tags)
    check_only_one(tags)
    if not any(_MARKER_WORDS.search(piece.text) for piece in pieces if isinstance(piece, Text)):
        check_ids(tags)  # of two branches for recipients, one stays
        check_widths(tags)
    for piece in pieces:
        if isinstance(piece, Text):
            _check_text(piece, open_tags[-1] if open_tags else None)
        elif piece.kind == "close":
            _close(piece, open_tags)
        else:
            _check_tag(piece, open_tags)
            if not open_tags:
                roots.append(piece)
            elif len(open_tags) == 1:
                children_of_root.append(piece.name)
                _check_order(piece, children_of_root)
            if piece.kind == "open" and piece.name not in WITHOUT_CLOSING_TAG:
                open_tags.append(piece)
    if open_tags:
        _fail(open_tags[-1], f"<{open_tags[-1].name}> is never closed", f"write </{open_tags[-1].name}>")
    if len(roots) != 1 or "mj-body" not in children_of_root:
        place = roots[-1].position if roots else unknown
        raise LayoutError("a layout is one <mjml> with an <mj-body>", place)


def _fail(at: Piece, message: str, hint: str = "") -> NoReturn:
    raise LayoutError(message, at.position, hint=hint)


def _close(tag: Tag, open_tags: list[Tag]) -> None:
    if tag.name in WITHOUT_CLOSING_TAG:
        _fail(tag, f"<{tag.name}> takes no closing tag", f"remove </{tag.name}>")
    if not open_tags:
        _fail(tag, f"</{tag.name}> closes nothing", "remove it, or open the element before it")
    opened = open_tags.pop()
    if opened.name != tag.name:
        _fail(
            opened,
            f"<{opened.name}> is closed by </{tag.name}>",
            f"write </{opened.name}> before </{tag.name}>",
        )


def _check_order(tag: Tag, names: Sequence[str]) -> None:
    if names.count(tag.name) > 1:
        _fail(tag, f"a second <{tag.name}>", "join the two")
    if tuple(names) != tuple(name for name in _ROOT_ORDER if name in names):
        _fail(tag, "<mj-head> stands after <mj-body>", "move it before")


def _check_tag(tag: Tag, open_tags: Sequence[Tag]) -> None:
    if tag.name.startswith("mj"):
        _check_mjml(tag, open_tags[-1].name if open_tags else "")
    else:
        _refuse(tag)
        _check_html(tag, open_tags)
        check_twice(tag)


@lru_cache(maxsize=_REMEMBERED)
def _check_mjml(tag: Tag, parent: str) -> None:
    _refuse(tag)
    _check_element(tag, parent)
    check_twice(tag)


def _refuse(tag: Tag) -> None:
    if tag.name in REFUSED:
        reason, hint = REFUSED[tag.name]
        _fail(tag, f"<{tag.name}> cannot be used: {reason}", hint)


def _check_element(tag: Tag, parent: str) -> None:
    element = ELEMENTS.get(tag.name)
    if element is None:
        near = did_you_mean(tag.name, ELEMENTS)
        _fail(
            tag, f"unknown element <{tag.name}>{near}", "see documentation.mjml.io for the elements of MJML"
        )
    if parent == "mj-attributes":
        _check_defaults(tag, element)
        return
    if parent not in element.parents and (parent or element.parents):
        places = " or ".join(f"<{name}>" for name in sorted(element.parents)) or "the beginning"
        inside = f"inside <{parent}>" if parent else "on its own"
        _fail(tag, f"<{tag.name}> cannot stand {inside}", f"it belongs in {places}")
    _check_attributes(tag, element.attributes, element.attributes)
    for name in element.required:
        if not tag.get(name):
            _fail(tag, f"<{tag.name}> has no {name}", f'write <{tag.name} {name}="…">')


def _check_defaults(tag: Tag, element: Element) -> None:
    """Check a tag inside <mj-attributes>, where attributes are defaults for other elements."""
    if tag.name == "mj-class" and not tag.get("name"):
        _fail(tag, "<mj-class> has no name", '<mj-class name="…">')
    any_of = frozenset().union(*(one.attributes for one in ELEMENTS.values()))
    allowed = any_of if tag.name in {"mj-all", "mj-class"} else element.attributes
    _check_attributes(tag, allowed, allowed)


def _check_attributes(tag: Tag, allowed: frozenset[str], known: frozenset[str]) -> None:
    for name, value in tag.attributes:
        if reason := REFUSED_ATTRIBUTES.get((tag.name, name)):
            _fail(tag, f"'{name}' has no effect on <{tag.name}>", reason)
        if name not in allowed:
            _fail(
                tag,
                f"<{tag.name}> has no attribute '{name}'{did_you_mean(name, known)}",
                f"it takes {', '.join(sorted(known)) or 'none'}",
            )
        if fault := fault_of_value(name, value, tag.name):
            _fail(tag, f'{name}="{value}" on <{tag.name}>: {fault}')


def _check_html(tag: Tag, open_tags: Sequence[Tag]) -> None:
    parent = open_tags[-1] if open_tags else None
    holder = ELEMENTS.get(parent.name) if parent else None
    if parent is None or (holder is not None and holder.content != "html"):
        where = f"directly in <{parent.name}>" if parent else "outside <mjml>"
        _fail(tag, f"<{tag.name}> cannot stand {where}", "HTML goes into <mj-text> or <mj-raw>")
    if tag.name.lower() not in _HTML_TAGS:
        near = did_you_mean(tag.name, HTML_ELEMENTS)
        _fail(tag, f"unknown element <{tag.name}>{near}", "only HTML that email shows can stand here")
    check_nesting(tag, open_tags)
    check_attributes(tag)


def _check_text(piece: Text, parent: Tag | None) -> None:
    if piece.comment:
        _check_comment(piece)
    elif parent is not None and parent.name in {"mj-style", "style"}:
        _check_css(piece)
    else:
        _check_words(piece, parent)


def _check_css(piece: Text) -> None:
    if found := _IMPORT.search(piece.text):
        raise LayoutError(
            "@import cannot be used: nothing is fetched for a mail",
            piece.place(found.start()),
            hint="write the rules themselves",
        )
    depth = 0
    for brace in _BRACE.finditer(_CSS_COMMENT.sub(lambda note: " " * len(note[0]), piece.text)):
        depth += 1 if brace[0] == "{" else -1
        if depth < 0:
            raise LayoutError("this } closes nothing", piece.place(brace.start()), hint="remove it")
    if depth:
        _fail(piece, "a { in these rules is never closed", "mail programs would drop the rest: write }")


def _check_words(piece: Text, parent: Tag | None) -> None:
    if found := _LONE_AMPERSAND.search(piece.text):
        shown = piece.text[found.start() :].split()[0]
        raise LayoutError(f"a lone & in '{shown}'", piece.place(found.start()), hint="write &amp;")
    holder = ELEMENTS.get(parent.name) if parent else None
    words = _MARKER_WORDS.sub("", piece.text).split()
    if words and (parent is None or (holder and holder.content in {"elements", "nothing"})):
        where = f"directly in <{parent.name}>" if parent else "outside <mjml>"
        place = piece.place(piece.text.index(words[0]))
        raise LayoutError(
            f"the text '{' '.join(words)[:40]}' stands {where}", place, hint="text goes into <mj-text>"
        )


def _check_comment(piece: Text) -> None:
    """Refuse a conditional comment that is not whole: mjml-python would drop the rest of the page."""
    if not piece.text.lstrip().startswith("[if"):
        return
    if re.fullmatch(r"\s*\[if [^\]]*\]><!\s*", piece.text):
        return
    condition = _CONDITION.fullmatch(piece.text)
    if condition is None:
        _fail(piece, "this conditional comment is not closed", "end it with <![endif]-->")
    depth: list[str] = []
    for tag in _tags(condition["inside"], piece.position):
        if tag.kind == "close" and (not depth or depth.pop() != tag.name):
            _fail(
                piece,
                f"</{tag.name}> in a conditional comment closes nothing in it",
                "keep the pair together",
            )
        if tag.kind == "open" and tag.name not in WITHOUT_CLOSING_TAG:
            depth.append(tag.name)
    if depth:
        _fail(piece, f"<{depth[-1]}> in a conditional comment is not closed in it", "keep the pair together")


def _tags(source: str, place: Position) -> Iterator[Tag]:
    return (piece for piece in read_markup(source, place) if isinstance(piece, Tag))
