"""Pictures for tests, made when they are needed: as small as their formats allow."""

import struct
import zlib

from mailer.compile.pictures import LoadPicture, MissingPicture, PictureFault, PictureFile, picture_of


def png(width: int, height: int) -> bytes:
    """Return one that says it is so large; its pixels are few."""
    parts = [b"\x89PNG\r\n\x1a\n"]
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 64)), (b"IEND", b"")):
        parts.append(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)))
    return b"".join(parts)


def gif(width: int, height: int, frames: int = 1) -> bytes:
    frame = (
        b"\x21\xf9\x04\0\x0a\0\0\0" + b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x4c\x01\0"
    )
    palette = b"\0\0\0\xff\xff\xff"
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + palette + frame * frames + b"\x3b"


def exif(orientation: int, *, order: str = ">") -> bytes:
    """Return a segment that tells how pixels lie; `order` is that of its bytes, as `struct` writes it."""
    start = b"MM\0*" if order == ">" else b"II*\0"
    entries = struct.pack(f"{order}HHIHH", 0x0100, 3, 1, 30, 0), (0x0112, 3, 1, orientation, 0)
    directory = struct.pack(f"{order}H", 2) + entries[0] + struct.pack(f"{order}HHIHH", *entries[1])
    tiff = start + struct.pack(f"{order}I", 8) + directory + bytes(4)
    return b"\xff\xe1" + struct.pack(">H", 8 + len(tiff)) + b"Exif\0\0" + tiff


def jpg(width: int, height: int, *segments: bytes) -> bytes:
    before = b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0" + b"".join(segments)
    frame = b"\xff\xff\xc2\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\0"
    return before + b"\xff\xc4\x00\x04\0\0" + frame + b"\xff\xda\x00\x08\x01\x01\0\0\x3f\0\0\xff\xd9"


def webp(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunk = b"WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + size
    return b"RIFF" + struct.pack("<I", len(chunk)) + chunk


def album(**pictures: bytes) -> LoadPicture:
    """Return what finds these pictures: `owl_png` is `owl.png`."""
    known = {name.replace("_", "."): data for name, data in pictures.items()}

    def load(address: str) -> PictureFile:
        if address.startswith(".."):
            raise PictureFault(f"the picture '{address}' lies outside the project")
        if address not in known:
            raise MissingPicture(f"there is no picture '{address}'")
        return picture_of(address, known[address])

    return load
