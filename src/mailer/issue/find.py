"""The name an author types -> the issue's file."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from mailer.errors import MailerError, did_you_mean
from mailer.issue.slug import normal_slug, slug_of_path

SUFFIXES = (".md", ".markdown")

_HEAD_BYTES = 16_384
_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:(?P<fence>---|\+\+\+)|(?=[A-Za-z][\w-]*:))")
_SLUG = re.compile(
    rb"""^slug[ \t]*[:=][ \t]*(?P<quote>['"]?)(?P<slug>[^\r\n]*?)(?P=quote)[ \t]*(?:[ \t]\#[^\r\n]*)?\r?$""",
    re.MULTILINE | re.IGNORECASE,
)
_END = {
    b"---": re.compile(rb"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE),
    b"+++": re.compile(rb"^\+\+\+[ \t]*\r?$", re.MULTILINE),
}
_DATE = re.compile(r"\d{4}-\d\d-\d\d-")
_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n")


def find_issue(name: str, folders: Sequence[Path]) -> Path:
    """
    Return the file of an issue named by its path or by its slug, looked up in the issues folders.

    The date that a slug begins with may be left out where one issue alone is meant. Raise MailerError where
    there is none (with the nearest names), or where two files have the slug.
    """
    path = Path(name)
    if path.is_file():
        return _only(path, folders)
    slug = normal_slug(name)
    issues = list(issue_files(folders))
    found = [file for file, own in issues if own == slug]
    if not found:
        if dated := _without_date(slug, issues):
            return dated
        raise _no_such_issue(name, path, folders, issues)
    if len(found) > 1:
        raise _two_with_one_slug(slug, found)
    return found[0]


def _without_date(slug: str, issues: Sequence[tuple[Path, str]]) -> Path | None:
    dated = [
        (file, own) for file, own in issues if own.endswith(slug) and _DATE.fullmatch(own.removesuffix(slug))
    ]
    if len(dated) > 1:
        raise MailerError(
            f"several issues are called '{slug}': {', '.join(own for _, own in dated)}",
            hint="write the date with it",
        )
    return dated[0][0] if dated else None


def issue_files(folders: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Yield (file, slug) of every issue in the folders and below, in the order of their paths."""
    seen: set[Path] = set()
    for folder in folders:
        for path in _markdown_files(folder):
            if (real := path.resolve()) not in seen:
                seen.add(real)
                yield path, slug_of_file(path)


def slug_of_file(path: Path) -> str:
    """Return a file's slug from its first bytes alone: quick enough for every issue of a newsletter."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        head = b""
    written = _slug_in(head)
    return normal_slug(written.decode(errors="replace")) if written else slug_of_path(path.absolute())


def _slug_in(head: bytes) -> bytes:
    start = _HEAD.match(head)
    if not start:
        return b""
    ends = _END[start["fence"]] if start["fence"] else _BLANK_LINE
    end = ends.search(head, start.end())
    found = _SLUG.search(head, start.end(), end.start() if end else len(head))
    return found["slug"] if found else b""


def _markdown_files(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.lower().endswith(SUFFIXES) and not name.startswith("."):
                yield Path(parent, name)


def _only(path: Path, folders: Sequence[Path]) -> Path:
    """Return the path itself, unless another file in the issues folders has its slug."""
    real = path.resolve()
    if not any(real.is_relative_to(folder.resolve()) for folder in folders):
        return path
    slug = slug_of_file(path)
    twins = [file for file, own in issue_files(folders) if own == slug and file.resolve() != real]
    if twins:
        raise _two_with_one_slug(slug, [path, *twins])
    return path


def _shown(path: Path) -> str:
    """Return a path as its author would type it here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _two_with_one_slug(slug: str, files: Sequence[Path]) -> MailerError:
    listed = " and ".join(_shown(file) for file in files)
    return MailerError(
        f"two issues have the slug '{slug}': {listed}",
        hint="give one of them another 'slug' in its front matter",
    )


def _no_such_issue(
    name: str, path: Path, folders: Sequence[Path], issues: Sequence[tuple[Path, str]]
) -> MailerError:
    if path.is_dir():
        return MailerError(f"'{name}' is a folder, not an issue", hint="name a Markdown file in it")
    known = {word for file, own in issues for word in (own, _shown(file))}
    where = ", ".join(_shown(folder) for folder in folders) or "no folder"
    if path.suffix.lower() in SUFFIXES or len(path.parts) > 1:
        return MailerError(f"there is no file '{name}'{did_you_mean(name, known)}", hint="check the path")
    newest = ", ".join(own for _, own in reversed(issues[-3:])) or "none"
    return MailerError(
        f"there is no issue '{name}' in {where}{did_you_mean(name, known)}",
        hint=f"name a Markdown file or one of the issues there, such as: {newest}",
    )
