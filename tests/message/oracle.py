"""A whole text encoded slowly and readably: what the quick way, chunk by chunk, is held against."""

import re
from collections.abc import Iterator


def quoted_printable(text: str) -> bytes:
    """Return text as quoted-printable lines (RFC 2045 §6.7) with CRLF ends, after the last one too."""
    lines = re.split(r"\r\n|\r|\n", text)
    if lines[-1] == "":
        lines.pop()
    return b"".join(line + b"\r\n" for raw in lines for line in _soft_lines(raw.encode()))


def _soft_lines(raw: bytes) -> Iterator[bytes]:
    """Yield the lines that one line becomes: all but the last end in `=`."""
    words = [_word(byte) for byte in raw]
    if raw.endswith((b" ", b"\t")):
        words[-1] = b"=%02X" % raw[-1]
    line = b""
    for word in words:
        if len(line) + len(word) > 75:
            yield line + b"="
            line = b""
        line += word
    yield line


def _word(byte: int) -> bytes:
    plain = byte == 0x09 or (0x20 <= byte <= 0x7E and byte != 0x3D)
    return bytes([byte]) if plain else b"=%02X" % byte
