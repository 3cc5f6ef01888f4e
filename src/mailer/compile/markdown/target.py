"""Where a link leads: label, destination and title (CommonMark 0.31, section 6.3)."""

import re

LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.){1,999}+)\]", re.DOTALL)
DESTINATION_SPACE = re.compile(r"[ \t]*+\n?[ \t]*+")
ANGLED = re.compile(r"<((?:[^<>\n\\]|\\.)*+)>")
PLAIN_PIECE = re.compile(r"[^\x00-\x20\x7f()\\]++|\\[!-/:-@\[-`{-~]|\\|[()]")
TITLE = re.compile(
    r""" "((?:[^"\\]|\\.)*+)" | '((?:[^'\\]|\\.)*+)' | \(((?:[^()\\]|\\.)*+)\) """, re.DOTALL | re.VERBOSE
)
PARENTHESES_LIMIT = 8


def read_destination(text: str, position: int) -> tuple[str, int] | None:
    """Return the raw destination at `position` and where it ends."""
    if text.startswith("<", position):
        angled = ANGLED.match(text, position)
        return (angled[1], angled.end()) if angled else None
    end = _end_of_plain(text, position)
    return (text[position:end], end) if end > position else None


def _end_of_plain(text: str, position: int) -> int:
    """Return where a destination without angle brackets ends; `position` itself if it is unbalanced."""
    start, depth = position, 0
    while piece := PLAIN_PIECE.match(text, position):
        if piece[0] == ")" and not depth:
            break
        depth += {"(": 1, ")": -1}.get(piece[0], 0)
        if depth > PARENTHESES_LIMIT:
            return start
        position = piece.end()
    return start if depth else position


def read_title(text: str, position: int) -> tuple[str, int] | None:
    """Return the raw title at `position` and where it ends."""
    title = TITLE.match(text, position)
    return (title[title.lastindex or 1], title.end()) if title else None


def read_inline_target(text: str, position: int) -> tuple[str, str, int] | None:
    """Return destination, title and end of `(…)` after the text of a link."""
    if not text.startswith("(", position):
        return None
    position = _skip(text, position + 1)
    destination, title = "", ""
    if found := read_destination(text, position):
        destination, position = found
        after = _skip(text, position)
        if after > position and (titled := read_title(text, after)):
            title, position = titled
    position = _skip(text, position)
    return (destination, title, position + 1) if text.startswith(")", position) else None


def _skip(text: str, position: int) -> int:
    while text[position : position + 1] in (" ", "\t", "\n") and position < len(text):
        position += 1
    return position
