"""The Exif segment of a JPEG -> how its pixels lie (CIPA DC-008, 4.6.4, tag Orientation)."""

import struct

UPRIGHT = 1
TURNED = frozenset({3, 4, 5, 6, 7, 8})
ON_THE_SIDE = frozenset({5, 6, 7, 8})
"""Width and height of such pixels are height and width of the picture."""

_BEGINNING = b"Exif\0\0"
_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_ORIENTATION = 0x0112
_SHORT = 3


def orientation_of(segment: bytes) -> int:
    """Return the orientation, 1 to 8; that of a picture which says nothing, or nothing sensible, is 1."""
    if not segment.startswith(_BEGINNING):
        return UPRIGHT
    tiff = segment.removeprefix(_BEGINNING)
    order = _ORDERS.get(tiff[:4])
    try:
        found = _find(tiff, order) if order else UPRIGHT
    except struct.error:
        return UPRIGHT
    return found if found in TURNED else UPRIGHT


def _find(tiff: bytes, order: str) -> int:
    """Look through the entries of the first directory."""
    start = struct.unpack_from(f"{order}I", tiff, 4)[0]
    count = struct.unpack_from(f"{order}H", tiff, start)[0]
    for number in range(count):
        tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * number)
        if tag == _ORIENTATION and kind == _SHORT:
            return int(value)
    return UPRIGHT
