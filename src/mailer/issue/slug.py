"""The slug: the name an issue has in files, addresses and the ledger."""

import re
import unicodedata
from pathlib import PurePath

MAX_LENGTH = 200

_FORBIDDEN = re.compile(
    r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]'
)
_DEVICE = re.compile(
    r"(?:CON|PRN|AUX|NUL|CLOCK\$|(?:COM|LPT)[0-9\u00b9\u00b2\u00b3])(?:\..*)?", re.IGNORECASE
)
_BUNDLE = ("index", "_index")


def slug_of_path(path: PurePath) -> str:
    """Return the slug that a file without one of its own has; Hugo's `name/index.md` is called `name`."""
    return normal_slug(path.parent.name if path.stem in _BUNDLE and path.parent.name else path.stem)


def normal_slug(text: str) -> str:
    """Return the slug in one Unicode form, because file systems disagree about it."""
    return unicodedata.normalize("NFC", text.strip())


def slug_fault(slug: str) -> str:
    """Return what is wrong with a slug, or an empty string; it must be a file name on every system."""
    if not slug:
        return "is empty"
    if found := _FORBIDDEN.search(slug):
        return f"holds {found[0]!r}"
    if len(slug.encode()) > MAX_LENGTH:
        return f"is longer than {MAX_LENGTH} bytes"
    if slug[0] in ".-~" or slug[-1] in ". ":
        return f"begins or ends with {slug[0] if slug[0] in '.-~' else slug[-1]!r}"
    return "is the name of a device on Windows" if _DEVICE.fullmatch(slug) else ""
