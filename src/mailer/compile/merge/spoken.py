"""Filters of a waiting tag that speak the issue's language -> the language, given to them as an argument."""

from collections.abc import Iterator, Sequence

from mailer.compile.merge.usage import Capture, text_at
from mailer.compile.people import FILTERS, LANGUAGE_FOR
from mailer.template.scan import Token

_GIVEN = "lang"
_FIXED = frozenset({"string", "integer", "float"})
_DEEPER = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


def languages(tokens: Sequence[Token]) -> Iterator[Capture]:
    """Yield the language as a value to capture, for each filter that is not told one by its author."""
    for place, token in enumerate(tokens):
        if token.kind != "name" or token.text not in FILTERS or text_at(tokens, place - 1) != "|":
            continue
        if text_at(tokens, place + 1) != "(":
            yield _capture(f"'{token.text}'", token.offset + len(token.text), f"({_GIVEN}=", ")")
            continue
        given = _given(tokens, place + 1)
        if not any(one.text == _GIVEN and text_at(given, at + 1) == "=" for at, one in enumerate(given)):
            closing = tokens[place + 2 + len(given)]
            before = f", {_GIVEN}=" if given else f"{_GIVEN}="
            yield _capture(_checked(token.text, given), closing.offset, before, "")


def _given(tokens: Sequence[Token], opening: int) -> Sequence[Token]:
    """Return the tokens between brackets."""
    depth = 1
    for place in range(opening + 1, len(tokens)):
        depth += _DEEPER.get(tokens[place].text, 0)
        if not depth:
            return tokens[opening + 1 : place]
    return []


def _checked(name: str, given: Sequence[Token]) -> str:
    """Return name and arguments of a filter as far as they can be checked before a recipient is known."""
    if all(token.kind in _FIXED or token.text == "," for token in given):
        return "".join([f"'{name}'", *(f", {token.text}" for token in given if token.text != ",")])
    return "''"


def _capture(arguments: str, place: int, before: str, after: str) -> Capture:
    return Capture(f"{LANGUAGE_FOR}({arguments})", place, place, before, after)
