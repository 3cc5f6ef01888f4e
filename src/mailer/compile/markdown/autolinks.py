"""Addresses written without brackets: web addresses and mail addresses in running text."""

import re
from html import unescape

from mailer.compile.marker import MARKER

AFTER_MARKER = r"(?<=[0-9]zx)"
WEB = rf"(?:{AFTER_MARKER}|(?<![A-Za-z0-9@/.]))(?:https?://(?=[^\W_])|www\.(?=[^\W_]))"
MAIL = (
    rf"(?:{AFTER_MARKER}|(?<![A-Za-z0-9.@+/-]))"
    r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}@"
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?){1,9}"
)
ADDRESS = re.compile(r"[^\s<>`\"\u3000-\u303f\uff00-\uff65]+")
TRAILING = "?!.,:*_~'\";"
ENTITY_END = re.compile(r"&[A-Za-z0-9]+;\Z")
LONGEST_ENTITY = 34


def read_web_address(text: str, position: int) -> int:
    """Return where the web address at `position` ends; punctuation and unbalanced brackets stay outside."""
    found = ADDRESS.match(text, position)
    assert found
    end = _before_foreign_marker(text, position, found.end())
    end = _before_unbalanced(text, position, end, "[", "]")
    return _cut_tail(text, position, end)


def read_mail_address(found: re.Match[str]) -> int:
    """Return where a `MAIL` ends: before the marker of a block's tag that its letters run into."""
    for marker in MARKER.finditer(found[0]):
        if marker["role"] != "v":
            return found.start() + marker.start()
    return found.end()


def _cut_tail(text: str, start: int, end: int) -> int:
    """Leave punctuation and closing brackets without an opening one to the text."""
    surplus = text.count(")", start, end) - text.count("(", start, end)
    while end > start:
        last = text[end - 1]
        entity = ENTITY_END.search(text, max(end - LONGEST_ENTITY, start), end) if last == ";" else None
        if last == ")" and surplus > 0:
            surplus -= 1
        elif last not in TRAILING:
            break
        end = entity.start() if entity else end - 1
    return end


def _before_unbalanced(text: str, start: int, end: int, opening: str, closing: str) -> int:
    depth = 0
    for position in range(start, end):
        if text[position] == opening:
            depth += 1
        elif text[position] == closing:
            depth -= 1
            if depth < 0:
                return position
    return end


def _before_foreign_marker(text: str, start: int, end: int) -> int:
    """Return where the first marker stands whose group was not opened inside the address."""
    opened: set[str] = set()
    for found in MARKER.finditer(text, start, end):
        if found["role"] == "o":
            if not _is_closed(text, found, end):
                return found.start()
            opened.add(found["group"])
        elif found["role"] != "v" and found["group"] not in opened:
            return found.start()
    return end


def _is_closed(text: str, opening: re.Match[str], end: int) -> bool:
    return any(
        found["role"] == "e" and found["group"] == opening["group"]
        for found in MARKER.finditer(text, opening.end(), end)
    )


def web_target(address: str) -> str:
    """Return the address a link leads to: with a scheme, entities resolved."""
    address = unescape(address)
    return address if "://" in address[:8] else f"http://{address}"
