"""Content -> content that a provider's own template language finds nothing in to fill."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from mailer.errors import MessageError, TransportError
from mailer.transport.answer import clean_reply
from mailer.transport.esp.content import Content
from mailer.transport.esp.provider import Provider

if TYPE_CHECKING:
    from mailer.message.build import MessageTemplate

_STYLE = r"(?P<style><style\b.*?</style>)"
_SHOWN = 30
"""Characters of a text that tell its author what is meant."""


def unfilled(content: Content, provider: Provider) -> Content:
    """Return what the provider leaves as it is; MessageError where subject, text or a header cannot be."""
    if not provider.fills:
        return content
    if found := _first((content.subject, content.text, *content.headers.values()), provider.fills):
        raise MessageError(f"{provider.name} would fill '{found}' in the subject or the text")
    return replace(content, html=_escaped(content.html, provider.fills))


def require_unfilled(template: "MessageTemplate", provider: Provider) -> None:
    """Raise TransportError where an issue itself, whoever reads it, has what the provider would fill."""
    if not provider.fills:
        return
    filler = template.personalizer
    headers = (value for _, value in template.issue.headers)
    for place, texts in (
        ("subject", filler.subject.constants),
        ("text part", filler.text.constants),
        ("headers", headers),
    ):
        if found := _first(texts, provider.fills):
            raise TransportError(
                f"{provider.name} would fill '{found}' in the {place} of this issue: it is a template to it",
                hint="write it differently, or send through another transport: --transport",
            )


def _first(texts: Iterable[str], fills: str) -> str:
    """Return the beginning of what would be filled, empty where nothing would be."""
    for text in texts:
        if found := re.search(fills, text):
            return clean_reply(text[found.start() :].partition("\n")[0][:_SHOWN])
    return ""


def _escaped(html: str, fills: str) -> str:
    """Return a page that looks the same; in rules of style, where that is not possible, a space parts it."""

    def change(found: re.Match[str]) -> str:
        if found["style"]:
            return re.sub(fills, lambda mark: " ".join(mark[0]), found["style"])
        return "".join(f"&#{ord(character)};" for character in found[0])

    return re.sub(f"{_STYLE}|{fills}", change, html, flags=re.DOTALL | re.IGNORECASE)
