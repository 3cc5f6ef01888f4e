"""Source with Liquid and shortcodes in it -> the same in Jinja, line by line."""

import re
from collections.abc import Iterator
from dataclasses import replace

from mailer.compile.liquid.block import BLOCKS
from mailer.compile.liquid.expression import to_jinja
from mailer.compile.liquid.fault import LiquidFault
from mailer.compile.liquid.kept import refuse_lost
from mailer.compile.liquid.kramdown import without_kramdown
from mailer.compile.liquid.shortcode import shortcode
from mailer.compile.liquid.site import Site
from mailer.compile.liquid.tag import Tag, read_tags
from mailer.template.faults import fault_at
from mailer.template.scan import with_unix_newlines
from mailer.template.source import Source

_OF_LIQUID = re.compile(r"[|]|<>|\b(?:forloop|nil|null)\b")
"""What may make a printed value another in Jinja."""


def read_liquid(source: Source, site: Site) -> Source:
    """
    Return the source with Jinja's tags in place of Liquid's and Hugo's; lines stay lines.

    What is Jinja already, and what is not known here, stays to the letter. Raises the source's kind of
    SourceError, at the tag, for what cannot be done.
    """
    source = without_kramdown(source)
    if "{%" not in source.text and "{{" not in source.text:
        return source
    written = replace(source, text=with_unix_newlines(source.text))
    return replace(source, text="".join(_pieces(written, site)))


def _pieces(source: Source, site: Site) -> Iterator[str]:
    text, done = source.text, 0
    tags = list(read_tags(text))
    for tag in tags:
        try:
            translated = _translated(tag, text, site)
            if tag.keyword == "assign":
                refuse_lost(tag, tags)
        except LiquidFault as fault:
            raise fault_at(source, fault.message, hint=fault.hint, offset=tag.start) from None
        if translated is not None:
            yield text[done : tag.start]
            yield translated
            done = tag.end
    yield text[done:]


def _translated(tag: Tag, text: str, site: Site) -> str | None:
    """Return what stands for a tag, None where it stays as it is."""
    if tag.kind == "comment":
        return f"{{#*{tag.filling('')}*#}}"
    if tag.kind == "shortcode":
        made = shortcode(tag, site)
        return None if made is None else made + tag.filling(made)
    if tag.kind == "value":
        if not _OF_LIQUID.search(tag.inside):
            return None
        return f"{tag.opening}{to_jinja(tag.inside)}{tag.closing}"
    work = BLOCKS.get(tag.keyword)
    return work(tag, text, site) if work else None
