"""`mailer build`: an issue as HTML, text and .eml."""

import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import click

from mailer.address import Address, parse_address, parse_mailbox
from mailer.cli.console import echo_json
from mailer.cli.files import write_whole
from mailer.cli.options import json_option
from mailer.cli.session import tell_findings
from mailer.compile.compiled import CompiledIssue
from mailer.errors import LedgerError, MailerError
from mailer.ledger.base import Ledger
from mailer.message.build import build_message, links_for, prepare_messages
from mailer.message.sender import Sender
from mailer.message.token import recipient_key
from mailer.project import Project, open_project
from mailer.project.lists import find_list, find_recipient

GMAIL_CLIPS = 102_400
"""Bytes of HTML above which Gmail hides the rest behind a link (rules: HDR-12)."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is built: an issue as it is now, or as it was frozen with a send."""

    issue: CompiledIssue
    sender: Sender
    date: datetime
    send: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose copy is built; in a sample nobody's, and what is missing shows its name in brackets."""

    address: Address
    name: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    sample: bool = False


@click.command
@click.argument("issue", metavar="ISSUE|SEND")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default="build", help="The folder.")
@click.option("--as", "address", metavar="ADDRESS", help="One real recipient's copy; with --of.")
@click.option("--of", "list_name", metavar="LIST", help="The list that the recipient is on.")
@json_option
@click.pass_obj
def command(
    folder: Path | None,
    *,
    issue: str,
    out: Path,
    address: str | None,
    list_name: str | None,
    as_json: bool,
) -> None:
    """
    Write build/SLUG.html, .txt and .eml, filled for a sample recipient.

    In a sample every merge field shows its default, else its name in brackets.

    Example: mailer build issues/2026-11-02-spring.md
    """
    project = open_project(folder)
    with closing(project.ledger(read_only=True)) as ledger:
        content = _content(project, ledger, issue)
        reader = _reader(project, ledger, content, address, list_name)
    tell_findings(content.issue)
    written = _write(project, content, reader, out)
    if as_json:
        echo_json(
            {"issue": content.issue.slug, "digest": content.issue.digest, "files": list(map(str, written))}
        )
        return
    for path in written:
        click.echo(f"{os.path.relpath(path)}  {path.stat().st_size / 1024:,.1f} KB")
    size = written[0].stat().st_size
    if size > GMAIL_CLIPS:
        click.echo(
            f"warning: the HTML has {size:,} bytes; Gmail clips what is over {GMAIL_CLIPS:,}", err=True
        )


def _content(project: Project, ledger: Ledger, name: str) -> Content:
    """Return the issue of this name, else the content of the send of this name."""
    try:
        issue = project.issue(name)
    except MailerError as no_issue:
        try:
            send = ledger.find_send(name)
        except LedgerError:
            raise no_issue from None
        frozen = CompiledIssue.from_json(send.content)
        return Content(frozen, Sender.from_json(send.settings), send.created, send.id)
    date = issue.date or datetime.now(UTC)
    aware = date if date.tzinfo else date.replace(tzinfo=project.config.newsletter.timezone)
    return Content(project.compile(issue), project.sender(issue.slug, ""), aware)


def _reader(
    project: Project, ledger: Ledger, content: Content, address: str | None, list_name: str | None
) -> Reader:
    if not address:
        if list_name:
            raise click.UsageError("--of LIST needs --as ADDRESS: whose copy?")
        mailbox = parse_mailbox(dict(content.issue.headers)["From"])
        return Reader(mailbox.address, mailbox.name, sample=True)
    wanted = parse_address(address)
    if content.send:
        return _delivered(project, ledger, content.send, wanted)
    if not list_name:
        raise click.UsageError("--as ADDRESS needs --of LIST: on which list?")
    found = find_recipient(find_list(list_name, project.config, ledger), wanted)
    return Reader(found.address, found.name, found.values)


def _delivered(project: Project, ledger: Ledger, send: str, wanted: Address) -> Reader:
    key = recipient_key(project.key(), wanted.canonical)
    for one in ledger.deliveries(send):
        if one.key == key:
            return Reader(parse_address(one.address), one.name, one.values)
    raise MailerError(f"{wanted} is not in send {send}", hint=f"see `mailer status {send} --deliveries`")


def _with_pictures(html: str, issue: CompiledIssue, out: Path) -> str:
    """Write the pictures that travel in the message, and return the page as a browser can show it."""
    for image in issue.images:
        if image.carried:
            name = f"{image.sha256[:16]}.{image.kind}"
            write_whole(out / "pictures" / name, image.data)
            html = html.replace(f"cid:{image.content_id}", f"pictures/{name}")
    return html


def _write(project: Project, content: Content, reader: Reader, out: Path) -> list[Path]:
    secret = project.key()
    template = prepare_messages(content.issue, content.sender, secret, sample=reader.sample)
    key = recipient_key(secret, reader.address.canonical)
    message = build_message(
        template,
        key=key,
        address=str(reader.address),
        name=reader.name,
        values=reader.values,
        date=content.date,
    )
    filled = template.personalizer.fill(reader.values, links_for(template, key))
    slug = content.issue.slug
    page = _with_pictures(filled.html, content.issue, out)
    files = {".html": page.encode(), ".txt": filled.text.encode(), ".eml": message.data}
    for suffix, data in files.items():
        write_whole(out / f"{slug}{suffix}", data)
    return [out / f"{slug}{suffix}" for suffix in files]
