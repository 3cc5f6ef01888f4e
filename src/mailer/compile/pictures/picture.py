"""Path + bytes -> the facts about a picture, or what is wrong with it."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from typing import Any, Self

from mailer.compile.pictures.header import Header, read_header

MOST_PIXELS = 25_000_000
MOST_SIDE = 5_000
MOST_FRAMES = 200
MOST_BYTES = 10_000_000
"""More than that no mail carries and no reader waits for."""

KINDS = {".png": "png", ".jpg": "jpg", ".jpeg": "jpg", ".gif": "gif", ".webp": "webp"}
_MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}


class PictureFault(Exception):
    """Why a picture cannot be used; it becomes an IssueError where the picture is named."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class MissingPicture(PictureFault):
    """There is no such file; `other_case` is the name that differs from it in capital letters alone."""

    def __init__(self, message: str, hint: str = "", *, other_case: str = "") -> None:
        super().__init__(message, hint)
        self.other_case = other_case


@dataclass(frozen=True, slots=True)
class PictureFile:
    """
    A picture of the project.

    `path` counts from the project folder, `kind` is png, jpg, gif or webp, `size` are bytes, `sha256` is in
    hexadecimal. `data` are the bytes: nothing where the picture lives on the site. `url` is where a command
    of the author's publishes it. `turned` tells of pixels that a program has to turn to show them upright.
    """

    path: str
    kind: str
    width: int
    height: int
    frames: int
    size: int
    sha256: str
    data: bytes = field(default=b"", repr=False)
    url: str = ""
    turned: bool = False

    @property
    def carried(self) -> bool:
        """Tell whether each message carries the bytes."""
        return bool(self.data) and not self.url

    @property
    def media_type(self) -> str:
        """Return the media type, `image/…`."""
        return _MEDIA_TYPES[self.kind]

    @property
    def content_id(self) -> str:
        """Return the Content-ID without its brackets (RFC 2392 §2): the same for the same bytes."""
        return f"{self.sha256[:32]}@mailer.invalid"

    def to_json(self) -> dict[str, Any]:
        """Return what a frozen copy keeps; the bytes, as base64, only where a message carries them."""
        data = self.data if self.carried else b""
        return {**asdict(self), "data": base64.b64encode(data).decode()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return the picture that `to_json` stored."""
        return cls(**{**stored, "data": base64.b64decode(stored["data"])})


LoadPicture = Callable[[str], PictureFile]
"""
Find the picture of an address as the author wrote it: `owl.jpg`, `/images/owl.jpg`.

Raises MissingPicture where there is none and PictureFault for one that must not or cannot be used.
"""


def picture_of(path: str, data: bytes) -> PictureFile:
    """Return the facts about a picture; PictureFault where suffix and content differ or it is too large."""
    wanted = KINDS.get(PurePosixPath(path).suffix.lower())
    if wanted is None:
        raise PictureFault(f"'{path}' is no picture that mail programs show", "take a PNG, JPEG or GIF")
    try:
        header = read_header(data)
    except ValueError as error:
        raise PictureFault(f"'{path}' is no usable picture: {error}", "export it anew") from None
    if header.kind != wanted:
        better = PurePosixPath(path).with_suffix(f".{header.kind}").name
        raise PictureFault(f"'{path}' is a {header.kind.upper()} by its content", f"rename it to {better}")
    _refuse_huge(path, header)
    return PictureFile(
        path=path,
        kind=header.kind,
        width=header.width,
        height=header.height,
        frames=header.frames,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        data=data,
        turned=header.turned,
    )


def _refuse_huge(path: str, header: Header) -> None:
    if max(header.width, header.height) > MOST_SIDE or header.width * header.height > MOST_PIXELS:
        raise PictureFault(
            f"'{path}' has {header.width:,} x {header.height:,} pixels",
            f"make it smaller: at most {MOST_SIDE:,} a side and {MOST_PIXELS // 10**6} million in all",
        )
    if header.frames > MOST_FRAMES:
        raise PictureFault(f"'{path}' has {header.frames:,} frames", f"{MOST_FRAMES} are the most")
