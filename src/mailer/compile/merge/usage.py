"""Tokens of a tag -> the values that it names, and the merge fields among them."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from mailer.compile.compiled import MergeField
from mailer.compile.merge.cell import CELL
from mailer.compile.people import FILTERS as PEOPLE
from mailer.position import Position
from mailer.template.scan import ScannedTag, Token

_BUILT_IN = frozenset({"range", "dict", "namespace", "true", "false", "none", "True", "False", "None"})
_WORDS = frozenset({"and", "or", "not", "in", "is", "if", "else", "recursive", "for", "set", "with", "elif"})
_ARITHMETIC = frozenset({"+", "-", "*", "/", "//", "%", "**", "~"})
_ONLY_ASKED = frozenset(
    {"", "==", "!=", "<", ">", "<=", ">=", "and", "or", "not", "in", "is", "if", "else", ")", "]", ","}
)
"""What may follow a missing value in a test that does no more than ask for it."""

_DEFAULTS = frozenset({"default", "d", CELL})
_CONDITIONS = frozenset({"if", "elif", "for"})
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_AFTER_CONDITION = frozenset({"else", ",", ":", "recursive"})
_TESTS_OF_MISSING = frozenset({"defined", "undefined", "none"})


@dataclass(frozen=True, slots=True)
class Capture:
    """
    A compile-time expression in a waiting tag: its value stands in place of what is from `start` to `end`.

    `before` and `after` stand around the value.
    """

    expression: str
    start: int
    end: int
    before: str = ""
    after: str = ""


def text_at(tokens: Sequence[Token], index: int) -> str:
    """Return the text of a token, an empty one where there is none."""
    return tokens[index].text if 0 <= index < len(tokens) else ""


def named_values(tokens: Sequence[Token]) -> Iterator[int]:
    """Yield the places of tokens that name values: no attribute, filter, test, keyword or argument name."""
    for index, token in enumerate(tokens):
        before, after = text_at(tokens, index - 1), text_at(tokens, index + 1)
        is_test = before == "is" or (before == "not" and text_at(tokens, index - 2) == "is")
        if token.kind != "name" or before in {".", "|"} or is_test:
            continue
        if token.text in _WORDS or token.text in _BUILT_IN or (after == "=" and before in {"(", ","}):
            continue
        yield index


def uses(tokens: Sequence[Token], names: AbstractSet[str]) -> bool:
    """Return whether tokens name one of these values."""
    return any(tokens[index].text in names for index in named_values(tokens))


def after_equals(tokens: Sequence[Token]) -> Sequence[Token]:
    """Return what a `set` tag gives to its names."""
    equals = next((index for index, token in enumerate(tokens) if token.text == "="), len(tokens))
    return tokens[equals + 1 :]


def targets(tag: ScannedTag) -> frozenset[str]:
    """Return the names that a `for`, `with` or `set` tag gives values to."""
    tokens = tag.tokens[1:]
    if tag.keyword == "with":
        return frozenset(
            token.text for index, token in enumerate(tokens) if _is_given(tokens, index, token.kind)
        )
    if tag.keyword not in ("for", "set"):
        return frozenset()
    stop = "in" if tag.keyword == "for" else "="
    end = next((index for index, token in enumerate(tokens) if token.text == stop), len(tokens))
    return frozenset(token.text for token in tokens[:end] if token.kind == "name")


def _is_given(tokens: Sequence[Token], index: int, kind: str) -> bool:
    return kind == "name" and text_at(tokens, index + 1) == "=" and text_at(tokens, index - 1) in ("", ",")


def captures(tokens: Sequence[Token], waiting: AbstractSet[str]) -> Iterator[Capture]:
    """Yield each compile-time value with its attributes: `site.name`, `row[0]`."""
    for index in named_values(tokens):
        token = tokens[index]
        if token.text in waiting:
            continue
        text, end, last = token.text, token.offset + len(token.text), index
        while (step := attribute(tokens, last)) is not None:
            size, piece = step
            if text_at(tokens, last + size + 1) == "(":
                break
            last += size
            text += piece
            end = tokens[last].offset + len(tokens[last].text)
        yield Capture(text, token.offset, end)


def attribute(tokens: Sequence[Token], index: int) -> tuple[int, str] | None:
    """Return how many tokens the attribute after `index` has, and its text; None where there is none."""
    following = [token.text for token in tokens[index + 1 : index + 4]]
    kinds = [token.kind for token in tokens[index + 1 : index + 4]]
    if following[:1] == ["."] and kinds[1:2] in (["name"], ["integer"]):
        return 2, f".{following[1]}"
    if following[:1] == ["["] and kinds[1:2] in (["string"], ["integer"]) and following[2:] == ["]"]:
        return 3, f"[{following[1]}]"
    return None


def inline_conditions(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last token of each condition in `one if condition else other`."""
    place = 0
    while place < len(tokens):
        if tokens[place].kind == "name" and tokens[place].text == "if":
            first, place = place + 1, _end_of_condition(tokens, place + 1)
            yield first, place - 1
        else:
            place += 1


