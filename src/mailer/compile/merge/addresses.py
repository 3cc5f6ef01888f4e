"""
Values at the start of a link's or image's address: they bring the scheme, so they are guarded.

A value may bring `https:`, never `javascript:`.
"""

import re
from collections.abc import Iterator, Mapping
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

    def in_tag(found: re.Match[str]) -> str:
        return _ADDRESS.sub(in_address, found[0]) if "zxq" in found[0] else found[0]

    return OPEN_TAG.sub(in_tag, html)


def _guarded(address: str, sources: Mapping[str, str]) -> str:
    pieces, done = [], 0
    for start, end in _first_values(address):
        word = address[start:end]
        pieces += [address[done:start], _guard(sources[word]) if word in sources else word]
        done = end
    return "".join([*pieces, address[done:]])


def _first_values(address: str) -> Iterator[tuple[int, int]]:
    """Yield the places of values that nothing but white space stands before, whichever branches are taken."""
    at_start = True
    opened: list[
        tuple[bool, bool]
    ] = []  # of each open block: at the start before it, after one of its branches
    done = 0
    for found in MARKER.finditer(address):
        at_start &= not address[done : found.start()].strip()
        done = found.end()
        role = found["role"]
        if role == "v" and at_start:
            yield found.span()
            at_start = False  # a guarded value is never empty
        elif role == "o":
            opened.append((at_start, at_start))
        elif role == "m" and opened:
            before, after = opened[-1]
            opened[-1] = before, after or at_start
            at_start = before
        elif role == "e" and opened:
            at_start |= opened.pop()[1]


def _guard(source: str) -> str:
    expression = source.removeprefix("{{").removesuffix("}}").strip()
    return f"{{{{ ({expression}) | {SAFE_ADDRESS} }}}}"
