"""Inside of a tag -> its words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["space", "string", "number", "name", "sign"]

_WORD = re.compile(
    r"""(?P<space>\s+)
      | (?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
      | (?P<number>\d+(?:\.\d+)?(?!\w))
      | (?P<name>[A-Za-z_]\w*)
      | (?P<sign>==|!=|<>|<=|>=|\.\.|.)""",
    re.VERBOSE | re.DOTALL,
)
_KINDS: tuple[Kind, ...] = ("space", "string", "number", "name", "sign")
_DEEPER = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


@dataclass(frozen=True, slots=True)
class Word:
    """One word, as written; joined, the words of a tag are its inside."""

    kind: Kind
    text: str


def read_words(text: str) -> list[Word]:
    """Return the words of the inside of a tag, white space among them."""
    found = _WORD.finditer(text)
    return [Word(next(kind for kind in _KINDS if one.lastgroup == kind), one[0]) for one in found]


def written(words: Sequence[Word]) -> str:
    """Return the text of words."""
    return "".join(word.text for word in words)


def names(words: Sequence[Word]) -> Iterator[str]:
    """Yield the names of values: what follows no dot."""
    before = ""
    for word in words:
        if word.kind == "name" and before != ".":
            yield word.text
        before = word.text


def divided(words: Sequence[Word], sign: str) -> list[list[Word]]:
    """Return the words between the signs that stand in no brackets."""
    pieces: list[list[Word]] = [[]]
    depth = 0
    for word in words:
        depth += _DEEPER.get(word.text, 0) if word.kind == "sign" else 0
        if word.text == sign and word.kind == "sign" and not depth:
            pieces.append([])
        else:
            pieces[-1].append(word)
    return pieces


def stripped(words: Sequence[Word]) -> list[Word]:
    """Return the words without white space around them."""
    solid = [place for place, word in enumerate(words) if word.kind != "space"]
    return list(words[solid[0] : solid[-1] + 1]) if solid else []
