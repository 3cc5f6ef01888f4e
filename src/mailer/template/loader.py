"""Name -> template, out of one folder and never out of it."""

import re
from pathlib import Path

from mailer.errors import SourceError
from mailer.template.budget import MOST_TEXT
from mailer.template.source import Load, Refused, Source

_OUTSIDE = re.compile(r"^/|\\|\0|^[A-Za-z]:|(?:^|/)\.\.(?:/|$)|^[A-Za-z][A-Za-z0-9+.-]+://")


def jailed_loader(root: Path, *, shown: str = "", error: type[SourceError] = SourceError) -> Load:
    """
    Return what finds templates in the folder `root`, and only there.

    A name with a drive, a leading slash, `..`, NUL or a backslash, and a file that a symbolic link puts
    outside the folder, is refused. `shown` is how the author calls the folder (default: as given).
    """
    folder = root.resolve()
    called = (shown or str(root)).rstrip("/")
    prefix = "" if called == "." else f"{called}/"

    def load(name: str) -> Source | None:
        path = _inside(folder, name)
        if not path.is_file():
            return None
        return Source(_read(path, name), prefix + name, 1, error)

    return load


def _inside(folder: Path, name: str) -> Path:
    path = folder / name if not _OUTSIDE.search(name) else folder.parent
    resolved = path.resolve()
    if not resolved.is_relative_to(folder) or resolved == folder:
        hint = f"name a file inside {folder.name}/"
        raise Refused(f"{name!r} lies outside the folder of templates", name=name, hint=hint)
    return resolved


def _read(path: Path, name: str) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"'{name}' cannot be read: {error}", name=name) from None
    if len(text) > MOST_TEXT:
        raise Refused(f"'{name}' is larger than {MOST_TEXT:,} characters", name=name)
    return text
