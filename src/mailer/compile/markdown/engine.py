"""
Python-Markdown, set up for newsletters.

Its block and its inline phase are replaced by ours, which follow CommonMark; abbreviations, the restoring of
escaped characters and the order of the steps are its own.
"""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, ElementTree

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.extensions import Extension
from markdown.extensions.abbr import AbbrTreeprocessor
from markdown.treeprocessors import UnescapeTreeprocessor
from markdown.util import Registry

from mailer.compile.markdown.blocks import parse_blocks
from mailer.compile.markdown.branches import branches_of
from mailer.compile.markdown.contents import write_contents
from mailer.compile.markdown.definitions import Definitions
from mailer.compile.markdown.footnotes import Footnotes
from mailer.compile.markdown.inline import read_inlines
from mailer.compile.markdown.reading import Context
from mailer.compile.markdown.remarks import Remark
from mailer.compile.markdown.serialize import write_html
from mailer.compile.markdown.slips import mend
from mailer.compile.markdown.spans import fill
from mailer.compile.markdown.tree import TreeBuilder
from mailer.compile.markdown.typography import Typography

ABBREVIATIONS, TYPOGRAPHY = 7, 6
"""Priorities: after the tree is complete, before `unescape` (0)."""


def build(*, lang: str, extras: bool, lines: bool, remarks: list[Remark] | None = None) -> Markdown:
    """
    Return a fresh parser for one text; what its author should know is appended to `remarks`.

    Without `extras` it is plain CommonMark; `lines` adds `data-line` to elements.
    """
    extension = CommonMark(lang, [] if remarks is None else remarks, extras=extras, lines=lines)
    engine = Engine(extensions=[extension], output_format="html")
    engine.serializer = write_html
    return engine


class Engine(Markdown):
    """Python-Markdown with those of its processors that are used: to make them all takes long."""

    def build_parser(self) -> "Engine":
        """Register what the phases leave to Python-Markdown."""
        self.preprocessors = Registry()
        self.parser = BlockParser(self)
        self.inlinePatterns = Registry()
        self.treeprocessors = Registry()
        self.treeprocessors.register(UnescapeTreeprocessor(self), "unescape", 0)
        self.postprocessors = Registry()
        return self


class CommonMark(Extension):
    """Adds our phases to Python-Markdown."""

    def __init__(self, lang: str, remarks: list[Remark], *, extras: bool, lines: bool) -> None:
        super().__init__()
        self.lang = lang
        self.remarks = remarks
        self.extras = extras
        self.lines = lines

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Register what comes before `unescape`, and the parser that builds the tree."""
        definitions = Definitions()
        footnotes = Footnotes(definitions)
        context = Context(definitions, self.extras, footnotes.refer, self.lines, self.remarks)
        md.parser = Parser(md, context, footnotes)
        if self.extras:
            abbreviations = AbbrTreeprocessor(md, definitions.abbreviations)
            md.treeprocessors.register(abbreviations, "abbr", ABBREVIATIONS)
            md.treeprocessors.register(Typography(self.lang), "typography", TYPOGRAPHY)


class Parser(BlockParser):
    """Builds the whole tree: blocks first, then what is in them, since references may come last."""

    def __init__(self, md: Markdown, context: Context, footnotes: Footnotes) -> None:
        super().__init__(md)
        self.context = context
        self.footnotes = footnotes
        self.builder = TreeBuilder(self._fill, extras=context.extras, lines=context.lines)

    def _fill(self, element: Element, text: str, line: int) -> None:
        if self.context.extras:
            text = self._mend(text, line)
        fill(element, read_inlines(text, self.context, line))

    def _mend(self, text: str, line: int) -> str:
        return mend(text, line, self.context.remarks, self.context.definitions.references)

    def parseDocument(self, lines: Iterable[str]) -> ElementTree:  # noqa: N802 - Python-Markdown's name
        """Return the tree of a whole text."""
        self.root = Element(self.md.doc_tag)
        source = list(lines)
        if not source[-1]:
            source.pop()  # what follows the last newline is no line
        document = parse_blocks(source, self.context.definitions, self._mend, extras=self.context.extras)
        if any("zxq" in line for line in source):
            self.footnotes.branches = branches_of(source)
        self.builder.write_all(self.root, document.children)
        self.footnotes.write(self.root, self.builder)
        if self.context.extras:
            write_contents(self.root)
        return ElementTree(self.root)
