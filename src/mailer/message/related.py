"""Pictures -> what stands around the HTML in a multipart/related (RFC 2387), encoded once for a send."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from mailer.compile.pictures import PictureFile

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 40
"""Characters, so that no line of a part's head is folded."""


@dataclass(frozen=True, slots=True)
class Related:
    """The bytes around the HTML part, which begins with the end of a boundary's line."""

    before: bytes
    after: bytes


def relate(images: Sequence[PictureFile], boundary: str) -> Related | None:
    """Return what carries these pictures, or None where there are none; `=_` in `boundary` is in no part."""
    if not images:
        return None
    line = f"--{boundary}".encode()
    head = f'\r\nContent-Type: multipart/related; type="text/html";\r\n boundary="{boundary}"\r\n\r\n'
    parts = [line + _part(image) for image in images]
    return Related(head.encode() + line, b"".join([*parts, line, b"--\r\n"]))


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
