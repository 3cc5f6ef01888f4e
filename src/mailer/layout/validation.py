"""Pieces of MJML -> every fault in them: mjml-python accepts nonsense in silence, so judging is ours."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

from mailer.errors import did_you_mean
from mailer.layout.duplicates import check_classes, check_ids, check_only_one, check_twice
from mailer.layout.elements import (
    ELEMENTS,
    HTML_ELEMENTS,
    REFUSED,
    REFUSED_ATTRIBUTES,
    WITHOUT_CLOSING_TAG,
    Element,
)
from mailer.layout.fault import Fault
from mailer.layout.html import check_attributes, check_nesting
from mailer.layout.markup import Piece, Tag, Text
from mailer.layout.texts import MARKER_WORDS, check_text
from mailer.layout.values import fault_of_value
from mailer.layout.widths import check_widths
from mailer.position import Position

_HTML_TAGS = HTML_ELEMENTS | WITHOUT_CLOSING_TAG
_KNOWN_TAGS = _HTML_TAGS | frozenset(ELEMENTS)
_REMEMBERED = 2048
"""Tags that are known to be right where they stand: a layout's are the same in every issue."""


def validate(pieces: Sequence[Piece], unknown: Position, *, whole: bool = True) -> tuple[Fault, ...]:
    """
    Return all that is no MJML or that mjml-python breaks, each once, in the order of the author's lines.

    `unknown` is the position of what has none. `whole` is false where the pieces end too early, so that what
    is still open is none of the author's faults.
    """
    tags = [piece for piece in pieces if isinstance(piece, Tag)]
    faults = [*check_classes(tags), *check_only_one(tags)]
    texts = [piece.text for piece in pieces if isinstance(piece, Text)]
    if not any("zxq" in text and MARKER_WORDS.search(text) for text in texts):
        faults += check_ids(tags)  # of two branches for recipients, one stays
        faults += check_widths(tags)
    faults += _check_pieces(pieces, whole=whole)
    if whole and not faults:
        faults += _check_root(pieces, unknown)
    return tuple(sorted(dict.fromkeys(faults), key=lambda fault: fault.position)) if faults else ()


def _check_pieces(pieces: Sequence[Piece], *, whole: bool) -> Iterator[Fault]:
    """Yield the faults of each piece where it stands."""
    open_tags: list[Tag] = []
    children_of_root: list[str] = []
    for number, piece in enumerate(pieces):
        if isinstance(piece, Text):
            if not piece.text.isspace():
                yield from check_text(piece, open_tags[-1] if open_tags else None)
        elif piece.kind == "close":
            yield from _close(piece, open_tags, islice(pieces, number + 1, None))
        else:
            yield from _check_tag(piece, open_tags)
            if len(open_tags) == 1:
                children_of_root.append(piece.name)
                yield from _check_order(piece, children_of_root)
            if piece.kind == "open" and piece.name not in WITHOUT_CLOSING_TAG:
                open_tags.append(piece)
    if whole:
        yield from (_never_closed(tag) for tag in open_tags)


def _fault(at: Tag, message: str, hint: str = "") -> Fault:
    return Fault(message, at.position, hint)


def _never_closed(tag: Tag) -> Fault:
    return _fault(tag, f"<{tag.name}> is never closed", f"write </{tag.name}>")


def _check_root(pieces: Sequence[Piece], unknown: Position) -> Iterator[Fault]:
    """Yield a fault where a layout, right in all its parts, is no page."""
    opened = [piece for piece in pieces if isinstance(piece, Tag) and piece.kind != "close"]
    roots = [tag for tag in opened if tag.name == "mjml"]
    if len(roots) != 1 or all(tag.name != "mj-body" for tag in opened):
        place = roots[-1].position if roots else unknown
        yield Fault("a layout is one <mjml> with an <mj-body>", place)


def _close(tag: Tag, open_tags: list[Tag], rest: Iterator[Piece]) -> Iterator[Fault]:
    """Take the tag that this one closes off the open ones, with those inside that nothing closes."""
    if tag.name in WITHOUT_CLOSING_TAG:
        yield _fault(tag, f"<{tag.name}> takes no closing tag", f"remove </{tag.name}>")
    elif all(opened.name != tag.name for opened in open_tags):
        yield from _close_another(tag, open_tags, rest)
    else:
        while (opened := open_tags.pop()).name != tag.name:
            yield _closed_by(opened, tag)


def _close_another(tag: Tag, open_tags: list[Tag], rest: Iterator[Piece]) -> Iterator[Fault]:
    """Take the last open tag for the one that is meant, unless the `rest` closes that itself."""
    if not open_tags or _closes(rest, open_tags[-1].name):
        yield _fault(tag, f"</{tag.name}> closes nothing", "remove it, or open the element before it")
    else:
        yield _closed_by(open_tags.pop(), tag)


