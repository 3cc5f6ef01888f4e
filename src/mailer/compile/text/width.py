"""Text -> lines of at most so many columns."""

import re
import unicodedata
from collections.abc import Iterator

from mailer.compile.marker import MARKER

NO_BREAK = "\N{NO-BREAK SPACE}"

_VALUE_WIDTH = 8
"""Columns that a merge field is taken to fill."""

_ODD_WIDTH = re.compile("[^\u0000-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e]")
"""A character that may fill two columns, or none, and may stand where a line breaks within a word."""

_CONTROL = r"(?:zxq[0-9a-f]{4}\d+[omes]\d+zx)"
_LOOSE_CONTROL = re.compile(rf" +({_CONTROL}+)(?= |\n|\Z)")
_LEADING_CONTROL = re.compile(rf"^({_CONTROL}+) +", re.MULTILINE)
_OPTIONAL_WORDS = re.compile(
    r" (?P<open>zxq[0-9a-f]{4}\d+o(?P<group>\d+)zx)(?P<words>\S.*?)"
    r"(?P<end>zxq[0-9a-f]{4}\d+e(?P=group)zx)(?= |\n|\Z)"
)
_OPTIONAL_START = re.compile(
    r"^(?P<open>zxq[0-9a-f]{4}\d+o(?P<group>\d+)zx) *(?P<words>\S.*?) *"
    r"(?P<end>zxq[0-9a-f]{4}\d+e(?P=group)zx) +(?=\S)",
    re.MULTILINE,
)
_WIDE = "\u2e80-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff60\U00020000-\U0003ffff"
_CLOSING = (
    r"\u3001\u3002\u3005\u3009\u300b\u300d\u300f\u3011\u3015\u30fc\uff01\uff09\uff0c\uff0e\uff1a\uff1b\uff1f"
    r"\]\).,:;!?%\u2019\u201d\u2026\xa0"
)
_OPENING = r"\u3008\u300a\u300c\u300e\u3010\u3014\uff08\[\(\u2018\u201c\xa0"
_BETWEEN_WIDE = (
    rf"(?<=[{_WIDE}])(?<![{_OPENING}])(?![{_CLOSING}])|(?<![{_OPENING}])(?=[{_WIDE}])(?![{_CLOSING}])"
)
"""It takes long to compile, so that is left to the first text that needs it."""


def display_width(text: str) -> int:
    """Return the columns a text fills: East Asian wide characters two, control markers none."""
    if "zxq" in text:
        text = MARKER.sub(lambda found: "x" * _VALUE_WIDTH if found["role"] == "v" else "", text)
    if not _ODD_WIDTH.search(text):
        return len(text)
    return sum(_character_width(character) for character in text)


def wrap(text: str, width: int) -> list[str]:
    """Return the lines of a text, its line feeds being hard breaks; words and URLs stay whole."""
    fill = _fill_evenly
    if "zxq" in text:
        text, fill = _tuck_markers(text), _fill
    elif _ODD_WIDTH.search(text):
        fill = _fill
    lines = [line for part in text.split("\n") for line in fill(part, width)]
    return [line.replace(NO_BREAK, " ") for line in lines]


def _character_width(character: str) -> int:
    if unicodedata.east_asian_width(character) in "WF":
        return 2
    return 0 if unicodedata.category(character) in ("Mn", "Me", "Cf") else 1


def _tuck_markers(text: str) -> str:
    """Put the space before a block that may be left out inside it, so that none is left over."""
    text = _OPTIONAL_START.sub(_space_at_end, text)
    text = _OPTIONAL_WORDS.sub(_space_inside, text)
    text = _LOOSE_CONTROL.sub(r"\1", text)
    return _LEADING_CONTROL.sub(r"\1", text)


def _space_inside(found: re.Match[str]) -> str:
    return found[0] if _has_branches(found) else f"{found['open']} {found['words']}{found['end']}"


def _space_at_end(found: re.Match[str]) -> str:
    return found[0] if _has_branches(found) else f"{found['open']}{found['words']} {found['end']}"


def _has_branches(found: re.Match[str]) -> bool:
    """Tell whether there is an `else`: then some words always stand there, and need their spaces."""
    return f"m{found['group']}zx" in found["words"]


def _fill_evenly(text: str, width: int) -> Iterator[str]:
    """Do what `_fill` does, where every character fills one column."""
    text = " ".join([word for word in text.split(" ") if word])
    start = 0
    while len(text) - start > width:
        end = text.rfind(" ", start, start + width + 1)
        if end < 0:
            end = text.find(" ", start + width)
        if end < 0:
            break
        yield text[start:end]
        start = end + 1
    if start < len(text):
        yield text[start:]


def _fill(text: str, width: int) -> Iterator[str]:
    line, filled = "", 0
    for piece, space in _pieces(text):
        columns = display_width(piece)
        if line and filled + len(space) + columns > width:
            yield line
            line, filled = piece, columns
        else:
            line, filled = f"{line}{space}{piece}", filled + len(space) + columns
    if line:
        yield line


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Yield (piece, space before it) for everything between two places where a line may break."""
    space = ""
    for word in text.split(" "):
        if not word:
            continue
        parts = [word] if word.isascii() else [part for part in re.split(_BETWEEN_WIDE, word) if part]
        for part in parts:
            yield part, space
            space = ""
        space = " "
