"""Text -> encoded words (RFC 2047): how anything but plain ASCII stands in a header."""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator

LONGEST_WORD = 75
"""Octets of one encoded word (RFC 2047 §2)."""

_WORD = re.compile(r"=\?([^?]*)\?([qb])\?(.*?)\?=", re.IGNORECASE | re.DOTALL)
_ROOM = LONGEST_WORD - len("=?utf-8?q??=")
_PLAIN_IN_Q = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_Q = {byte: chr(byte) if byte in _PLAIN_IN_Q else f"={byte:02X}" for byte in range(256)} | {0x20: "_"}


def encode_words(text: str, *, used: int = 0) -> list[str]:
    """
    Return the encoded words of a text: whole characters in each, Q where most of it stays legible, else B.

    `used` is how many columns of its line the first word finds taken.
    """
    quoted = len(_q(text)) <= 1.5 * len(_b(text))
    letter, encode = ("q", _q) if quoted else ("b", _b)
    pieces = _pieces(text, quoted, first_room=max(_ROOM - used, _ROOM // 3))
    return [f"=?utf-8?{letter}?{encode(piece)}?=" for piece in pieces]


def looks_encoded(text: str) -> bool:
    """Return whether a reader's program might take a part of this text for an encoded word."""
    return "=?" in text


def decoded_words(text: str) -> Iterator[str]:
    """Yield what each encoded word in a text hides."""
    for charset, letter, payload in _WORD.findall(text):
        data = _decode(letter.lower(), payload)
        try:
            yield data.decode(charset.partition("*")[0])
        except (LookupError, ValueError):
            yield data.decode("latin-1")


def _decode(letter: str, payload: str) -> bytes:
    raw = payload.encode("utf-8", "replace")
    if letter == "q":
        return quopri.decodestring(raw, header=True)
    try:
        return base64.b64decode(raw + b"=" * (-len(raw) % 4))
    except binascii.Error:
        return raw


def _pieces(text: str, quoted: bool, first_room: int) -> Iterator[str]:  # noqa: FBT001 - private, two kinds
    """Cut a text between characters so that each piece fits one encoded word."""
    piece, width, room = "", 0, first_room
    for char in text:
        wide = len(_q(char)) if quoted else len(char.encode())
        if piece and (width + wide if quoted else (width + wide + 2) // 3 * 4) > room:
            yield piece
            piece, width, room = "", 0, _ROOM
        piece, width = piece + char, width + wide
    yield piece


def _q(text: str) -> str:
    return "".join(map(_Q.__getitem__, text.encode()))


def _b(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
