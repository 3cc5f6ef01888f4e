"""Pictures -> what stands around the HTML in a multipart/related (RFC 2387), encoded once for a send."""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from mailer.compile.pictures import PictureFile

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 40
"""Characters, so that no line of a part's head is folded."""
_CID = re.compile(r"\bcid:([^\s\"'<>()]+)")
"""The address of a picture inside the message (RFC 2392)."""


@dataclass(frozen=True, slots=True)
class Related:
    """The bytes around the HTML part, which begins with the end of a boundary's line."""

    before: bytes
    after: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Album:
    """The pictures that an issue carries, encoded, by their Content-ID; `=_` in `boundary` is in no part."""

    parts: Mapping[str, bytes] = field(repr=False)
    boundary: str

    def related_to(self, html: Sequence[str]) -> Related | None:
        """Return what carries the pictures that a page names: mail programs list any other as attached."""
        if not self.parts:
            return None
        named = {name for chunk in html if "cid:" in chunk for name in _CID.findall(chunk)}
        parts = [part for name, part in self.parts.items() if name in named]
        if not parts:
            return None
        line = f"--{self.boundary}".encode()
        head = f'\r\nContent-Type: multipart/related; type="text/html";\r\n boundary="{self.boundary}"'
        return Related(head.encode() + b"\r\n\r\n" + line, [*parts, line, b"--\r\n"])


def album_of(images: Sequence[PictureFile], boundary: str) -> Album:
    """Return the pictures that messages carry."""
    line = f"--{boundary}".encode()
    carried = (image for image in images if image.carried)
    return Album({image.content_id: line + _part(image) for image in carried}, boundary)


def _part(image: PictureFile) -> bytes:
    name = _name(image)
    lines = (
        "",
        f'Content-Type: {image.media_type}; name="{name}"',
        "Content-Transfer-Encoding: base64",
        f"Content-ID: <{image.content_id}>",
        f'Content-Disposition: inline; filename="{name}"',
        "",
        "",
    )
    return "\r\n".join(lines).encode() + base64.encodebytes(image.data).replace(b"\n", b"\r\n")


def _name(image: PictureFile) -> str:
    """Return the file's name as any program can keep it."""
    stem = _NOT_IN_NAMES.sub("-", PurePosixPath(image.path).stem).strip("-.")
    return f"{stem[:_LONGEST_NAME] or 'picture'}.{image.kind}"
