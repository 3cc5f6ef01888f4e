"""Markdown -> HTML fragment."""

from dataclasses import dataclass

from markdown.util import ETX, STX

from mailer.compile.markdown.engine import build
from mailer.compile.markdown.remarks import Remark
from mailer.compile.written import Markdown
from mailer.finding import Finding

REPLACEMENTS = (("\r\n", "\n"), ("\r", "\n"), ("\0", "\N{REPLACEMENT CHARACTER}"), (STX, ""), (ETX, ""))


@dataclass(frozen=True, slots=True)
class Converted:
    """The HTML fragment of a text, and what its author should know: slips that were mended, formulas."""

    html: str
    findings: tuple[Finding, ...] = ()


def convert(
    source: str, *, lang: str = "en", lines: bool = False, written: Markdown | None = None
) -> Converted:
    """
    Return the HTML fragment of a Markdown text; any text has one.

    Markers that stand alone on their line become comments at their place in the tree, others stay words.
    `lang` chooses quotation marks and spaces. With `lines` each element carries the line of `source` that it
    starts on, as `data-line`. `written` is what the author wrote, before templates made `source` of it: there
    findings point to.
    """
    text = source.removeprefix("\ufeff")
    for character, meant in REPLACEMENTS:
        text = text.replace(character, meant)
    remarks: list[Remark] = []
    html = build(lang=lang, extras=True, lines=lines, remarks=remarks).convert(text)
    origin = written or Markdown(text)
    same_lines = origin.text.count("\n") == text.count("\n")
    told = [(remark.line, _finding(remark, origin, same_lines=same_lines)) for remark in remarks]
    told.sort(key=lambda one: (one[0], one[1].position.column))
    return Converted(html, tuple(finding for _, finding in told))


def to_html(source: str, *, lang: str = "en", lines: bool = False) -> str:
    """Return the HTML fragment alone."""
    return convert(source, lang=lang, lines=lines).html


def _finding(remark: Remark, origin: Markdown, *, same_lines: bool) -> Finding:
    position = origin.place(remark.line, remark.written, same_lines=same_lines)
    return Finding(remark.rule, remark.severity, remark.message, remark.hint, position)
