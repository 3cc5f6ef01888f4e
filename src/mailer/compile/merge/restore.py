"""Finished page or text with markers -> self-contained Jinja source."""

import re
from collections.abc import Mapping

from mailer.compile.marker import MARKER
from mailer.compile.merge.render import STAGE, Tag
from mailer.errors import CompileError

SAFE_ADDRESS = "safe_address"
"""The filter that a value at the start of a link's or image's address goes through."""

_WORD = MARKER.pattern.replace("?P<salt>", "?:").replace("?P<index>", "?:").replace("?P<role>", "?:")
_WORD = _WORD.replace("?P<group>", "?:")
_MARKED = re.compile(rf"<!--\s*(?P<comment>{_WORD})\s*-->|(?P<word>{_WORD})")
_LITERAL_BRACE = re.compile(rf"\{{(?=[{{%#]|(?:<!--\s*)?{_WORD})")
_ADDRESS_START = re.compile(
    rf"(?P<before>\b(?:href|src|action|background)\s*=\s*(?P<quote>[\"']))(?P<markers>(?:{_WORD})+)",
    re.IGNORECASE,
)
_VALUE = re.compile(rf"{_WORD.replace('[vomes]', 'v')}")
_SPOILT = re.compile(r"zxq[0-9a-f]{4}\d+[vomes]\d+zx", re.IGNORECASE)


def restore(html: str, tags: Mapping[str, Tag]) -> str:
    """
    Put the tags back in place of their markers, words and comments alike; literal braces stay literal.

    A value at the start of a link or image address may only bring http, https, mailto or tel.
    """
    guarded = {
        value[0] for start in _ADDRESS_START.finditer(html) for value in _VALUE.finditer(start["markers"])
    }
    return _restored(
        html, {word: _guard(tag) if word in guarded else tag.source for word, tag in tags.items()}
    )


def restore_text(text: str, tags: Mapping[str, Tag]) -> str:
    """As `restore`, for plain text: nothing is guarded, because nothing in it can be followed unseen."""
    return _restored(text, {word: tag.source for word, tag in tags.items()})


def _guard(tag: Tag) -> str:
    expression = tag.source.removeprefix("{{").removesuffix("}}").strip()
    return f"{{{{ ({expression}) | {SAFE_ADDRESS} }}}}"


def _restored(text: str, sources: Mapping[str, str]) -> str:
    escaped = _LITERAL_BRACE.sub('{{ "{" }}', text)

    def source(found: re.Match[str]) -> str:
        word = found["comment"] or found["word"]
        return sources.get(word, found[0])

    restored = _MARKED.sub(source, escaped)
    if left := _SPOILT.search(restored):
        raise CompileError(
            f"the marker {left[0]} of a merge field was changed on its way, or is not of this issue",
            stage=STAGE,
            hint="a filter such as `upper` cannot work on text that holds a recipient's value",
        )
    return restored
