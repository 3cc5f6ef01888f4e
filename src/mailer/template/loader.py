"""Name -> template, out of one folder and never out of it."""

from pathlib import Path

from mailer.errors import SourceError
from mailer.template.source import Load


def jailed_loader(root: Path, *, error: type[SourceError] = SourceError) -> Load:
    """
    Return what finds templates in the folder `root`, and only there.

    A name with a drive, a leading slash, `..`, NUL or a backslash, and a file that a symbolic link puts
    outside the folder, raises SourceError of the kind `error`.
    """
    raise NotImplementedError
