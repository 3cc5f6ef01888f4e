"""`mailer merge`: one issue out of copies per audience."""

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

import click

from mailer.cli.console import echo_json, note
from mailer.cli.files import write_new
from mailer.cli.options import json_option
from mailer.compile.markdown.passages import passages
from mailer.errors import MailerError
from mailer.issue.document import Issue
from mailer.issue.fold import COLUMN, EVERYBODY_ELSE, Folded, extract, fold
from mailer.issue.fold_keys import by_audience, fold_keys
from mailer.issue.read import parse_issue
from mailer.message.personalize import Filled, Links, Personalizer, prepare
from mailer.project import Project, open_project

LINKS = Links("https://example.com/unsubscribe", "https://example.com/view")
_STYLE = re.compile(r'\s+style="[^"]*"')
"""It tells neighbours apart: the first heading of all has less space above."""

_TAG = re.compile(r"\s*(<[^>]*>)\s*")


@click.command
@click.argument("issues", metavar="ISSUE ISSUE…", nargs=-1, required=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file; default: the screen.")
@json_option
@click.pass_obj
def command(folder: Path | None, *, issues: tuple[str, ...], out: Path | None, as_json: bool) -> None:
    """
    Make one issue with audience blocks out of hand-kept copies, one per audience.

    The audience is the end of a copy's slug: `client` of 2019-04-17-client. Nothing is written unless each
    copy can be rebuilt from the result, and reads the same.

    Example: mailer merge 2019-04-17-client 2019-04-17-public --out issues/2019-04-17.md
    """
    if len(issues) == 1:
        raise click.UsageError("one copy is nothing to merge: name two or more")
    project = open_project(folder)
    slug, copies = by_audience([project.issue(name) for name in issues])
    folded = fold({audience: passages(_body(copy)) for audience, copy in copies.items()})
    text = fold_keys(slug, copies) + folded.text.rstrip("\n") + "\n"
    _prove_text(folded, copies)
    _prove_reading(project, text, slug, copies, folded.parting)
    if out:
        write_new(out, text, hint="choose another file for --out; the copies stay as they are")
    _tell(slug, text, folded, out, list(copies), as_json=as_json)


def _body(issue: Issue) -> str:
    """Return the text without the blank lines around it, which mean nothing, and one below it."""
    lines = issue.body.split("\n")
    written = [place for place, line in enumerate(lines) if line.strip()]
    return "\n".join(lines[written[0] : written[-1] + 1]) + "\n\n"


def _prove_text(folded: Folded, copies: Mapping[str, Issue]) -> None:
    for audience, copy in copies.items():
        if extract(folded, audience) != _body(copy):
            raise MailerError(
                f"{copy.path} could not be rebuilt from the merged issue; nothing was written",
                hint="this is a fault of mailer: please report it with the copies",
            )


def _prove_reading(project: Project, text: str, slug: str, copies: Mapping[str, Issue], parting: str) -> None:
    """Compile the merged issue and each copy: every audience must read what its own copy says."""
    own = {audience: _compiled(project, replace(copy, slug=slug)) for audience, copy in copies.items()}
    folder = Path(next(iter(copies.values())).path).parent
    aliases = project.config.layout_aliases
    merged = parse_issue(text.encode(), path=str(folder / f"{slug}.md"), aliases=aliases)
    try:
        filled = _compiled(project, merged)
    except MailerError as error:
        raise MailerError(
            f"the merged issue would not compile, so nothing was written: {error.message}",
            hint="write what copies differ in so that it stands for itself, such as a list below a paragraph",
        ) from None
    for audience, copy in copies.items():
        values = {COLUMN: audience}
        _compare(copy.path, own[audience].fill(values, LINKS), filled.fill(values, LINKS), parting)


def _compiled(project: Project, issue: Issue) -> Personalizer:
    return prepare(project.compile(issue), sample=True)


def _compare(path: str, own: Filled, merged: Filled, parting: str) -> None:
    """Raise MailerError at the first difference of two readings, in words or tags, not in looks."""
    message = f"{path} reads otherwise than the merged issue; nothing was written: it has "
    if own.subject != merged.subject:
        raise MailerError(
            f"{message}the subject {own.subject!r}, merged {merged.subject!r}",
            hint="write a subject in the front matter of each copy",
        )
    read = [piece for piece in _body_pieces(merged.html) if piece != parting]
    for before, after in zip_longest(_body_pieces(own.html), read, fillvalue=""):
        if before != after:
            raise MailerError(
                f"{message}{before!r}, merged {after!r}",
                hint="what a link's reference or an abbreviation stands for is the same for all readers:"
                " where copies differ in them, write them into the text",
            )


def _body_pieces(page: str) -> list[str]:
    """Return the tags of the body and the texts between them; space beside a tag shows nowhere."""
    body = _STYLE.sub("", page[page.index("<body") :])
    return [piece for piece in _TAG.split(body) if piece]


def _tell(
    slug: str, text: str, folded: Folded, out: Path | None, audiences: list[str], *, as_json: bool
) -> None:
    shared = sum(len(row.audiences) == len(audiences) for row in folded.rows)
    apart = {
        audience: sum(audience in row.audiences for row in folded.rows) - shared for audience in audiences
    }
    if as_json:
        file = os.path.relpath(out) if out else None
        echo_json({"issue": slug, "file": file, "text": text, "shared": shared, "apart": apart})
        return
    click.echo(os.path.relpath(out) if out else text, nl=bool(out))
    counts = ", ".join(f"{count} for {audience}" for audience, count in apart.items())
    rest = f"; '{EVERYBODY_ELSE}' is everybody else" if EVERYBODY_ELSE in audiences else ""
    note(f"passages: {shared} shared, {counts}; the column '{COLUMN}' tells who is who{rest}")
