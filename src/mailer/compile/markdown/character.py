"""Characters: backslash escapes, entities, addresses of links (CommonMark 0.31, sections 2.4, 2.5, 6.3)."""

import re
import unicodedata
from functools import lru_cache
from html.entities import html5
from urllib.parse import quote

ENTITY = re.compile(r"&(?:#[xX]([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([A-Za-z][A-Za-z0-9]{1,31}));")
ESCAPE_OR_ENTITY = re.compile(r"\\([!-/:-@\[-`{-~])|" + ENTITY.pattern)
URL_SAFE = "!#$%&'()*+,-./:;=?@_~"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
FIRST_PRINTABLE = 0x20
SURROGATES = range(0xD800, 0xE000)
LAST_CODE_POINT = 0x10FFFF


def decode_entity(entity: re.Match[str], first_group: int = 1) -> str | None:
    """Return what an `ENTITY` stands for, or nothing where no such name exists."""
    hexadecimal, decimal, name = entity.groups()[first_group - 1 : first_group + 2]
    if name:
        return html5.get(f"{name};")
    return _character(int(hexadecimal, 16) if hexadecimal else int(decimal))


def _character(code: int) -> str:
    control = code < FIRST_PRINTABLE and chr(code) not in "\t\n"
    if control or code in SURROGATES or code > LAST_CODE_POINT:
        return REPLACEMENT
    return chr(code)


def unescape(text: str) -> str:
    """Resolve backslash escapes and entities, as in link targets, titles and info strings."""
    if "\\" not in text and "&" not in text:
        return text
    return ESCAPE_OR_ENTITY.sub(_unescaped, text)


def _unescaped(found: re.Match[str]) -> str:
    if found[1]:
        return found[1]
    return decode_entity(found, first_group=2) or found[0]


def encode_address(address: str) -> str:
    """Percent-encode what may not stand in the address of a link; what is encoded already stays."""
    return quote(address, safe=URL_SAFE, errors="replace")


@lru_cache(maxsize=4096)
def is_punctuation(char: str) -> bool:
    """Tell whether a character counts as punctuation beside emphasis: Unicode categories P and S."""
    return unicodedata.category(char)[0] in "PS"


@lru_cache(maxsize=4096)
def is_ideographic(char: str) -> bool:
    """Tell whether a character is of a script that puts no spaces between words, or its punctuation."""
    return unicodedata.east_asian_width(char) in "WF" and unicodedata.category(char) != "So"
