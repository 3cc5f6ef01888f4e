"""Markdown file -> Issue."""

import codecs
import re
from collections.abc import Mapping
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Any

from mailer.errors import IssueError
from mailer.issue import frontmatter, keys
from mailer.issue.document import Issue
from mailer.issue.entry import CONTROL, Entry
from mailer.issue.slug import normal_slug, slug_fault, slug_of_path
from mailer.position import Position

MAX_BYTES = 1_048_576
"""No newsletter is longer; more is a mistake, or an attack on the parser."""

DEFAULT_LAYOUT = "newsletter"

_NO_ALIASES: Mapping[str, str] = MappingProxyType({})
_SAVE_AS_UTF8 = "save the file as UTF-8 text"


def read_issue(path: Path, *, shown: str = "", aliases: Mapping[str, str] = _NO_ALIASES) -> Issue:
    """
    Read an issue from its file.

    `shown` is the path as the author would type it, for messages; `aliases` are other names of layouts.
    Raise IssueError, with line, column and way out, for a file that cannot be read or used.
    """
    shown = shown or str(path)
    try:
        if not path.is_file():
            raise IssueError("there is no such file", Position(shown), hint="check the path")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "the system refuses"
        raise IssueError(
            f"the file cannot be read: {reason}", Position(shown), hint="check its rights"
        ) from None
    return parse_issue(data, path=shown, slug_from=path.absolute(), aliases=aliases)


def parse_issue(
    data: bytes, *, path: str, slug_from: PurePath | None = None, aliases: Mapping[str, str] = _NO_ALIASES
) -> Issue:
    """
    Return the issue that a file's bytes hold; `path` is for messages and, without `slug_from`, for the slug.

    Raise IssueError, with line, column and way out, for bytes that are no issue.
    """
    document = frontmatter.split(_decode(data, path), path)
    if not document.body.strip():
        raise IssueError(
            "the issue has no text",
            Position(path, document.body_line),
            hint="write something below the front matter",
        )
    entries = document.entries
    return Issue(
        path=path,
        slug=_slug(entries, path, slug_from or PurePath(path)),
        body=document.body,
        body_line=document.body_line,
        layout=_layout(entries, path, aliases),
        front_matter=keys.as_read(entries),
        lines_of_keys={key: entry.line for key, entry in entries.items()},
        findings=keys.key_findings(entries, path),
        **_fields(entries, path),
    )


def _fields(entries: Mapping[str, Entry], path: str) -> dict[str, Any]:
    title = keys.read_text(entries, "title", path)
    return {
        "subject": keys.read_text(entries, "subject", path) or title or None,
        "title": title or None,
        "preheader": keys.read_text(entries, "preheader", path),
        "date": keys.read_day(entries, path),
        "lang": keys.read_lang(entries, path),
        "dir": keys.read_choice(entries, "dir", path, ("ltr", "rtl", "auto")),
        "sender": keys.read_mailbox(entries, "from", path),
        "reply_to": keys.read_mailbox(entries, "reply_to", path),
        "tags": keys.read_tags(entries, path),
        "draft": keys.read_flag(entries, "draft", path),
    }


def _slug(entries: Mapping[str, Entry], path: str, slug_from: PurePath) -> str:
    written = "slug" in entries and entries["slug"].value is not None
    slug = normal_slug(keys.read_header(entries, "slug", path)) if written else slug_of_path(slug_from)
    if fault := slug_fault(slug):
        position = Position(path, entries["slug"].line if written else 0)
        shown = slug if len(slug) <= 40 else f"{slug[:40]}…"  # noqa: PLR2004 (a line on a screen)
        hint = "use letters, digits and hyphens in " + (
            "'slug'" if written else "the file's name, or set 'slug'"
        )
        raise IssueError(f"the slug {shown!r} {fault}", position, hint=hint)
    return slug


def _layout(entries: Mapping[str, Entry], path: str, aliases: Mapping[str, str]) -> str:
    entry = entries.get("layout")
    if entry is None or entry.value is False:  # Jekyll's `layout: false`: none of its own
        return aliases.get(DEFAULT_LAYOUT, DEFAULT_LAYOUT)
    layout = keys.read_header(entries, "layout", path) or DEFAULT_LAYOUT
    return aliases.get(layout, layout)


def _decode(data: bytes, path: str) -> str:
    """Return the text, each line ending in a line feed, without byte order mark."""
    if len(data) > MAX_BYTES:
        raise IssueError(
            "the file is larger than 1 MB", Position(path), hint="images belong in files of their own"
        )
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise IssueError("the file is UTF-16", Position(path, 1), hint=_SAVE_AS_UTF8)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_utf8(data, error.start, path) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise IssueError(
            "the file is empty", Position(path), hint="write front matter and text, or run `mailer new`"
        )
    if found := CONTROL.search(text):
        raise _control_character(text, found, path)
    return text


def _not_utf8(data: bytes, offset: int, path: str) -> IssueError:
    if b"\0" in data:
        return IssueError("the file is binary, not text", Position(path), hint="name a Markdown file")
    before = data[:offset].decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    return IssueError(
        f"the file is not UTF-8: byte 0x{data[offset]:02x} at offset {offset}",
        Position(path, line, column),
        hint=f"{_SAVE_AS_UTF8} (it may be in cp1252 or latin-1 now)",
    )


def _control_character(text: str, found: re.Match[str], path: str) -> IssueError:
    if found[0] == "\0":
        return IssueError("the file is binary, not text", Position(path), hint="name a Markdown file")
    line = text.count("\n", 0, found.start()) + 1
    column = found.start() - text.rfind("\n", 0, found.start())
    return IssueError(
        f"the text holds the control character {found[0]!r}", Position(path, line, column), hint="remove it"
    )