def _end_of_condition(tokens: Sequence[Token], place: int) -> int:
    depth = 0
    while place < len(tokens):
        text = tokens[place].text
        if tokens[place].kind != "string":
            depth += (text in _OPENING) - (text in _CLOSING)
            if depth < 0 or (not depth and text in _AFTER_CONDITION):
                break
        place += 1
    return place


def fields_in(tokens: Sequence[Token]) -> frozenset[str]:
    """Return the names of the recipient's values that tokens name."""
    return frozenset(field for _, _, field in field_places(tokens))


def field_places(tokens: Sequence[Token]) -> Iterator[tuple[int, int, str]]:
    """Yield first and last token, and the name, of every recipient's value."""
    for index in named_values(tokens):
        step = attribute(tokens, index) if tokens[index].text == "recipient" else None
        if step:
            size, piece = step
            yield index, index + size, piece.strip(".[]'\"")


def merge_fields(
    tokens: Sequence[Token], keyword: str, position: Position, asked: AbstractSet[str] = frozenset()
) -> Iterator[MergeField]:
    """Yield every use of a recipient's value; `asked` are the fields that a block around asks for."""
    conditions = [] if keyword in _CONDITIONS else list(inline_conditions(tokens))
    inside = {place for first, last in conditions for place in range(first, last + 1)}
    asked = frozenset(asked).union(*(fields_in(tokens[first : last + 1]) for first, last in conditions))
    for first, last, name in field_places(tokens):
        guarded = _is_guarded(tokens, first, last + 1, "if" if first in inside else keyword)
        yield MergeField(name, guarded, position, asked=name in asked)


def _is_guarded(tokens: Sequence[Token], start: int, after: int, keyword: str) -> bool:
    """Return whether a missing value does no harm: it has a default, or is only asked for."""
    following = text_at(tokens, after)
    if following == "|":
        return _has_default(tokens, after)
    if following == "is":
        negated = text_at(tokens, after + 1) == "not"
        return text_at(tokens, after + 1 + negated) in _TESTS_OF_MISSING
    if text_at(tokens, start - 1) in _ARITHMETIC or following not in _ONLY_ASKED:
        return False
    filtered = any(token.text == "|" for token in tokens)
    return keyword in _CONDITIONS and not filtered


def _has_default(tokens: Sequence[Token], place: int) -> bool:
    """Return whether filters, from the sign at `place` on, give a default before one needs a value."""
    while text_at(tokens, place) == "|" and text_at(tokens, place + 1) in PEOPLE:
        place += 2
        depth = 0
        while text_at(tokens, place) == "(" or (depth and place < len(tokens)):
            depth += {"(": 1, ")": -1}.get(tokens[place].text, 0)
            place += 1
    return text_at(tokens, place) == "|" and text_at(tokens, place + 1) in _DEFAULTS
