"""`mailer new`: draft an issue."""

import os
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from mailer.cli.console import note
from mailer.cli.draft import Shape, draft, draft_from, last_issue, shape_of
from mailer.cli.files import write_new
from mailer.errors import MailerError
from mailer.project import open_project

MAX_SLUG = 80


@click.command
@click.argument("title")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The issue's date; default: today.")
@click.option("--layout", help="The layout; default: that of the last issue.")
@click.option("--template", metavar="NAME", help="Begin with layouts/NAME.md.")
@click.option("--blank", is_flag=True, help="Begin with nothing of the last issue.")
@click.pass_obj
def command(
    folder: Path | None,
    *,
    title: str,
    day: datetime | None,
    layout: str | None,
    template: str | None,
    blank: bool,
) -> None:
    """
    Draft issues/YYYY-MM-DD-slug.md with its front matter filled in, and print the path.

    It has the sections, the layout and the tags of the last issue.

    Example: mailer new "Spring, at last"
    """
    if template and (layout or blank):
        raise click.UsageError("--template says it all: leave out --layout and --blank")
    project = open_project(folder)
    on = day.date() if day else datetime.now(project.config.newsletter.timezone).date()
    folders = [project.folder / name for name in project.config.issue_folders]
    path = folders[0] / f"{on}-{slug_of(title)}.md"
    if template:
        text = draft_from(template, project.folder / "layouts", title, on)
    else:
        if layout:
            project.layout(layout)
        shape = Shape() if blank else _last_shape(folders)
        text = draft(title, on, replace(shape, layout=layout or shape.layout))
    write_new(path, text, hint="choose another title or --date")
    click.echo(os.path.relpath(path))


def _last_shape(folders: Sequence[Path]) -> Shape:
    last = last_issue(folders)
    if not last:
        return Shape()
    note(f"in the shape of {last.path}; --blank for none")
    return shape_of(last)


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
