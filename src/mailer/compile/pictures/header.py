"""Bytes of a picture -> kind, size and frames, out of its headers; nothing is ever decoded."""

import struct
from collections.abc import Callable
from dataclasses import dataclass

from mailer.compile.pictures.exif import ON_THE_SIDE, TURNED, UPRIGHT, orientation_of

_PNG_END = b"IEND\xaeB`\x82"
_NOT_SOF = {0xC4, 0xC8, 0xCC}
_ALONE = {0x01, *range(0xD0, 0xD8)}
"""JPEG markers without a length."""

_EXIF = 0xE1


@dataclass(frozen=True, slots=True)
class Header:
    """
    What a picture says of itself: `kind` is png, jpg, gif or webp, width and height are pixels.

    `turned` tells that the pixels lie on their side or their head; the size is that of the picture upright.
    """

    kind: str
    width: int
    height: int
    frames: int = 1
    turned: bool = False


def read_header(data: bytes) -> Header:
    """Return the header; ValueError tells why this is no whole PNG, JPEG, GIF or WebP."""
    for magic, read in _READERS.items():
        if data.startswith(magic):
            try:
                header = read(data)
            except (struct.error, IndexError):
                raise ValueError("it is cut off") from None
            if not (header.width and header.height):
                raise ValueError("it has no width or no height")
            return header
    raise ValueError("its content is no PNG, JPEG or GIF")


def _png(data: bytes) -> Header:
    if data[12:16] != b"IHDR":
        raise ValueError("its PNG header is broken")
    width, height = struct.unpack_from(">II", data, 16)
    if _PNG_END not in data:
        raise ValueError("it is cut off")
    return Header("png", width, height)


def _jpeg(data: bytes) -> Header:
    """Walk the segments up to the one that begins a frame (ITU T.81 §B.2)."""
    place, orientation = 2, UPRIGHT
    while data[place] == 0xFF:  # noqa: PLR2004 - what begins each marker
        marker = data[place + 1]
        if marker in _ALONE or marker == 0xFF:  # noqa: PLR2004 - a byte that fills up
            place += 1 if marker == 0xFF else 2  # noqa: PLR2004 - the same
            continue
        if 0xC0 <= marker <= 0xCF and marker not in _NOT_SOF:  # noqa: PLR2004 - SOF0 to SOF15
            height, width = struct.unpack_from(">HH", data, place + 5)
            if b"\xff\xd9" not in data[place:]:
                raise ValueError("it is cut off")
            if orientation in ON_THE_SIDE:
                width, height = height, width
            return Header("jpg", width, height, turned=orientation in TURNED)
        if marker == _EXIF:
            orientation = orientation_of(data[place + 4 : place + 2 + _length(data, place)])
        place += 2 + _length(data, place)
    raise ValueError("its JPEG header is broken")


def _length(data: bytes, place: int) -> int:
    """Return the bytes of a segment behind its marker."""
    return int.from_bytes(data[place + 2 : place + 4])


def _gif(data: bytes) -> Header:
    """Count the frames from block to block (GIF89a §§17-25)."""
    if data[3:6] not in (b"87a", b"89a"):
        raise ValueError("its GIF header is broken")
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    place, frames = 13 + _palette(flags), 0
    while data[place] != 0x3B:  # noqa: PLR2004 - the end
        if data[place] == 0x21:  # noqa: PLR2004 - an extension
            place = _after_blocks(data, place + 2)
        elif data[place] == 0x2C:  # noqa: PLR2004 - a frame
            frames += 1
            place = _after_blocks(data, place + 11 + _palette(data[place + 9]))
        else:
            raise ValueError("its GIF blocks are broken")
    return Header("gif", width, height, frames)


def _palette(flags: int) -> int:
    """Return the bytes of a colour table."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(data: bytes, place: int) -> int:
    while data[place]:
        place += data[place] + 1
    return place + 1


def _webp(data: bytes) -> Header:
    """Read the first chunk: lossy, lossless or extended (RFC 9649 §2)."""
    if data[8:12] != b"WEBP":
        raise ValueError("its content is no PNG, JPEG or GIF")
    if struct.unpack_from("<I", data, 4)[0] + 8 > len(data):
        raise ValueError("it is cut off")
    match data[12:16]:
        case b"VP8 ":
            width, height = struct.unpack_from("<HH", data, 26)
            return Header("webp", width & 0x3FFF, height & 0x3FFF)
        case b"VP8L":
            bits = struct.unpack_from("<I", data, 21)[0]
            return Header("webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        case b"VP8X":
            width, height = (int.from_bytes(data[place : place + 3], "little") + 1 for place in (24, 27))
            return Header("webp", width, height)
    raise ValueError("its WebP header is broken")


_READERS: dict[bytes, Callable[[bytes], Header]] = {
    b"\x89PNG\r\n\x1a\n": _png,
    b"\xff\xd8\xff": _jpeg,
    b"GIF8": _gif,
    b"RIFF": _webp,
}
"""What reads a picture, by the bytes it begins with."""
