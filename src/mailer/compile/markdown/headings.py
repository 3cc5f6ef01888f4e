"""Markdown -> the headings of its sections."""

from mailer.compile.markdown.blocks import parse_blocks
from mailer.compile.markdown.definitions import Definitions
from mailer.compile.markdown.leaves import Text


def section_headings(text: str) -> list[str]:
    """Return the headings of level two as Markdown, but those within blocks, lists and quotes."""
    document = parse_blocks(text.split("\n"), Definitions(), lambda line, _: line, extras=True)
    headings = [block for block in document.children if isinstance(block, Text) and block.tag == "h2"]
    return [" ".join(heading.text.split()) for heading in headings]
