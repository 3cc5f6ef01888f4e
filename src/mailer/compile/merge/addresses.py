"""
Values at the start of a link's or image's address: they bring the scheme, so they are guarded.

A value may bring `https:`, never `javascript:`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import Undefined

from mailer.compile.marker import MARKER
from mailer.compile.merge.pieces import OPEN_TAG

SAFE_ADDRESS = "safe_address"
"""The filter that such a value goes through."""

_ADDRESS = re.compile(
    r"(?P<before>[\s\"'](?:href|src|action|formaction|background|cite|data|poster|xlink:href)\s*=\s*)"
    r"(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)')",
    re.IGNORECASE,
)
_SAFE = re.compile(r"\s*(?:https?://|mailto:|tel:)", re.IGNORECASE)
_UNSAFE_CHARACTERS = re.compile(r"[\x00-\x1f\x7f]")


def safe_address(value: Any) -> Any:
    """Return an address that a link may have, else `#`."""
    if isinstance(value, Undefined):
        return value
    text = str(value)
    if _SAFE.match(text) and not _UNSAFE_CHARACTERS.search(text):
        return value
    return "#"


def guard_addresses(html: str, sources: Mapping[str, str]) -> str:
    """Put the guarded tags in place of the markers of values that an address may begin with."""

    def in_address(found: re.Match[str]) -> str:
        address = found["double"] if found["double"] is not None else found["single"]
        quote = found[0][-1]
        return f"{found['before']}{quote}{_guarded(address, sources)}{quote}"

    pieces, done = [], 0
    for found in OPEN_TAG.finditer(html):
        if "zxq" in found[0]:
            pieces += [html[done : found.start()], _ADDRESS.sub(in_address, found[0])]
            done = found.end()
    return "".join([*pieces, html[done:]])


def _guarded(address: str, sources: Mapping[str, str]) -> str:
    pieces, done = [], 0
    for start, end in _first_values(address, sources):
        word = address[start:end]
        pieces += [address[done:start], _guard(sources[word]) if word in sources else word]
        done = end
    return "".join([*pieces, address[done:]])


@dataclass(slots=True)
class _Branches:
    """An open block in an address: whether nothing stands before it, and after one of its branches."""

    first: bool
    still_first: bool = False
    has_else: bool = False


def _first_values(address: str, sources: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """Yield the places of values that may come first, whichever branches are taken."""
    first = True
    opened: list[_Branches] = []
    done = 0
    for found in MARKER.finditer(address):
        first &= not address[done : found.start()].strip()
        done = found.end()
        role = found["role"]
        if role == "v" and first:
            yield found.span()
            first = False  # a guarded value is never empty
        elif role == "o":
            opened.append(_Branches(first))
        elif role in "me" and opened:
            block = opened[-1]
            block.still_first |= first
            block.has_else |= sources.get(found[0], "").startswith("{% else")
            first = block.first
            if role == "e":
                first = block.still_first or (block.first and not block.has_else)
                opened.pop()


def _guard(source: str) -> str:
    expression = source.removeprefix("{{").removesuffix("}}").strip()
    return f"{{{{ ({expression}) | {SAFE_ADDRESS} }}}}"
