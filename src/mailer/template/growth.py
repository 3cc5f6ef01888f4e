"""
What makes values grow: operators, filters and methods of text, each checked before it runs.

Jinja's own sandbox keeps templates away from the machine, not from its memory: `'a' * 9999999999`,
`'%9999999999d' % 1` and `'a' | center(9999999999)` are plain expressions to it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

from jinja2.filters import FILTERS

from mailer.template.budget import CONTAINERS, MOST_TEXT, TooMuch, check_contents, check_text, paid

_MOST_WIDTH = 10_000
_MOST_BITS = 4_096
_MOST_ITEMS = 100_000
_MOST_SLOW_TEXT = 100_000

_TOO_LARGE = "the number becomes too large"
_WIDE_PERCENT = re.compile(r"%[^%a-zA-Z]*(?:\d{5,}|\*)")
_WIDE_FORMAT = re.compile(r":[^{}]*(?:\d{5,}|\{)")

_BY_WIDTH = frozenset(
    ("center", "ljust", "rjust", "zfill", "expandtabs", "indent", "wordwrap", "truncate", "batch", "slice")
) | {"round", "tojson", "to_bytes"}
_BY_TEXT = frozenset(("replace", "indent", "wordwrap", "translate", "join"))
_SLOW = frozenset(("striptags", "wordwrap", "urlize", "title", "wordcount", "pprint"))


def check_width(number: object) -> None:
    """Refuse a number used as a width or a count if no newsletter needs it."""
    if isinstance(number, int) and number > _MOST_WIDTH:
        raise TooMuch(f"{number:,} is too large here: at most {_MOST_WIDTH:,}")


def check_percent(pattern: str) -> None:
    """Refuse a `%` pattern whose width is huge or taken from a value."""
    if _WIDE_PERCENT.search(pattern):
        raise TooMuch(f"the width in this % pattern is too large: at most {_MOST_WIDTH - 1:,}")


def check_format(pattern: str) -> None:
    """Refuse a `str.format` pattern whose width is huge or taken from a value."""
    if _WIDE_FORMAT.search(pattern):
        raise TooMuch(f"the width in this format is too large: at most {_MOST_WIDTH - 1:,}")


def check_step(name: str, value: Any, others: Sequence[Any]) -> None:
    """Check the filter or method `name`, applied to `value` with the arguments `others`."""
    for one in (value, *others):
        if isinstance(one, CONTAINERS):
            check_contents(one)
    if name in _BY_WIDTH:
        for other in others:
            check_width(other)
    if name in _BY_TEXT:
        _check_product(value, others)
    if name == "join":
        _check_joined(value, others)
    if name == "format" and isinstance(value, str):
        check_percent(value)
    if name in _SLOW and isinstance(value, str) and len(value) > _MOST_SLOW_TEXT:
        raise TooMuch(f"the text is too long for '{name}': at most {_MOST_SLOW_TEXT:,} characters")
    if name == "sum" and any(isinstance(other, (list, tuple)) for other in others):
        raise TooMuch("'sum' adds numbers only")


def _check_product(value: Any, others: Sequence[Any]) -> None:
    places = len(value) + 1 if hasattr(value, "__len__") else 1
    longest = max((len(other) for other in others if hasattr(other, "__len__")), default=0)
    check_text(places * longest // 50)


def _check_joined(value: Any, others: Sequence[Any]) -> None:
    for items in (value, *others):
        if isinstance(items, (list, tuple)):
            check_text(sum(len(item) for item in items if isinstance(item, str)))


def check_call(function: Any, arguments: Sequence[Any], named: Mapping[str, Any]) -> None:
    """Check the arguments of any call, and the growth of a method of a text or a number."""
    for one in (*arguments, *named.values()):
        if isinstance(one, CONTAINERS):
            check_contents(one)
    owner = getattr(function, "__self__", None)
    if isinstance(owner, (str, bytes, int)):
        check_step(function.__name__, owner, [*arguments, *named.values()])


def _add(left: Any, right: Any) -> Any:
    if isinstance(left, str) and isinstance(right, str):
        check_text(len(left) + len(right))
    elif isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        _check_items(len(left) + len(right))
    return paid(left + right)


def _check_items(count: int) -> None:
    if count > _MOST_ITEMS:
        raise TooMuch(f"the template makes a list of more than {_MOST_ITEMS:,} items")


def _multiply(left: Any, right: Any) -> Any:
    for one, other in ((left, right), (right, left)):
        if isinstance(other, int) and isinstance(one, str):
            check_text(len(one) * other)
        elif isinstance(other, int) and isinstance(one, (list, tuple, bytes)):
            _check_items(len(one) * other)
    if isinstance(left, int) and isinstance(right, int):
        _check_bits(left.bit_length() + right.bit_length())
    return paid(left * right)


def _check_bits(count: int) -> None:
    if count > _MOST_BITS:
        raise TooMuch(_TOO_LARGE)


def _power(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int):
        _check_bits(left.bit_length() * right)
    try:
        return left**right
    except OverflowError:
        raise TooMuch(_TOO_LARGE) from None


def _remainder(left: Any, right: Any) -> Any:
    if isinstance(left, (str, bytes)):
        check_percent(left if isinstance(left, str) else left.decode("latin-1"))
        check_contents(right)
    return paid(left % right)


BINARY_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": _add,
    "*": _multiply,
    "**": _power,
    "%": _remainder,
}


def _bounded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    first = 1 if hasattr(function, "jinja_pass_arg") else 0

    @wraps(function)
    def step(*arguments: Any, **named: Any) -> Any:
        check_step(name, arguments[first], [*arguments[first + 1 :], *named.values()])
        return paid(function(*arguments, **named))

    return step


def bounded_range(*numbers: int) -> range:
    """Count as Python's `range` does, within reason."""
    counted = range(*numbers)
    if counted and (counted.stop - counted.start) // counted.step >= _MOST_ITEMS:
        raise TooMuch(f"range counts too far: at most {_MOST_ITEMS:,} numbers")
    return counted


_STEADY = frozenset(("default", "d"))
"""Filters that give back what they were given; they run once for each field and recipient."""

FILTERS_BOUNDED: Mapping[str, Callable[..., Any]] = {
    name: function if name in _STEADY else _bounded(name, function)
    for name, function in FILTERS.items()
    if name != "random"
}
"""Jinja's filters, bounded; without `random`, because one issue has one text."""

assert MOST_TEXT > _MOST_SLOW_TEXT
