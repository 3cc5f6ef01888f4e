"""What stands between the tags of a layout -> its faults: words, rules of style, conditional comments."""

import re
from collections.abc import Iterator

from mailer.errors import LayoutError
from mailer.layout.elements import ELEMENTS, WITHOUT_CLOSING_TAG
from mailer.layout.fault import Fault
from mailer.layout.markup import Tag, Text, read_markup

MARKER_WORDS = re.compile(r"zxq[0-9a-z]+zx")
_LONE_AMPERSAND = re.compile(r"&(?!#[0-9]+;|#[xX][0-9a-fA-F]+;|[A-Za-z][A-Za-z0-9]*;)")
_CONDITION = re.compile(r"\s*\[if [^\]]*\]>(?P<inside>.*)<!\[endif\]\s*", re.DOTALL)
_FOR_ALL_BUT_OUTLOOK = re.compile(r"\s*\[if [^\]]*\]><!\s*")
_BRACE = re.compile(r"[{}]")
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_IMPORT = re.compile(r"@import\b", re.IGNORECASE)


def check_text(piece: Text, parent: Tag | None) -> Iterator[Fault]:
    """Yield the faults of what stands between two tags; `parent` is what holds it."""
    if piece.comment:
        yield from _check_comment(piece)
    elif parent is not None and parent.name in {"mj-style", "style"}:
        yield from _check_css(piece)
    else:
        yield from _check_words(piece, parent)


def _check_css(piece: Text) -> Iterator[Fault]:
    for found in _IMPORT.finditer(piece.text):
        message = "@import cannot be used: nothing is fetched for a mail"
        yield Fault(message, piece.place(found.start()), "write the rules themselves")
    depth = 0
    for brace in _BRACE.finditer(_CSS_COMMENT.sub(lambda note: " " * len(note[0]), piece.text)):
        depth += 1 if brace[0] == "{" else -1
        if depth < 0:
            yield Fault("this } closes nothing", piece.place(brace.start()), "remove it")
            depth = 0
    if depth:
        message = "a { in these rules is never closed"
        yield Fault(message, piece.position, "mail programs would drop the rest: write }")


def _check_words(piece: Text, parent: Tag | None) -> Iterator[Fault]:
    for found in _LONE_AMPERSAND.finditer(piece.text):
        shown = piece.text[found.start() :].split()[0]
        yield Fault(f"a lone & in '{shown}'", piece.place(found.start()), "write &amp;")
    holder = ELEMENTS.get(parent.name) if parent else None
    if parent is not None and (holder is None or holder.content not in {"elements", "nothing"}):
        return
    if words := MARKER_WORDS.sub("", piece.text).split():
        where = f"directly in <{parent.name}>" if parent else "outside <mjml>"
        place = piece.place(piece.text.index(words[0]))
        yield Fault(f"the text '{' '.join(words)[:40]}' stands {where}", place, "text goes into <mj-text>")


def _check_comment(piece: Text) -> Iterator[Fault]:
    """Yield a fault for a conditional comment that is not whole: the library drops the rest then."""
    if not piece.text.lstrip().startswith("[if") or _FOR_ALL_BUT_OUTLOOK.fullmatch(piece.text):
        return
    condition = _CONDITION.fullmatch(piece.text)
    if condition is None:
        yield Fault("this conditional comment is not closed", piece.position, "end it with <![endif]-->")
        return
    try:
        unpaired = _unpaired(condition["inside"], piece)
    except LayoutError as error:
        yield Fault(error.message, error.position, error.hint)
        return
    if unpaired:
        yield Fault(unpaired, piece.position, "keep the pair together")


def _unpaired(inside: str, piece: Text) -> str:
    """Return what tells of the first tag in a conditional comment without its other half, or nothing."""
    open_names: list[str] = []
    for tag in read_markup(inside, piece.position):
        if isinstance(tag, Text):
            continue
        if tag.kind == "close" and (not open_names or open_names.pop() != tag.name):
            return f"</{tag.name}> in a conditional comment closes nothing in it"
        if tag.kind == "open" and tag.name not in WITHOUT_CLOSING_TAG:
            open_names.append(tag.name)
    return f"<{open_names[-1]}> in a conditional comment is not closed in it" if open_names else ""
