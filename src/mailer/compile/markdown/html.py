"""Raw HTML: where it starts and ends, between blocks and within text (CommonMark 0.31, sections 4.6, 6.6)."""

import re

from mailer.compile.markdown.block import DEPTH_LIMIT, Block, Place
from mailer.compile.markdown.container import MarkdownHtml
from mailer.compile.markdown.leaves import Html, Paragraph

ATTRIBUTE = r"""\s++[A-Za-z_:][\w.:-]*+(?:\s*+=\s*+(?:[^\s"'=<>`]++|'[^']*+'|"[^"]*+"))?+"""
TAG = re.compile(rf"<[A-Za-z][A-Za-z0-9-]*+(?:{ATTRIBUTE})*+\s*+/?>|</[A-Za-z][A-Za-z0-9-]*+\s*+>", re.ASCII)
LONE_TAG = re.compile(rf"(?:{TAG.pattern})[ \t]*+", re.ASCII)

BLOCK_NAME = (
    "(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir"
    "|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend"
    "|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td"
    "|tfoot|th|thead|title|tr|track|ul)"
)
BLOCK_TAG = re.compile(rf"</?{BLOCK_NAME}(?=[\s>]|/>|\Z)", re.IGNORECASE)

ENDED = (
    (
        re.compile(r"<(?:script|pre|style|textarea)(?=[\s>]|\Z)", re.IGNORECASE),
        re.compile(r"</(?:script|pre|style|textarea)>", re.IGNORECASE),
    ),
    (re.compile(r"<!--"), re.compile(r"-->")),
    (re.compile(r"<\?"), re.compile(r"\?>")),
    (re.compile(r"<!\[CDATA\["), re.compile(r"\]\]>")),
    (re.compile(r"<![A-Za-z]"), re.compile(r">")),
)
"""Kinds 1 to 5: how they start and what ends them."""

MARKDOWN_ATTRIBUTE = re.compile(
    r"""\s+markdown(?:\s*=\s*(?:"(?:1|block|span)"|'(?:1|block|span)'|1))?(?=[\s/>])"""
)
BLOCK_START = re.compile(rf"<({BLOCK_NAME})(?=[\s>])", re.IGNORECASE)


def start_html(place: Place) -> Block | None:
    """Read the first line of raw HTML, all seven kinds."""
    cursor, line = place.cursor, place.cursor.rest
    for start, end in ENDED:
        if start.match(line):
            return Html(cursor.number, end)
    if BLOCK_TAG.match(line):
        return Html(cursor.number, None)
    if not isinstance(place.tip, Paragraph) and LONE_TAG.fullmatch(line):
        return Html(cursor.number, None)
    return None


def start_markdown_html(place: Place) -> Block | None:
    """Read the start tag of an element whose content is Markdown."""
    cursor = place.cursor
    tag = TAG.match(cursor.rest)
    if not tag or "markdown" not in tag[0] or place.container.depth > DEPTH_LIMIT:
        return None
    attribute = MARKDOWN_ATTRIBUTE.search(tag[0])
    name = BLOCK_START.match(tag[0])
    if not attribute or not name:
        return None
    opening = tag[0][: attribute.start()] + tag[0][attribute.end() :]
    cursor.drop_indent()
    cursor.advance(tag.end())
    block = MarkdownHtml(cursor.number, name[1], opening)
    block.watch(cursor)
    return block


COMMENT = re.compile(r"<!--(?:>|->)")
SEARCHED = (
    (re.compile(r"<!--"), "-->"),
    (re.compile(r"<\?"), "?>"),
    (re.compile(r"<!\[CDATA\["), "]]>"),
    (re.compile(r"<![A-Za-z]"), ">"),
)


def find_inline_html(text: str, position: int, missing: set[str]) -> int:
    """
    Return where the raw HTML at `position` ends, 0 if there is none.

    `missing` collects the ends that do not occur further on, so that none is searched for twice.
    """
    if found := TAG.match(text, position) or COMMENT.match(text, position):
        return found.end()
    for start, end in SEARCHED:
        if found := start.match(text, position):
            return _search(text, found.end(), end, missing)
    return 0


def _search(text: str, position: int, end: str, missing: set[str]) -> int:
    if end in missing:
        return 0
    found = text.find(end, position)
    if found < 0:
        missing.add(end)
        return 0
    return found + len(end)
