"""`<!-- more -->`: where a blog cuts an excerpt; a mail shows all."""

import re

_MORE = re.compile(r"<!--\s*(?:more|excerpt|truncate)\s*-->\n?", re.IGNORECASE)


def without_more(fragment: str) -> str:
    """Return the HTML fragment without the marks of an excerpt's end; code shows them still."""
    return _MORE.sub("", fragment)
