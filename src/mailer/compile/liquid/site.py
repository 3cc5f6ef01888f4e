"""What a translation knows of the newsletter: where its files and its pages are."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from mailer.compile.liquid.fault import LiquidFault
from mailer.issue.read import parse_issue
from mailer.template.source import Load, Refused, Source, load_nothing

_FOLDERS = ("issues", "_posts")
_WITH_SUFFIX = (".md", ".markdown")


@dataclass(frozen=True, slots=True)
class Site:
    """
    Files are found by `load`; `url` and `view_url` (with `{slug}`) are the newsletter's, or empty.

    `folders` are where issues are looked for, after the project's own.
    """

    load: Load
    url: str = ""
    view_url: str = ""
    folders: tuple[str, ...] = _FOLDERS

    def find(self, names: Iterable[str]) -> tuple[str, Source] | None:
        """Return the first of the names that is a file, and the file."""
        for name in names:
            try:
                if found := self.load(name):
                    return name, found
            except Refused:
                continue
        return None

    def page_of(self, name: str) -> str:
        """Return the address of an issue, named by its file with or without folder, suffix and `#part`."""
        path, _, part = name.strip().lstrip("/").partition("#")
        found = self.find(self._files_of_issue(path))
        if not found:
            folders = ", ".join(f"{folder}/" for folder in self.folders)
            hint = f"name the file of an issue in {folders}, or by its path in the project"
            raise LiquidFault(f"there is no issue '{path}'", hint)
        file, source = found
        slug = parse_issue(source.text.encode(), path=source.path, slug_from=PurePath(file)).slug
        return f"{self._address(slug)}{'#' if part else ''}{part}"

    def _files_of_issue(self, path: str) -> Iterator[str]:
        suffixes = ("",) if path.endswith(_WITH_SUFFIX) else _WITH_SUFFIX
        for folder in ("", *self.folders):
            for suffix in suffixes:
                yield f"{folder.rstrip('/')}/{path}{suffix}".lstrip("/")

    def file_at(self, name: str) -> str:
        """Return the address of a file that is no issue."""
        if not self.url:
            raise LiquidFault(f"'{name}' has no address", "set newsletter.url in mailer.toml")
        return f"{self.url.rstrip('/')}/{name.lstrip('/')}"

    def _address(self, slug: str) -> str:
        if self.view_url:
            return self.view_url.replace("{slug}", quote(slug, safe=""))
        if self.url:
            return f"{self.url.rstrip('/')}/{quote(slug, safe='')}/"
        raise LiquidFault(f"the issue '{slug}' has no address", "set newsletter.view_url in mailer.toml")


def site_of(newsletter: Mapping[str, Any], load: Load = load_nothing) -> Site:
    """Return the site of a newsletter, as templates see it."""
    folders = tuple(dict.fromkeys((*newsletter.get("issue_folders", ()), *_FOLDERS)))
    return Site(load, newsletter.get("url", ""), newsletter.get("view_url", ""), folders)
