"""kramdown's own tags: `{::comment}…{:/comment}`, `{::nomarkdown}…{:/}` and `{::options … /}`, taken out."""

import re
from dataclasses import replace

from mailer.template.faults import fault_at
from mailer.template.scan import with_unix_newlines
from mailer.template.source import Source

_CODE = (
    r"^[ >]*(?P<fence>`{3,}|~{3,})(?s:.*?)(?:^[ >]*(?P=fence)|\Z)"
    r"|(?<!`)(?P<quote>`+)(?!`)(?s:.+?)(?<!`)(?P=quote)(?!`)"
)
_TAG = re.compile(
    rf"(?P<code>{_CODE})"
    r"|\{::comment\}(?P<comment>(?s:.*?))\{:/(?:comment)?\}"
    r"|\{::(?P<open>comment)\}"
    r"|\{::options\b[^{}]*/\}"
    r"|\{::nomarkdown[^{}]*\}|\{:/nomarkdown\}",
    re.MULTILINE,
)


def without_kramdown(source: Source) -> Source:
    """Return the source without these tags, on as many lines; raises its kind of SourceError."""
    if "{::" not in source.text:
        return source
    text = with_unix_newlines(source.text)

    def replaced(found: re.Match[str]) -> str:
        if found["code"]:
            return found[0]
        if found["open"]:
            hint = "write {:/comment} where it ends"
            raise fault_at(source, "{::comment} is never closed", hint=hint, offset=found.start())
        return "\n" * found[0].count("\n")

    return replace(source, text=_TAG.sub(replaced, text))
