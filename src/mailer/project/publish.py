"""Pictures -> the web, by a command of the author's."""

import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from mailer.compile.pictures import PictureFile
from mailer.errors import MailerError

TIMEOUT = 120
"""Seconds that the command may take for one picture."""


def published_name(picture: PictureFile) -> str:
    """Return the name of a picture on the web: another one for other bytes, so that no cache is wrong."""
    return f"{picture.sha256[:32]}.{picture.kind}"


def publish_pictures(pictures: Iterable[PictureFile], command: Sequence[str], folder: Path) -> None:
    """
    Run the command in `folder` once for each picture that has an address; no shell reads it.

    It gets a copy of the bytes that were compiled, whatever became of the file since.
    """
    with tempfile.TemporaryDirectory(prefix="mailer-") as copies:
        for picture in pictures:
            if picture.url and picture.data:
                name = published_name(picture)
                copy = Path(copies, name)
                copy.write_bytes(picture.data)
                words = [word.replace("{file}", str(copy)).replace("{name}", name) for word in command]
                _run(words, folder, picture.path)


def _run(words: Sequence[str], folder: Path, shown: str) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - the author's own command, without a shell
            words,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _failed(shown, f"it took more than {TIMEOUT} seconds") from None
    except OSError as error:
        raise _failed(shown, f"{words[0]}: {error.strerror}") from None
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise _failed(shown, said[-1] if said else f"exit code {done.returncode}")


def _failed(shown: str, reason: str) -> MailerError:
    return MailerError(
        f"the picture '{shown}' was not published: {reason}",
        hint="look at images.publish in mailer.toml; nothing was sent",
    )
