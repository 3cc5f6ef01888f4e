"""A newsletter's folder for tests: its files, and its issues compiled through the real project."""

from pathlib import Path

from mailer.compile.compiled import CompiledIssue
from mailer.message.personalize import Filled, Links, prepare
from mailer.project import open_project

SETTINGS = """\
[newsletter]
name = "Field Notes"
from = "Field Notes <news@example.com>"
reply_to = "editors@example.com"
url = "https://example.com"
view_url = "https://example.com/news/{slug}/"
postal_address = "1 Main St, Springfield"
unsubscribe_url = "https://news.example.com"

[site]
github.url = "https://example.github.io"
"""
LAYOUT = '{% extends "builtin/newsletter.mjml" %}\n'
THEME = "radius = 4\n"
ISSUE = """\
---
subject: The owls are back
preheader: Four nights, two barns
---

# The owls are back

_by Tom Okafor_

Hello {{ recipient.first_name | default("there") }}, see [the log](/owls)[^1] and [the map][map].

![](/owl.jpg)
##### A barn owl

[^1]: Of last week.

[map]: https://example.com/map
"""
PLACES = {
    "settings": "mailer.toml",
    "layout": "layouts/newsletter.mjml",
    "theme": "layouts/theme.toml",
    "css": "layouts/content.css",
    "issue": "issues/owls.md",
}
LINKS = Links("https://news.example.com/u/token", "https://example.com/news/owls/")


def make_newsletter(folder: Path, **files: str | bytes) -> Path:
    """Write a newsletter; `files` are settings, layout, theme, css and issue where they are no plain ones."""
    plain = {"settings": SETTINGS, "layout": LAYOUT, "theme": THEME, "issue": ISSUE}
    for kind, content in {**plain, **files}.items():
        path = folder / PLACES[kind]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def compile_in(folder: Path, issue: Path | str = "owls") -> CompiledIssue:
    project = open_project(folder)
    return project.compile(project.issue(str(issue)))


def with_body(folder: Path, body: str) -> CompiledIssue:
    make_newsletter(folder, issue=f"---\nsubject: The owls are back\n---\n{body}")
    return compile_in(folder)


def filled(issue: CompiledIssue, links: Links = LINKS, **values: str) -> Filled:
    return prepare(issue).fill(values, links)
