"""`{% highlight ruby %}` … `{% endhighlight %}` -> a fence."""

import re
from itertools import takewhile

from mailer.compile.liquid.fault import LiquidFault
from mailer.compile.liquid.tag import Tag

_END = re.compile(r"\{%-?\s*endhighlight\s*-?%\}")
_TICKS = re.compile(r"`+")
_SHORTEST = 3
_OWN_LINE = "let the tag stand alone on its line, the code on the lines below"


def open_code(tag: Tag, text: str) -> str:
    """Return the opening fence, longer than any row of backticks in the code."""
    _refuse_company(tag, text)
    end = _END.search(text, tag.end)
    if not end:
        raise LiquidFault("{% highlight %} is never closed", "write {% endhighlight %} below the code")
    language = next(iter(tag.arguments.split()), "")
    return f"{_fence(text[tag.end : end.start()])}{language}"


def close_code(tag: Tag, text: str) -> str:
    """Return the closing fence."""
    _refuse_company(tag, text)
    opened = text.rfind("highlight", 0, tag.start)
    if opened < 0:
        raise LiquidFault("{% endhighlight %} has nothing open that it belongs to", "take it out")
    return _fence(text[opened : tag.start])


def _fence(code: str) -> str:
    longest = max((len(found[0]) for found in _TICKS.finditer(code)), default=0)
    return "`" * max(_SHORTEST, longest + 1)


def _refuse_company(tag: Tag, text: str) -> None:
    line_start = text.rfind("\n", 0, tag.start) + 1
    after = "".join(takewhile(lambda one: one != "\n", text[tag.end : tag.end + 200]))
    if text[line_start : tag.start].strip(" \t>") or after.strip():
        raise LiquidFault(f"{{% {tag.keyword} %}} shares its line with other text", _OWN_LINE)
