"""`{% case x %}{% when 'a', 'b' %}…{% else %}…{% endcase %}` -> Jinja's conditions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from mailer.compile.liquid.expression import condition
from mailer.compile.liquid.fault import LiquidFault
from mailer.compile.liquid.tag import Tag, read_tags
from mailer.compile.liquid.word import Word, divided, read_words, stripped, written

_EXAMPLE = "write {% case x %}{% when 'a' %}…{% else %}…{% endcase %}"
_REMEMBERED = 4
"""Texts whose cases are kept, for every tag of them asks."""


@dataclass(frozen=True, slots=True)
class _Case:
    """What is asked for, where its tag ends, and where its `when` tags begin."""

    subject: str
    end: int
    whens: list[int] = field(default_factory=list)


def open_case(tag: Tag, text: str) -> str:
    """Return nothing, on as many lines: the first `when` opens the condition."""
    case = _cases(text).get(tag.start)
    if not case or not case.whens or not case.subject:
        raise LiquidFault("this case has nothing to choose from", _EXAMPLE)
    if text[case.end : case.whens[0]].strip():
        raise LiquidFault("what stands between a case and its first when is never shown", "take it out")
    return f"{{#*{tag.filling('')}*#}}"


def when(tag: Tag, text: str) -> str:
    """Return the `if` or `elif` of one choice; several values stand behind commas or `or`."""
    case = _cases(text).get(tag.start)
    if not case:
        raise LiquidFault("this when belongs to no case", _EXAMPLE)
    values = [one for part in divided(read_words(tag.arguments), ",") for one in _alternatives(part)]
    if not all(values):
        raise LiquidFault("this when names no value", _EXAMPLE)
    asked = " or ".join(condition(f"{case.subject} == {value}") for value in values)
    return tag.holding(f"{'if' if case.whens[0] == tag.start else 'elif'} {asked}")


def close_case(tag: Tag, text: str) -> str:
    """Return the end of the condition."""
    if tag.start not in _cases(text):
        raise LiquidFault("{% endcase %} has nothing open that it belongs to", "take it out")
    return tag.holding("endif")


@lru_cache(maxsize=_REMEMBERED)
def _cases(text: str) -> Mapping[int, _Case]:
    """Return the case that each `case`, `when` and `endcase` belongs to, by where the tag starts."""
    found: dict[int, _Case] = {}
    around: list[_Case] = []
    for tag in read_tags(text):
        if tag.keyword == "case":
            around.append(_Case(tag.arguments.strip(), tag.end))
        if tag.keyword in {"case", "when", "endcase"} and around:
            found[tag.start] = around[-1]
        if tag.keyword == "when" and around:
            around[-1].whens.append(tag.start)
        if tag.keyword == "endcase" and around:
            around.pop()
    return found


def _alternatives(words: list[Word]) -> list[str]:
    """Return the values between the words `or`."""
    values: list[list[Word]] = [[]]
    for word in words:
        if word.kind == "name" and word.text == "or":
            values.append([])
        else:
            values[-1].append(word)
    return [written(stripped(value)) for value in values]
