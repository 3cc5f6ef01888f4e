"""Markdown -> HTML fragment."""

from markdown.util import ETX, STX

from mailer.compile.markdown.engine import build

REPLACEMENTS = str.maketrans({"\0": "\N{REPLACEMENT CHARACTER}", STX: None, ETX: None})


def to_html(source: str, *, lang: str = "en", lines: bool = False) -> str:
    """
    Return the HTML fragment of a Markdown text; any text has one.

    Markers that stand alone on their line become comments at their place in the tree, others stay words.
    `lang` chooses the quotation marks. With `lines` each block element carries the line of `source` that it
    starts on, as `data-line`; raw HTML does not.
    """
    text = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").translate(REPLACEMENTS)
    return build(lang=lang, extras=True, lines=lines).convert(text)
