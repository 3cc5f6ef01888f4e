"""What a new issue begins with: the shape of the last one, or a template of the project."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from mailer.compile.markdown.headings import section_headings
from mailer.errors import MailerError, did_you_mean
from mailer.issue.date import read_date
from mailer.issue.document import Issue
from mailer.issue.find import issue_files
from mailer.issue.read import parse_issue, read_issue

DRAFT = """\
---
subject: {subject}
preheader:
date: {date}
{kept}draft: true
---

# {title}

"""
_DATED = re.compile(r"(\d{4}-\d\d-\d\d)(?!\d)")
_TAG = re.compile(r"\{[{%]")
_WHOLE_VALUE = re.compile(r"^([\w-]+:[ \t]+)\{title\}[ \t]*$", re.MULTILINE)
_FRONT_MATTER = re.compile(r"---[ \t]*\n.*?^---[ \t]*$", re.MULTILINE | re.DOTALL)
_WIDE = 10_000


@dataclass(frozen=True, slots=True)
class Shape:
    """What an issue takes over from another: the headings of its sections, its layout and its tags."""

    sections: tuple[str, ...] = ()
    layout: str = ""
    tags: tuple[str, ...] = ()


def shape_of(issue: Issue) -> Shape:
    """Return the shape of an issue, without headings that a template's tag stands in."""
    sections = [heading for heading in section_headings(issue.body) if not _TAG.search(heading)]
    layout = issue.front_matter.get("layout")
    return Shape(tuple(sections), layout if isinstance(layout, str) else "", issue.tags)


def last_issue(folders: Iterable[Path]) -> Issue | None:
    """Return the issue with the latest date, which its file's name tells, else its front matter."""
    dated = [(day, path) for path, _ in issue_files(folders) if (day := _day_of(path))]
    for _, path in sorted(dated, reverse=True):
        if issue := _readable(path):
            return issue
    return None


def draft(title: str, on: date, shape: Shape) -> str:
    """Return the text of a new issue."""
    layout = f"layout: {_yaml(shape.layout)}\n" if shape.layout else ""
    tags = f"tags: {_yaml(list(shape.tags))}\n" if shape.tags else ""
    head = DRAFT.format(subject=_yaml(title), title=title, date=on, kept=layout + tags)
    return head + "".join(f"## {section}\n\n" for section in shape.sections)


def draft_from(name: str, folder: Path, title: str, on: date) -> str:
    """
    Return the template `NAME.md` of a folder, its `{title}` and `{date}` filled in.

    A title that is a whole value of YAML front matter is quoted where it must be.
    Raise MailerError where there is none, and IssueError at its line where what comes of it is no issue.
    """
    templates = {path.stem: path for path in sorted(folder.glob("*.md"))}
    if name not in templates:
        known = ", ".join(templates) or "none"
        raise MailerError(
            f"there is no template '{name}'{did_you_mean(name, templates)}",
            hint=f"write {os.path.relpath(folder / 'NAME.md')}; there are: {known}",
        )
    shown = os.path.relpath(templates[name])
    try:
        text = templates[name].read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MailerError(f"{shown} cannot be read: {error}", hint="save it as UTF-8 text") from None
    head = _FRONT_MATTER.match(text)
    end = head.end() if head else 0
    quoted = _WHOLE_VALUE.sub(lambda line: line[1] + _yaml(title), text[:end])
    filled = (quoted + text[end:]).replace("{date}", str(on)).replace("{title}", title)
    parse_issue(filled.encode(), path=shown)
    return filled


def _day_of(path: Path) -> date | None:
    written = _DATED.match(path.parent.name if path.stem == "index" else path.name)
    if written:
        found = read_date(written[1])
        return date(found.year, found.month, found.day) if found else None
    issue = _readable(path)
    return issue.date.date() if issue and issue.date else None


def _readable(path: Path) -> Issue | None:
    """Return an issue; a broken one is its own author's business, not that of a new one."""
    try:
        return read_issue(path, shown=os.path.relpath(path))
    except MailerError:
        return None


def _yaml(value: Any) -> str:
    """Return a value on one line, as front matter holds it."""
    written = yaml.safe_dump(value, allow_unicode=True, width=_WIDE, default_flow_style=True)
    return written.removesuffix("\n").removesuffix("\n...").strip()
