"""
Liquid's expressions -> Jinja's: values, conditions and rows of filters.

What both languages write alike stays as it is, to the letter.
"""

from collections.abc import Sequence

from mailer.compile.liquid.fault import LiquidFault
from mailer.compile.liquid.filters import PLAIN, WITH_ARGUMENTS
from mailer.compile.liquid.word import Word, divided, read_words, stripped, written
from mailer.errors import did_you_mean

_LOOP = {"rindex": "revindex", "rindex0": "revindex0"}
_NOTHING = frozenset({"nil", "null"})
_EMPTY = frozenset({"empty", "blank"})
_JOINING = frozenset({"and", "or", "not", "in", "is", "if", "else", "contains"})
_COMPARING = frozenset({"==", "!=", "<>", "<", ">", "<=", ">="})
_OR_NONE = "| default(none))"
_MAYBE_MISSING = frozenset({"page", "include"})


def to_jinja(text: str) -> str:
    """Return a value with its filters; raises LiquidFault for a filter that there is none like."""
    first, *filters = divided(read_words(text), "|")
    return "|".join([written(_renamed(first)), *map(_filter, filters)])


def condition(text: str) -> str:
    """Return what an `if` asks for: `contains` is turned around, a missing `page.…` is nothing."""
    words = read_words(text)
    if len(divided(words, "|")) > 1:
        return to_jinja(text)
    return _joined(_comparisons(_renamed(words)))


def _renamed(words: Sequence[Word]) -> list[Word]:
    """Return the words with Liquid's own names in Jinja's terms."""
    renamed: list[Word] = []
    before, loop = "", False
    for word in words:
        text = word.text
        if word.kind == "name" and before != ".":
            loop = text == "forloop"
            text = "loop" if loop else "none" if text in _NOTHING else text
        elif word.kind == "name" and loop:
            text = _LOOP.get(text, text)
        elif text == "<>":
            text = "!="
        renamed.append(Word(word.kind, text))
        before = word.text
    return renamed


def _filter(words: Sequence[Word]) -> str:
    """Return one filter; Liquid's argument stands behind a colon, Jinja's in brackets."""
    before, *arguments = divided(words, ":")
    name = written(before).strip()
    if not arguments:
        return written(words).replace(name, PLAIN.get(name, name), 1) if name in PLAIN else written(words)
    if name not in WITH_ARGUMENTS:
        hint = f"there are {', '.join(sorted(WITH_ARGUMENTS))}"
        message = f"Liquid filter '{name}' is not supported here{did_you_mean(name, WITH_ARGUMENTS)}"
        raise LiquidFault(message, hint)
    if len(arguments) > 1:
        raise LiquidFault(f"'{name}' takes values alone, without a name", f"write {name}: value")
    given = written(_renamed(arguments[0])).strip()
    end = written(words)[len(written(words).rstrip()) :]
    return f" {WITH_ARGUMENTS[name].replace('…', given)}{end or ' '}"


def _comparisons(words: Sequence[Word]) -> list[list[Word]]:
    """Return the values and the words between them, in a row; a value is one run of words."""
    row: list[list[Word]] = []
    depth, in_value = 0, False
    for word in words:
        apart = not depth and (word.kind == "space" or word.text in _JOINING | _COMPARING)
        if apart or not in_value:
            row.append([word])
        else:
            row[-1].append(word)
        in_value = not apart
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(word.text, 0)
    return row


def _joined(row: Sequence[Sequence[Word]]) -> str:
    """Return the condition as Jinja has it."""
    texts = [_asked(one) for one in row]
    solid = [place for place, text in enumerate(texts) if text.strip()]
    for left, sign, right in zip(solid, solid[1:], solid[2:], strict=False):
        if asked := _turned(texts[left], texts[sign], texts[right]):
            texts[left : right + 1] = [asked, *([""] * (right - left))]
    return "".join(texts)


def _turned(left: str, sign: str, right: str) -> str:
    """Return what Jinja writes in another way, or nothing."""
    if sign == "contains":
        return f"({right} in {f'({left} or [])' if left.endswith(_OR_NONE) else left})"
    if right in _EMPTY and sign in {"==", "!="}:
        return f"(not {left})" if sign == "==" else left
    return ""


def _asked(words: Sequence[Word]) -> str:
    """Return a value; of a page or an include it may be missing."""
    text = written(words)
    value = stripped(words)
    if len(value) > 2 and value[0].text in _MAYBE_MISSING and value[1].text in {".", "["}:  # noqa: PLR2004
        return f"({text} {_OR_NONE}"
    return text
