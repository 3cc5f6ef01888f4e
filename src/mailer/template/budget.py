"""How much work one rendering may do."""

from collections.abc import Generator, Iterable, Iterator, Sized
from collections.abc import Set as AbstractSet
from contextvars import ContextVar
from typing import Any

from jinja2 import Undefined
from jinja2.exceptions import SecurityError, TemplateRuntimeError

from mailer.template.source import Refused

MOST_TEXT = 1_000_000
"""Characters of one text, and of the whole output."""

MOST_STEPS = 200_000
"""Turns of loops, calls and filters, with a surcharge for large values."""

MOST_INCLUDES = 100
"""Templates that one rendering may take in, counted each time."""

CONTAINERS = (list, tuple, dict, set)

_CHARACTERS_A_STEP = 100
_NOTHING = "give it a value, or write what shall stand in its place: {{ … | default('…', true) }}"


class TooMuch(SecurityError):
    """The template asks for more work, or more text, than a newsletter can need."""


class Budget:
    """What is left of one rendering's allowance."""

    __slots__ = ("includes", "steps")

    def __init__(self) -> None:
        self.steps = MOST_STEPS
        self.includes = MOST_INCLUDES


_current: ContextVar[Budget] = ContextVar("budget")


class fresh_budget:  # noqa: N801 - used like contextlib's, and once per row: a generator takes longer
    """Give the rendering inside a full allowance of its own."""

    __slots__ = ("_token",)

    def __enter__(self) -> None:
        self._token = _current.set(Budget())

    def __exit__(self, *_error: object) -> None:
        _current.reset(self._token)


def spend(steps: int) -> None:
    """Take from the allowance; outside of a rendering nothing is counted."""
    budget = _current.get(None)
    if budget is None:
        return
    budget.steps -= steps
    if budget.steps < 0:
        raise TooMuch(f"the template takes more than {MOST_STEPS:,} steps")


def spend_include() -> None:
    """Count one more template taken in."""
    budget = _current.get(None)
    if budget is None:
        return
    budget.includes -= 1
    if budget.includes < 0:
        raise TooMuch(f"more than {MOST_INCLUDES} templates are included; does one include itself?")


def turns(items: Iterable[object]) -> Iterable[object]:
    """Return what a loop goes over, its turns paid for: at once where their number is known."""
    if isinstance(items, Sized):
        spend(len(items))
        return items
    return _counted(items)


def _counted(items: Iterable[object]) -> Iterator[object]:
    for item in items:
        spend(1)
        yield item


def paid(value: Any) -> Any:
    """Return what a filter or call gave, once its size is checked and paid for."""
    if isinstance(value, str):
        check_text(len(value))
        spend(1 + len(value) // _CHARACTERS_A_STEP)
    elif isinstance(value, CONTAINERS):
        check_contents(value)
        spend(1 + len(value))
    else:
        spend(1)
    return value


def check_text(length: int) -> None:
    """Refuse a text of that many characters if it is too long."""
    if length > MOST_TEXT:
        raise TooMuch(f"the template makes a text of more than {MOST_TEXT:,} characters")


def check_contents(value: Any) -> None:
    """
    Refuse a container that would print as too long a text.

    It may be small in memory and huge in print: a list of ten thousand times the same long text.
    """
    if not isinstance(value, CONTAINERS):
        return
    length = 0
    waiting: list[Any] = [*value.items()] if isinstance(value, dict) else [*value]
    while waiting:
        one = waiting.pop()
        length += len(one) if isinstance(one, str) else 1
        check_text(length)
        if isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, CONTAINERS):
            waiting += one
    spend(length // _CHARACTERS_A_STEP)


def printable(value: Any) -> Any:
    """Return what a tag is about to print, once it is known to be of a printable size."""
    if isinstance(value, (str, Undefined)):
        return value
    if value is None:
        raise Refused("there is nothing to print here: this value is empty", name="", hint=_NOTHING)
    if isinstance(value, CONTAINERS):
        check_contents(value)
    # these would print an address in memory, or in another order each time
    if callable(value):
        raise TemplateRuntimeError("this is a function: call it, with ()")
    if isinstance(value, (Iterator, AbstractSet)):
        raise TemplateRuntimeError("this list has no text yet: add | join(', ') or | list")
    return value


def limited(parts: Iterable[str]) -> list[str]:
    """Return what a template gives, piece by piece, and stop where it becomes too long."""
    kept: list[str] = []
    length = 0
    for part in parts:
        length += len(part)
        if length > MOST_TEXT:
            _stop(parts, length)
        kept.append(part)
    return kept


def rendered(parts: Iterable[str]) -> list[str]:
    """Do the same under a full allowance; with `fresh_budget` it would take a recipient's text longer."""
    token = _current.set(Budget())
    try:
        return limited(parts)
    finally:
        _current.reset(token)


def limited_concat(parts: Iterable[str]) -> str:
    """Join what a template gives, and stop where it becomes too long."""
    return "".join(limited(parts))


def _stop(parts: Iterable[str], length: int) -> None:
    """Refuse the text from inside the template, so that its line is known."""
    try:
        check_text(length)
    except TooMuch as error:
        if isinstance(parts, Generator):
            parts.throw(error)
        raise
