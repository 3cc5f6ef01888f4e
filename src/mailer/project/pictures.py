"""Address of a picture, as its author wrote it -> the file, out of the project folder and never out of it."""

import os
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

from mailer.compile.pictures import LoadPicture, MissingPicture, PictureFault, PictureFile, picture_of
from mailer.compile.pictures.picture import KINDS, MOST_BYTES
from mailer.compile.written import Markdown
from mailer.errors import IssueError, did_you_mean
from mailer.issue.document import Issue
from mailer.project.publish import published_name

_NEVER = re.compile(r"[\\\0]|^[A-Za-z]:|^[A-Za-z][A-Za-z0-9+.-]+:")


def picture_loader(project: Path, beside: Path, *, published: str = "") -> LoadPicture:
    """
    Return what finds pictures beside an issue, else in the project folder; `/…` counts from the latter.

    Names count with their capital letters, on every machine. A name that leads out of the project, by `..` or
    by a symbolic link, is refused. Below the address `published`, if there is one, a picture gets one that
    changes with its content.
    """
    root = project.resolve()

    def load(address: str) -> PictureFile:
        name = unquote(re.split(r"[?#]", address, maxsplit=1)[0])
        if _NEVER.search(name):
            raise _outside(address)
        places = [root] if name.startswith("/") else [beside.resolve(), root]
        path = _find(root, places, name.lstrip("/"), address)
        picture = picture_of(path.relative_to(root).as_posix(), _read(path, name))
        return replace(picture, url=f"{published}/{published_name(picture)}") if published else picture

    return load


def refuse_heavy(pictures: Iterable[PictureFile], limit: int, issue: Issue) -> None:
    """Raise IssueError where a message would carry more than `limit` bytes of pictures, at the largest."""
    carried = [picture for picture in pictures if picture.carried]
    together = sum(picture.size for picture in carried)
    if together <= limit:
        return
    largest = max(carried, key=lambda picture: picture.size)
    written = Markdown(issue.body, issue.path, issue.body_line)
    place = written.find_address(largest.path)
    raise IssueError(
        f"each message would carry {_shown(together)} of pictures, {_shown(limit)} are the most"
        f" ('{largest.path}' alone has {_shown(largest.size)})",
        place,
        hint="make them smaller; or set newsletter.url or images.publish in mailer.toml, so that they live on"
        " the web; or images.carry_limit",
        source_line=written.line(place),
    )


def _shown(count: int) -> str:
    return f"{-(-count // 1000):,} kB"


def _outside(address: str) -> PictureFault:
    return PictureFault(
        f"the picture '{address}' lies outside the project",
        "move it beside the issue or into the project folder",
    )


def _find(root: Path, places: Iterable[Path], name: str, address: str) -> Path:
    """Return the first file of this name that there is, not yet resolved."""
    candidates = [Path(os.path.normpath(place / name)) for place in places]
    inside = [path for path in dict.fromkeys(candidates) if path.is_relative_to(root)]
    if not inside:
        raise _outside(address)
    missing = []
    for path in inside:
        folder, part = _walk(root, path, address)
        if not part and path.is_file():
            return path
        missing.append((folder, part))
    raise _missing(missing, address)


def _walk(root: Path, path: Path, address: str) -> tuple[Path, str]:
    """Return the last folder on the way that there is, and the name that is not in it, if one is not."""
    here = root
    for part in path.relative_to(root).parts:
        if part not in _names_in(here):
            return here, part
        here /= part
        if not here.resolve().is_relative_to(root):
            raise _outside(address)
    return here, ""


def _names_in(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir()]
    except OSError:
        return []


def _missing(tried: Iterable[tuple[Path, str]], address: str) -> MissingPicture:
    """Return the error that tells the nearest name, first of all one with other capital letters."""
    known = {}
    for folder, part in tried:
        names = _names_in(folder)
        known.update(dict.fromkeys(names))
        for name in names:
            if name.casefold() == part.casefold():
                message = f"there is no picture '{address}', but there is '{name}'"
                return MissingPicture(message, "capital letters count: write it so", other_case=name)
    name = address.rpartition("/")[2]
    pictures = [one for one in known if Path(one).suffix.lower() in KINDS]
    return MissingPicture(
        f"there is no picture '{address}'{did_you_mean(name, pictures)}",
        "paths count from the issue's folder, then from the project folder",
    )


def _read(path: Path, name: str) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise PictureFault(f"'{name}' is larger than {MOST_BYTES // 10**6} MB", "make it smaller")
        return path.read_bytes()
    except OSError as error:
        raise PictureFault(f"'{name}' cannot be read: {error.strerror}") from None
