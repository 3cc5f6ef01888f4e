"""One issue as its author wrote it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mailer.finding import Finding


@dataclass(frozen=True, slots=True)
class Issue:
    """
    One Markdown file with its front matter.

    `subject` is None where the front matter has neither `subject` nor `title`: then the first heading of the
    body is the subject. Subject and preheader may hold merge fields. `body` is the Markdown after the front
    matter, its first line being line `body_line` of the file. `date` has no time zone where the author gave
    none. `front_matter` holds every key as read, for `{{ issue.… }}`. `lines_of_keys` tells the line of each
    front matter key.
    """

    path: str
    slug: str
    body: str
    body_line: int = 1
    subject: str | None = None
    title: str | None = None
    preheader: str = ""
    layout: str = "newsletter"
    date: datetime | None = None
    lang: str = ""
    dir: str = ""
    sender: str = ""
    reply_to: str = ""
    tags: tuple[str, ...] = ()
    draft: bool = False
    front_matter: Mapping[str, Any] = field(default_factory=dict)
    lines_of_keys: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
