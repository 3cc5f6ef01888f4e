"""HTML fragment -> plain text part."""

import re
from collections.abc import Mapping, Sequence

from mailer.compile.fragment import parse_fragment, too_deep
from mailer.compile.text.blocks import LOOSE, BlockWriter
from mailer.compile.text.phrase import ENGLISH
from mailer.compile.text.sheet import Sheet
from mailer.compile.text.width import wrap

STAGE = "text"
WIDTH = 72

_ENDS_FRESH = re.compile(r"\n\n(?:zxq[0-9a-f]{4}\d+[mes]\d+zx)+\Z")
"""The text may have been left out, so the gap below stands before the marker already."""


def to_text(fragment: str, *, width: int = WIDTH, words: Mapping[str, str] = ENGLISH) -> str:
    """
    Return the plain text of a polished fragment, the links numbered and listed at its end.

    `width` is in columns; only words, URLs, code and the list of links go beyond. Markers are kept, those
    between blocks at places where a block that is left out leaves no blank line behind.
    `words` are those of a theme.
    """
    writer = BlockWriter(Sheet(width), words)
    try:
        writer.flow(parse_fragment(fragment, stage=STAGE))
    except RecursionError:
        raise too_deep(STAGE) from None
    if targets := writer.phrases.targets:
        writer.sheet.separate(LOOSE)
        writer.title(words["links"], "-")
        writer.sheet.separate(LOOSE)
        writer.sheet.write([f"[{number}] {target}" for target, number in targets.items()])
    return writer.sheet.text


def compose_text(body: str, *, identity: Sequence[str], reason: str, links: Sequence[tuple[str, str]]) -> str:
    """
    Return the text part: the body and a footer below the mark that mail programs know a signature by.

    `identity` is the newsletter's name and postal address, `reason` why the reader gets it, `links` are
    (label, address or marker) of the ways out: unsubscribe, view in the browser.
    """
    known = [line for text in (*identity, reason) for line in wrap(text.strip(), WIDTH)]
    ways = [f"{label}: {address}" for label, address in links if address]
    footer = "\n".join(["-- ", *known, *ways])
    gap = "" if not body or _ENDS_FRESH.search(body) else "\n\n"
    return f"{body}{gap}{footer}\n"
