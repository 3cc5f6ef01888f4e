"""Blocks -> element tree: leaves keep their text, which the inline step reads."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString

from mailer.compile.markdown.attributes import cut_attributes, set_attributes
from mailer.compile.markdown.block import Block, has_gap
from mailer.compile.markdown.character import unescape
from mailer.compile.markdown.container import INLINE_ONLY, Item, List, MarkdownHtml, Quote
from mailer.compile.markdown.directive import Directive
from mailer.compile.markdown.highlight import highlight
from mailer.compile.markdown.leaves import (
    Code,
    Fence,
    Html,
    IndentedCode,
    Marker,
    Paragraph,
    Rule,
    Term,
    Text,
)
from mailer.compile.markdown.lines import LINE, number_tags
from mailer.compile.markdown.spans import comment, raw_html
from mailer.compile.markdown.tables import Table, fit_row, split_row

LANGUAGE = re.compile(r"\.language-([\w+#-]+)")
"""kramdown's way to tell the language of code: an attribute list after it."""
TASKS = {
    "[ ] ": "\N{BALLOT BOX} ",
    "[x] ": "\N{BALLOT BOX WITH CHECK} ",
    "[X] ": "\N{BALLOT BOX WITH CHECK} ",
}
BOX = len("[ ] ")


@dataclass(frozen=True, slots=True)
class TreeBuilder:
    """
    Writes blocks into a tree.

    `inline` is called with every element that takes text, the text and the line it begins on; `lines` adds
    the line in the source to every block element.
    """

    inline: Callable[[Element, str, int], None]
    extras: bool
    lines: bool

    def write_all(self, parent: Element, blocks: list[Block], *, tight: bool = False) -> None:
        """Append blocks to an element; in a tight list paragraphs are bare text."""
        for block in blocks:
            if tight and isinstance(block, Paragraph):
                self._write_bare(parent, block)
            elif write := WRITERS.get(type(block)):
                write(self, parent, block)

    def element(self, parent: Element, tag: str, block: Block) -> Element:
        """Append the element of a block, with its attributes."""
        element = SubElement(parent, tag)
        if self.lines:
            element.set(LINE, str(block.line))
        if block.attributes:
            set_attributes(element, block.attributes)
        return element

    def _write_bare(self, parent: Element, paragraph: Paragraph) -> None:
        if paragraph.attributes:
            set_attributes(parent, paragraph.attributes)
        self.inline(parent, paragraph.text, paragraph.first_line)

    def write_paragraph(self, parent: Element, block: Paragraph) -> None:
        """Append a paragraph, unless it held nothing but definitions."""
        if block.lines:
            self.inline(self.element(parent, "p", block), block.text, block.first_line)

    def write_text(self, parent: Element, block: Text) -> None:
        """Append a heading or a term; an attribute list may end its text."""
        element = self.element(parent, block.tag, block)
        self._write_cell(element, block.text, block.line)

    def _write_cell(self, element: Element, text: str, line: int) -> None:
        if self.extras:
            text, attributes = cut_attributes(text)
            set_attributes(element, attributes)
        self.inline(element, text, line)

    def write_rule(self, parent: Element, block: Rule) -> None:
        """Append a thematic break."""
        self.element(parent, "hr", block)

    def write_code(self, parent: Element, block: Code) -> None:
        """Append code, atomic so that no later step changes it, and coloured where its language is known."""
        outer = self.element(parent, "pre", block)
        code = SubElement(outer, "code")
        language, *more = unescape(block.info).split(None, 1) or [""]
        if language:
            code.set("class", f"language-{language}")
        elif told := LANGUAGE.search(block.attributes):
            language = told[1]
        if more and self.extras:
            code.set("data-info", more[0])
        if self.extras and language and highlight(code, block.text, language):
            set_attributes(outer, "{.highlight}")
        else:
            code.text = AtomicString(block.text)

    def write_html(self, parent: Element, block: Html) -> None:
        """Append raw HTML as it is."""
        parent.append(self._raw(block.text, block))

    def _raw(self, html: str, block: Block) -> Element:
        return raw_html(number_tags(html, block.line) if self.lines else html, block=True)

    def write_markdown_html(self, parent: Element, block: MarkdownHtml) -> None:
        """Append an HTML element whose content is Markdown."""
        parent.append(self._raw(block.opening, block))
        self.write_all(parent, block.children, tight=block.name.lower() in INLINE_ONLY)
        parent.append(raw_html(f"</{block.name}>", block=True))

    def write_marker(self, parent: Element, block: Marker) -> None:
        """Append the marker of a deferred tag as a comment."""
        parent.append(comment(block.word))

    def write_quote(self, parent: Element, block: Quote) -> None:
        """Append a block quote."""
        self.write_all(self.element(parent, "blockquote", block), block.children)

    def write_directive(self, parent: Element, block: Directive) -> None:
        """Append a building block as an element that tells its name and arguments."""
        element = self.element(parent, "div", block)
        opening = block.opening
        told = {"block": opening.name, "arguments": opening.arguments, "place": opening.place}
        for name, value in told.items():
            if value:
                element.set(f"data-{name}", value)
        self.write_all(element, block.children)

    def write_list(self, parent: Element, block: List) -> None:
        """Append a list."""
        if block.kind == ":":
            self._write_definitions(self.element(parent, "dl", block), block)
            return
        items = self.element(parent, "ul" if block.start is None else "ol", block)
        if block.start not in (None, 1):
            items.set("start", str(block.start))
        tight = not block.loose
        for child in block.children:
            if isinstance(child, Item):
                self._write_item(items, child, tight=tight)
            else:
                self.write_all(items, [child])

    def _write_item(self, parent: Element, item: Item, *, tight: bool) -> None:
        element = self.element(parent, "li", item)
        first = item.children[0] if item.children else None
        if self.extras and isinstance(first, Paragraph) and first.lines and first.lines[0][:BOX] in TASKS:
            first.lines[0] = TASKS[first.lines[0][:BOX]] + first.lines[0][BOX:]
            element.set("class", "task")
        self.write_all(element, item.children, tight=tight)

    def _write_definitions(self, parent: Element, block: List) -> None:
        """Append terms and definitions; a blank line before or in a definition gives it paragraphs."""
        before: Block = block
        for child in block.children:
            if isinstance(child, Item):
                loose = child.line - before.last_line > 1 or has_gap(child.children)
                self.write_all(self.element(parent, "dd", child), child.children, tight=not loose)
            else:
                self.write_all(parent, [child])
            before = child

    def write_table(self, parent: Element, block: Table) -> None:
        """Append a table, in an element that lets wide ones scroll; markers stand between its rows."""
        table = self.element(SubElement(parent, "div", {"class": "table-scroll"}), "table", block)
        self._write_row(SubElement(table, "thead"), "th", block, Text(block.line, "tr", ""), block.header)
        body = SubElement(table, "tbody") if block.children else table
        for child in block.children:
            if isinstance(child, Text):
                self._write_row(body, "td", block, child, split_row(child.text))
            else:
                self.write_all(body, [child])

    def _write_row(self, parent: Element, tag: str, table: Table, block: Block, cells: list[str]) -> None:
        row = self.element(parent, "tr", block)
        for cell, alignment in zip(fit_row(cells, len(table.alignments)), table.alignments, strict=True):
            element = SubElement(row, tag)
            if alignment:
                element.set("style", f"text-align: {alignment}")
            self._write_cell(element, cell, block.line)


Write = Callable[[TreeBuilder, Element, Any], None]
WRITERS: dict[type[Block], Write] = {
    Paragraph: TreeBuilder.write_paragraph,
    Text: TreeBuilder.write_text,
    Term: TreeBuilder.write_text,
    Rule: TreeBuilder.write_rule,
    Fence: TreeBuilder.write_code,
    IndentedCode: TreeBuilder.write_code,
    Html: TreeBuilder.write_html,
    MarkdownHtml: TreeBuilder.write_markdown_html,
    Marker: TreeBuilder.write_marker,
    Quote: TreeBuilder.write_quote,
    Directive: TreeBuilder.write_directive,
    List: TreeBuilder.write_list,
    Table: TreeBuilder.write_table,
}
"""How each kind of block is written; the texts of footnotes are written at the end, by `footnotes`."""
