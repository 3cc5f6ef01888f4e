"""Files that are written whole or not at all, and such that overwrite nothing."""

import os
import tempfile
from pathlib import Path

from mailer.errors import MailerError


def write_whole(path: Path, data: bytes) -> None:
    """Write a file under a temporary name and rename it; its folder is made where it is missing."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise MailerError(
            f"{os.path.relpath(path)} cannot be written: {error.strerror}", hint="choose another folder"
        ) from None


def require_place(path: Path) -> None:
    """Raise MailerError where no file can be written at `path`, or where its folder is missing."""
    try:
        if not path.parent.is_dir():
            folder = os.path.relpath(path.parent)
            raise MailerError(
                f"{os.path.relpath(path)} cannot be written: there is no folder {folder}",
                hint="make the folder first, or choose another",
            )
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise MailerError(
            f"{os.path.relpath(path)} cannot be written: {error.strerror}", hint="choose another folder"
        ) from None


def write_new(path: Path, text: str, *, hint: str) -> None:
    """Write a file that is not there yet; `hint` says what to do where it is."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise MailerError(f"{os.path.relpath(path)} is there already", hint=hint) from None
    except OSError as error:
        raise MailerError(f"{os.path.relpath(path)}: {error.strerror}") from None
