"""Liquid's filters: what they are called in Jinja, and those that Jinja has nothing like."""

import operator
import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import quote_plus, urljoin

from jinja2 import Undefined
from jinja2.filters import do_urlencode

from mailer.compile import people
from mailer.template.budget import TooMuch, check_text, paid, spend
from mailer.template.source import Refused

PLAIN: Mapping[str, str] = {
    "absolute_url": "absolute_url(newsletter.url)",
    "cgi_escape": "url_encode",
    "date_to_long_string": "date('%d %B %Y')",
    "date_to_string": "date('%d %b %Y')",
    "downcase": "lower",
    "number_of_words": "wordcount",
    "jsonify": "tojson",
    "lstrip": "strip_start",
    "relative_url": "absolute_url(newsletter.url)",
    "rstrip": "strip_end",
    "size": "length",
    "strip": "trim",
    "uniq": "unique | list",
    "upcase": "upper",
    "xml_escape": "escape",
}
"""Filters without an argument -> what Jinja calls them; those not named here are called the same."""

WITH_ARGUMENTS: Mapping[str, str] = {
    "append": "append(…)",
    "date": "date(…)",
    "default": "default(…, true)",
    "divided_by": "divided_by(…)",
    "join": "join(…)",
    "map": "map(attribute=…) | list",
    "minus": "minus(…)",
    "plus": "plus(…)",
    "prepend": "prepend(…)",
    "remove": "replace(…, '')",
    "remove_first": "replace(…, '', 1)",
    "replace": "replace(…)",
    "round": "round(…)",
    "slice": "part(…)",
    "sort": "sort(attribute=…)",
    "split": "split(…)",
    "times": "times(…)",
    "truncate": "shorten(…)",
    "truncatewords": "shorten_words(…)",
    "where": "where(…)",
}
"""Filters with arguments -> what Jinja calls them, the arguments standing for `…`."""

_HTML = re.compile(r"<!--.*?-->|<(?P<name>script|style)\b.*?</(?P=name)>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_NO_SLUG = re.compile(r"[^\w]+")
_CHARACTERS_A_STEP = 50
_MOST_NUMBER = 10**15


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _append(value: Any, more: Any) -> str:
    check_text(len(_text(value)) + len(_text(more)))
    return _text(value) + _text(more)


def _prepend(value: Any, more: Any) -> str:
    return _append(more, value)


def _split(value: Any, separator: Any = " ") -> list[str]:
    text, at = _text(value), _text(separator)
    pieces = text.split() if at == " " else text.split(at) if at else list(text)
    while pieces and not pieces[-1]:
        pieces.pop()
    return pieces


def _strip_html(value: Any) -> str:
    return _HTML.sub("", _text(value))


def _newline_to_br(value: Any) -> str:
    return _text(value).replace("\n", "<br>\n")


def _slugify(value: Any) -> str:
    return _NO_SLUG.sub("-", _text(value).lower().replace("_", "-")).strip("-")


def _shorten(value: Any, length: int = 50, ellipsis: Any = "...") -> str:
    text, end = _text(value), _text(ellipsis)
    return text if len(text) <= length else text[: max(length - len(end), 0)] + end


def _shorten_words(value: Any, count: int = 15, ellipsis: Any = "...") -> str:
    words = _text(value).split()
    return " ".join(words) if len(words) <= count else " ".join(words[:count]) + _text(ellipsis)


def _absolute_url(value: Any, base: str) -> str:
    """Return the address on the site; without a site it stays relative."""
    return urljoin(f"{base.rstrip('/')}/", _text(value).lstrip("/")) if base else _text(value)


def _markdownify(value: Any) -> str:
    text = _text(value)
    spend(len(text) // _CHARACTERS_A_STEP)
    from mailer.compile.markdown import to_html  # noqa: PLC0415 - whoever fills merge fields needs none of it

    return to_html(text).strip()


def _number(value: Any) -> int | float:
    if isinstance(value, (int, float)):
        return value
    try:
        return float(_text(value)) if "." in _text(value) else int(_text(value))
    except ValueError:
        raise Refused(f"'{_text(value)[:40]}' is no number", name="plus", hint="write digits") from None


def _part(value: Any, start: int, length: int = 1) -> Any:
    items = value if isinstance(value, (list, tuple)) else _text(value)
    first = start + len(items) if start < 0 else start
    return items[max(first, 0) : max(first + length, 0)]


def _where(value: Any, key: str, wanted: Any) -> list[Any]:
    return [item for item in value if isinstance(item, Mapping) and item.get(key) == wanted]


def _worked_out(work: Callable[[Any, Any], Any]) -> Callable[[Any, Any], int | float]:
    def number(value: Any, other: Any) -> int | float:
        result: int | float = work(_number(value), _number(other))
        if abs(result) > _MOST_NUMBER:
            raise TooMuch("the number becomes too large")
        return result

    return number


def _divided_by(value: Any, by: Any) -> int | float:
    number, divisor = _number(value), _number(by)
    if not divisor:
        raise Refused("nothing can be divided by 0", name="divided_by", hint="write another number")
    return number // divisor if isinstance(divisor, int) else number / divisor


def _counted(function: Callable[..., Any]) -> Callable[..., Any]:
    """Take each step from the rendering's allowance; what is undefined says so itself."""

    @wraps(function)
    def step(value: Any, *arguments: Any) -> Any:
        if isinstance(value, Undefined):
            value = str(value)
        return paid(function(value, *arguments))

    return step


_OWN: Mapping[str, Callable[..., Any]] = {
    "absolute_url": _absolute_url,
    "append": _append,
    "divided_by": _divided_by,
    "markdownify": _markdownify,
    "minus": _worked_out(operator.sub),
    "newline_to_br": _newline_to_br,
    "part": _part,
    "plus": _worked_out(operator.add),
    "prepend": _prepend,
    "shorten": _shorten,
    "shorten_words": _shorten_words,
    "slugify": _slugify,
    "split": _split,
    "strip_end": lambda value: _text(value).rstrip(),
    "strip_html": _strip_html,
    "strip_start": lambda value: _text(value).lstrip(),
    "times": _worked_out(operator.mul),
    "where": _where,
    "url_encode": lambda value: quote_plus(_text(value)),
    "urlencode": do_urlencode,
}

FILTERS: Mapping[str, Callable[..., Any]] = {
    **{name: _counted(function) for name, function in _OWN.items()},
    **people.FILTERS,
}
"""The filters that templates of issues get beside Jinja's."""
