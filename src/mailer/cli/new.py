"""`mailer new`: draft an issue."""

import os
import re
import unicodedata
from datetime import date, datetime
from pathlib import Path

import click
import yaml

from mailer.cli.files import write_new
from mailer.errors import MailerError
from mailer.project import open_project

DRAFT = """\
---
subject: {subject}
preheader:
date: {date}
{layout}draft: true
---

# {title}

"""
MAX_SLUG = 80


@click.command
@click.argument("title")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The issue's date; default: today.")
@click.option("--layout", help="The layout; default: newsletter.")
@click.pass_obj
def command(folder: Path | None, title: str, day: datetime | None, layout: str | None) -> None:
    """
    Draft issues/YYYY-MM-DD-slug.md with its front matter filled in, and print the path.

    Example: mailer new "Spring, at last"
    """
    project = open_project(folder)
    on = day.date() if day else datetime.now(project.config.newsletter.timezone).date()
    path = project.folder / project.config.issue_folders[0] / f"{on}-{slug_of(title)}.md"
    write_new(path, draft(title, on, layout or ""), hint="choose another title or --date")
    click.echo(os.path.relpath(path))


def slug_of(title: str) -> str:
    """Return a title as part of a file name: lower-case words joined by hyphens, accents dropped."""
    bare = "".join(
        one for one in unicodedata.normalize("NFKD", title.casefold()) if not unicodedata.combining(one)
    )
    slug = "-".join(re.findall(r"\w+", bare.replace("_", " ").replace("'", "")))
    if not slug:
        raise MailerError(
            f"the title {title!r} has no letter or digit", hint="give the issue a title in words"
        )
    return slug[:MAX_SLUG].rstrip("-")


def draft(title: str, on: date, layout: str) -> str:
    """Return the text of a new issue."""
    subject = yaml.safe_dump(title, allow_unicode=True, width=10_000).removesuffix("...\n").strip()
    return DRAFT.format(subject=subject, title=title, date=on, layout=f"layout: {layout}\n" if layout else "")