def _closes(rest: Iterator[Piece], name: str) -> bool:
    """Tell whether an element of this name, open before the `rest`, is closed in it."""
    depth = 1
    for piece in rest:
        if isinstance(piece, Tag) and piece.name == name and piece.kind != "alone":
            depth += 1 if piece.kind == "open" else -1
        if not depth:
            return True
    return False


def _closed_by(opened: Tag, tag: Tag) -> Fault:
    hint = f"write </{opened.name}> before </{tag.name}>"
    return _fault(opened, f"<{opened.name}> is closed by </{tag.name}>", hint)


def _check_order(tag: Tag, names: Sequence[str]) -> Iterator[Fault]:
    if names.count(tag.name) > 1:
        yield _fault(tag, f"a second <{tag.name}>", "join the two")
    elif names[-1] == "mj-head" and "mj-body" in names:
        yield _fault(tag, "<mj-head> stands after <mj-body>", "move it before")


def _check_tag(tag: Tag, open_tags: Sequence[Tag]) -> Iterator[Fault]:
    if tag.name in REFUSED:
        reason, hint = REFUSED[tag.name]
        yield _fault(tag, f"<{tag.name}> cannot be used: {reason}", hint)
    elif tag.name.startswith("mj"):
        yield from _check_mjml(tag, open_tags[-1].name if open_tags else "")
    else:
        yield from _check_html(tag, open_tags)
        yield from check_twice(tag)


@lru_cache(maxsize=_REMEMBERED)
def _check_mjml(tag: Tag, parent: str) -> tuple[Fault, ...]:
    return (*_check_element(tag, parent), *check_twice(tag))


def _check_element(tag: Tag, parent: str) -> Iterator[Fault]:
    element = ELEMENTS.get(tag.name)
    if element is None:
        near = did_you_mean(tag.name, ELEMENTS)
        hint = "see documentation.mjml.io for the elements of MJML"
        yield _fault(tag, f"unknown element <{tag.name}>{near}", hint)
        return
    if parent == "mj-attributes":
        yield from _check_defaults(tag, element)
        return
    if parent not in element.parents and (parent in _KNOWN_TAGS or (not parent and element.parents)):
        places = " or ".join(f"<{name}>" for name in sorted(element.parents)) or "the beginning"
        inside = f"inside <{parent}>" if parent else "on its own"
        yield _fault(tag, f"<{tag.name}> cannot stand {inside}", f"it belongs in {places}")
    yield from _check_attributes(tag, element.attributes)
    for name in element.required:
        if not tag.get(name):
            yield _fault(tag, f"<{tag.name}> has no {name}", f'write <{tag.name} {name}="…">')


def _check_defaults(tag: Tag, element: Element) -> Iterator[Fault]:
    """Yield the faults of a tag inside <mj-attributes>, where attributes are defaults for other elements."""
    if tag.name == "mj-class" and not tag.get("name"):
        yield _fault(tag, "<mj-class> has no name", '<mj-class name="…">')
    any_of = frozenset().union(*(one.attributes for one in ELEMENTS.values()))
    yield from _check_attributes(tag, any_of if tag.name in {"mj-all", "mj-class"} else element.attributes)


def _check_attributes(tag: Tag, allowed: frozenset[str]) -> Iterator[Fault]:
    for name, value in tag.attributes:
        if reason := REFUSED_ATTRIBUTES.get((tag.name, name)):
            yield _fault(tag, f"'{name}' has no effect on <{tag.name}>", reason)
        elif name not in allowed:
            message = f"<{tag.name}> has no attribute '{name}'{did_you_mean(name, allowed)}"
            yield _fault(tag, message, f"it takes {', '.join(sorted(allowed)) or 'none'}")
        elif fault := fault_of_value(name, value, tag.name):
            yield _fault(tag, f'{name}="{value}" on <{tag.name}>: {fault}')


def _check_html(tag: Tag, open_tags: Sequence[Tag]) -> Iterator[Fault]:
    parent = open_tags[-1] if open_tags else None
    holder = ELEMENTS.get(parent.name) if parent else None
    if parent is None or (holder is not None and holder.content != "html"):
        where = f"directly in <{parent.name}>" if parent else "outside <mjml>"
        yield _fault(tag, f"<{tag.name}> cannot stand {where}", "HTML goes into <mj-text> or <mj-raw>")
    elif tag.name.lower() not in _HTML_TAGS:
        near = did_you_mean(tag.name, HTML_ELEMENTS)
        message = f"unknown element <{tag.name}>{near}"
        yield _fault(tag, message, "only HTML that email shows can stand here")
    else:
        yield from check_nesting(tag, open_tags)
    yield from check_attributes(tag)
