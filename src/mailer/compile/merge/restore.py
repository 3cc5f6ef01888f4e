"""Finished page or text with markers -> self-contained Jinja source."""

import re
from collections.abc import Mapping

from mailer.compile.marker import COUNTER, MARKER, TITLE
from mailer.compile.merge.addresses import guard_addresses
from mailer.compile.merge.render import STAGE, Tag
from mailer.compile.merge.underline import UNDERLINE
from mailer.errors import CompileError

_WORD = re.sub(r"\?P<\w+>", "?:", MARKER.pattern)
_COMMENT = re.compile(rf"<!--\s*(?P<word>{_WORD})\s*-->")
_MARKED = re.compile(rf"(?P<word>{_WORD})")
_LITERAL_BRACE = re.compile(rf"\{{(?=[{{%#]|(?:<!--\s*)?{_WORD})")
_COUNT = r"{{ zxlist\g<list>.next }}{% set zxlist\g<list>.next = zxlist\g<list>.next + 1 %}"
_BEGINNINGS = ("zxq", "Zxq", "ZXQ")
"""What filters make of a marker's first letters; to look for any others takes ten times as long."""
_UNDERLINED = (
    r"{% set zxtitle %}\g<title>{% endset %}{{ zxtitle }}"
    rf"\n\g<before>{{{{ zxtitle | {UNDERLINE}('\g<sign>') }}}}"
)
_SPOILT = re.compile(_WORD, re.IGNORECASE)


def restore(html: str, tags: Mapping[str, Tag]) -> str:
    """
    Put the tags back in place of their markers, words and comments alike; literal braces stay literal.

    A value at the start of a link or image address may only bring http, https, mailto or tel.
    """
    sources = _sources(tags)
    return _put_back(guard_addresses(_with_literal_braces(html), sources), sources)


def restore_text(text: str, tags: Mapping[str, Tag]) -> str:
    """
    As `restore`, for plain text, where lists are counted and titles underlined.

    Nothing is guarded, because nothing in it can be followed unseen.
    """
    restored = _put_back(_with_literal_braces(text), _sources(tags))
    starts = {found["list"]: found["start"] for found in COUNTER.finditer(restored)}
    begin = "".join(
        f"{{% set zxlist{number} = namespace(next={start}) %}}" for number, start in starts.items()
    )
    return begin + TITLE.sub(_UNDERLINED, COUNTER.sub(_COUNT, restored))


def _sources(tags: Mapping[str, Tag]) -> dict[str, str]:
    return {word: tag.source for word, tag in tags.items()}


def _with_literal_braces(text: str) -> str:
    return _LITERAL_BRACE.sub('{{ "{" }}', text)


def _put_back(text: str, sources: Mapping[str, str]) -> str:
    def source(found: re.Match[str]) -> str:
        return sources.get(found["word"], found[0])

    restored = _MARKED.sub(source, _COMMENT.sub(source, text))
    if any(word in restored for word in _BEGINNINGS) and (left := _SPOILT.search(restored)):
        raise CompileError(
            f"the marker {left[0]} of a merge field was changed on its way, or is not of this issue",
            stage=STAGE,
            hint="a filter such as `upper` cannot work on text that holds a recipient's value",
        )
    return restored
