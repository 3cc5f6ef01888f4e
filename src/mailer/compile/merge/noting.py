"""Source of a compiled issue -> its tags alone, made to note what comes of their conditions."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from mailer.compile.compiled import CompiledIssue, Parting
from mailer.compile.merge.addresses import SAFE_ADDRESS
from mailer.compile.merge.cell import CELL
from mailer.compile.merge.send import NO_COMMENT
from mailer.compile.merge.usage import field_places, fields_in, inline_conditions, named_values, text_at
from mailer.position import Position
from mailer.template.sandbox import Sandbox
from mailer.template.scan import ScannedTag, Token, scan

Kind = Literal["condition", "loop", "field"]

TAKEN, TURNS, READ = "zxtaken", "zxturns", "zxread"
"""The filters that note."""

_CELL = re.compile(rf"\((?P<field>recipient\.\w+) \| {CELL}\)")
_DEFAULTS = frozenset({"default", "d"})
_OWN = "zx"
"""With this begin names that no author wrote, such as the counters of lists."""

_HARMLESS = frozenset(
    {
        *_DEFAULTS,
        CELL,
        SAFE_ADDRESS,
        "capitalize",
        "e",
        "escape",
        "lower",
        "title",
        "trim",
        "upper",
        "urlencode",
    }
)
_ARITHMETIC = frozenset({"+", "-", "*", "/", "//", "%", "**"})
_VALUES = frozenset({"name", "string", "integer", "float"})


@dataclass(frozen=True, slots=True)
class Place:
    """
    Where copies part.

    `text` is a condition, what a loop goes over, or a field's name; `default` stands for a field that is
    missing, as it is written. `positions` are where the author wrote it; `otherwise` where an `else` stands
    for those who do not meet the condition.
    """

    kind: Kind
    text: str
    default: str = ""
    positions: tuple[Position, ...] = ()
    otherwise: tuple[Position, ...] = ()

    @property
    def words(self) -> str:
        """Return the place as people read it."""
        if self.kind == "field":
            return f"{self.text} missing" + (f" → {self.default}" if self.default else "")
        return _CELL.sub(r"\g<field>", self.text)

    @property
    def where(self) -> str:
        """Return its positions: `issues/spring.md:12, issues/spring.md:30`."""
        return ", ".join(dict.fromkeys(f"{one.path}:{one.line}" for one in self.positions))


@dataclass(frozen=True, slots=True)
class Known:
    """The places of an issue by what its author wrote there."""

    conditions: Mapping[str, Sequence[Parting]]
    fields: Mapping[str, Sequence[Position]]

    @classmethod
    def of(cls, issue: CompiledIssue) -> "Known":
        """Return the places of an issue."""
        conditions: dict[str, list[Parting]] = {}
        for parting in issue.partings:
            for tag in scan(_sandbox(), parting.source):
                for start, end in _asked(tag):
                    conditions.setdefault(parting.source[start:end], []).append(parting)
        fields: dict[str, list[Position]] = {}
        for one in issue.fields:
            fields.setdefault(one.name, []).append(one.position)
        return cls(conditions, fields)

    def place(self, kind: Kind, text: str) -> Place:
        """Return the place of what a tag asks, wherever it is written."""
        partings = self.conditions.get(text, ())
        otherwise = tuple(one.otherwise for one in partings if one.otherwise)
        return Place(kind, text, positions=_once(one.position for one in partings), otherwise=otherwise)

    def guards(self, text: str) -> bool:
        """Return whether a condition was put around a list: `(…) or (…)`, each as somebody wrote it."""
        if not text.startswith("(") or text in self.conditions:
            return False
        for known in sorted(self.conditions, key=len, reverse=True):
            text = text.replace(f"({known})", "")
        return not text.replace(" or ", "").strip()


def _once(positions: Iterable[Position]) -> tuple[Position, ...]:
    return tuple(dict.fromkeys(positions))


@dataclass(slots=True)
class TagReader:
    """Rewrites sources; `places` and `deciding` fields grow with what is found in them."""

    known: Known
    places: list[Place] = field(default_factory=list)
    deciding: set[str] = field(default_factory=set)
    may_fail: bool = False
    _fields: dict[tuple[str, str], int] = field(default_factory=dict)

    def rewritten(self, source: str) -> str:
        """Return the tags of a source, noting; nothing where all recipients get the same."""
        first = len(self.places)
        tags = [self._tag(tag, source) for tag in scan(_sandbox(), source)]
        uses_recipient = "recipient" in source or len(self.places) > first
        return "".join(tags) if uses_recipient else ""

    def _tag(self, tag: ScannedTag, source: str) -> str:
        written = source[tag.start : tag.end]
        self.may_fail |= _may_fail(tag.tokens)
        if tag.kind == "block" or any(_asked(tag)):
            self.deciding |= fields_in(tag.tokens)
        if tag.kind == "value" and not any(token.kind == "name" for token in tag.tokens):
            return ""
        if tag.keyword == "for":
            return self._counted(tag, source) + written
        if tag.keyword in ("if", "elif"):
            ((start, end),) = _asked(tag)
            if self.known.guards(source[start:end]):
                return f"{{% {tag.keyword} true %}}"
        return _with(written, tag.start, self._insertions(tag, source))

    def _counted(self, tag: ScannedTag, source: str) -> str:
        """Return a loop over the same that notes its number of turns, which a filter in it may lessen."""
        ((start, end),) = _asked(tag)
        if source[start:end] not in self.known.conditions:
            return ""
        number = self._new(self.known.place("loop", source[start:end]))
        counted = f"{{% if loop.first %}}{{{{ loop.length | {TURNS}({number}) }}}}{{% endif %}}"
        none = f"{{% else %}}{{{{ 0 | {TURNS}({number}) }}}}{{% endfor %}}"
        return source[tag.start : tag.end] + counted + none

    def _insertions(self, tag: ScannedTag, source: str) -> Iterator[tuple[int, str]]:
        inside: list[tuple[int, int]] = []
        for start, end in _asked(tag):
            inside.append((start, end))
            if source[start:end] not in self.known.conditions:
                continue
            number = self._new(self.known.place("condition", source[start:end]))
            yield start, "("
            yield end, f") | {TAKEN}({number})"
        for first, last, name in field_places(tag.tokens):
            start, end = tag.tokens[first].offset, _end(tag.tokens[last])
            if not any(low <= start < high for low, high in inside):
                yield start, "("
                yield end, f" | {READ}({self._field(name, tag.tokens, last)}))"

    def _field(self, name: str, tokens: Sequence[Token], last: int) -> int:
        key = name, _default(tokens, last + 1)
        if key not in self._fields:
            positions = _once(sorted(self.known.fields.get(name, ())))
            self._fields[key] = self._new(Place("field", *key, positions=positions))
        return self._fields[key]

    def _new(self, place: Place) -> int:
        self.places.append(place)
        return len(self.places) - 1


def _with(written: str, start: int, insertions: Iterator[tuple[int, str]]) -> str:
    pieces, done = [], 0
    for offset, text in sorted(insertions, key=lambda one: one[0]):
        pieces += [written[done : offset - start], text]
        done = offset - start
    return "".join([*pieces, written[done:]])


def _asked(tag: ScannedTag) -> Iterator[tuple[int, int]]:
    """Yield start and end of what a tag asks: a condition, what it loops over, conditions inline."""
    tokens = tag.tokens
    if tag.keyword in ("if", "elif"):
        yield tokens[1].offset, _end(tokens[-1])
    elif tag.keyword == "for":
        after = next(place for place, token in enumerate(tokens) if token.text == "in") + 1
        yield tokens[after].offset, _end(tokens[-1])
    elif tag.kind == "value" or tag.keyword in ("set", "with"):
        for first, last in inline_conditions(tokens):
            yield tokens[first].offset, _end(tokens[last])


def _may_fail(tokens: Sequence[Token]) -> bool:
    """Return whether a tag calculates, calls a method of a value, or uses a filter that may refuse one."""
    if all(tokens[place].text.startswith(_OWN) for place in named_values(tokens)):
        return False
    for place, token in enumerate(tokens):
        before, after = text_at(tokens, place - 1), text_at(tokens, place + 1)
        if token.kind == "operator" and token.text in _ARITHMETIC:
            return True
        if token.kind == "name" and before == "." and after == "(":
            return True
        if token.kind == "name" and before == "|" and token.text not in _HARMLESS:
            return True
    return False


def _end(token: Token) -> int:
    return token.offset + len(token.text)


def _default(tokens: Sequence[Token], place: int) -> str:
    """Return what stands in `| default(…)` among a field's filters, where it is one value; else nothing."""
    while text_at(tokens, place) == "|":
        if text_at(tokens, place + 1) in _DEFAULTS and text_at(tokens, place + 4) in {")", ","}:
            value = tokens[place + 3]
            return value.text if value.kind in _VALUES else ""
        place = _after_filter(tokens, place + 2)
    return ""


def _after_filter(tokens: Sequence[Token], place: int) -> int:
    """Return the place behind the arguments of a filter, which begin at `place` if there are any."""
    depth = 0
    while text_at(tokens, place) == "(" or (depth and place < len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[place].text, 0)
        place += 1
    return place


@cache
def _sandbox() -> Sandbox:
    """Return what reads tags alone: nothing is run in it."""
    return Sandbox(autoescape=False, comment=NO_COMMENT)
