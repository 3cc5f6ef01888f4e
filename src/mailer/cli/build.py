"""`mailer build`: an issue as HTML, text and .eml."""

import os
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailer.address import Address, parse_address, parse_mailbox
from mailer.cli.console import echo_json, note
from mailer.cli.files import write_whole
from mailer.cli.findings import note_findings, tell_findings
from mailer.cli.named import issue_or_send
from mailer.cli.options import check_choice, json_option
from mailer.compile.compiled import CompiledIssue
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Delivery, PlannedRecipient, Send
from mailer.message.build import MessageTemplate, build_message, links_for, prepare_messages
from mailer.message.envelope import Message
from mailer.message.sender import Sender
from mailer.message.token import recipient_key
from mailer.project import Project, open_project
from mailer.project.lists import find_list, find_recipient
from mailer.project.readers import columns_checked

if TYPE_CHECKING:
    from mailer.sending.rebuild import Rebuilt

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
    """
    Whose copy is built; in a sample nobody's, and what is missing shows its name in brackets.

    `evidence` is the delivery of a send, and its very message.
    """

    address: Address
    name: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    sample: bool = False
    evidence: "tuple[Delivery, Rebuilt] | None" = None


@click.command
@click.argument("issue", metavar="ISSUE|SEND")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default="build", help="The folder.")
@click.option("--as", "address", metavar="ADDRESS", help="One real recipient's copy; with --of.")
@click.option("--of", "list_name", metavar="LIST", help="The list that the recipient is on.")
@click.option("--variants", is_flag=True, help="Each distinct copy that the list gets; with --of.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    issue: str,
    out: Path,
    address: str | None,
    list_name: str | None,
    variants: bool,
    as_json: bool,
) -> None:
    """
    Write build/SLUG.html, .txt and .eml, filled for a sample recipient.

    In a sample every merge field shows its default, else its name in brackets. With --variants each distinct
    copy that somebody of the list gets is written once, as build/SLUG-variant-1.html and so on. Of a SEND it
    is what was frozen; with --as the .eml is the very message that this person was handed over.

    Example: mailer build issues/2026-11-02-spring.md
    """
    project = open_project(ctx.obj)
    with closing(project.ledger(read_only=True)) as ledger:
        content = _content(project, issue)
        tell_findings(content.issue)
        if variants:
            check_choice(address, list_name, variants=True)
            _build_variants(project, ledger, content, list_name or "", out, as_json=as_json)
            return
        reader = _reader(project, ledger, content, address, list_name)
    template = prepare_messages(content.issue, content.sender, project.key(), sample=reader.sample)
    written = _write(template, content, reader, out / content.issue.slug)
    if as_json:
        echo_json({**_head(content), "files": list(map(str, written)), **_evidence_json(reader)})
    else:
        _tell_files(written)
    if reader.evidence:
        ctx.exit(_tell_evidence(*reader.evidence))


def _evidence_json(reader: Reader) -> dict[str, Any]:
    if not reader.evidence:
        return {}
    from mailer.cli.rebuilt import rebuilt_json  # noqa: PLC0415 - few builds look into the ledger

    return rebuilt_json(*reader.evidence)


def _tell_evidence(delivery: Delivery, rebuilt: "Rebuilt") -> int:
    from mailer.cli.rebuilt import note_rebuilt  # noqa: PLC0415 - as above
    from mailer.sending.report import NOT_SETTLED  # noqa: PLC0415

    note_rebuilt(delivery, rebuilt)
    return NOT_SETTLED if rebuilt.is_another else 0


def _build_variants(
    project: Project, ledger: Ledger, content: Content, list_name: str, out: Path, *, as_json: bool
) -> None:
    from mailer.cli.variants import (  # noqa: PLC0415 - they take in all that plans a send
        echo_variants,
        note_unreached,
        unreached_json,
        variant_json,
        variants_for,
    )

    people = find_list(list_name, project.config, ledger)
    variants = variants_for(project, ledger, people, content.issue)
    template = prepare_messages(content.issue, content.sender, project.key())
    name = f"{content.issue.slug}-variant"
    _take_away_earlier(out, name)
    files = [
        _write(template, content, _reader_of(one.first), out / f"{name}-{one.number}")
        for one in variants.found
    ]
    if as_json:
        pairs = zip(variants.found, files, strict=True)
        shown = [variant_json(variants, one, list(map(str, written))) for one, written in pairs]
        echo_json(
            {**_head(content), "list": people.name, "variants": shown, "unreached": unreached_json(variants)}
        )
        return
    echo_variants(variants)
    note_unreached(variants, people.name)
    for written in files:
        _tell_files(written)


def _take_away_earlier(out: Path, name: str) -> None:
    """Remove what an earlier build of variants wrote: there may have been more of them."""
    for path in out.glob(f"{escape(name)}-*"):
        if re.fullmatch(rf"{re.escape(name)}-\d+\.(?:html|txt|eml)", path.name):
            path.unlink()


def _head(content: Content) -> dict[str, Any]:
    return {"issue": content.issue.slug, "digest": content.issue.digest}


def _tell_files(written: Sequence[Path]) -> None:
    for path in written:
        click.echo(f"{os.path.relpath(path)}  {path.stat().st_size / 1024:,.1f} KB")
    size = written[0].stat().st_size
    if size > GMAIL_CLIPS:
        shown = os.path.relpath(written[0])
        note(f"warning: {shown} has {size:,} bytes; Gmail clips what is over {GMAIL_CLIPS:,}")


def _content(project: Project, name: str) -> Content:
    """Return the issue of this name, else the content of the send of this name."""
    found = issue_or_send(project, name)
    if isinstance(found, Send):
        frozen = CompiledIssue.from_json(found.content)
        return Content(frozen, Sender.from_json(found.settings), found.created, found.id)
    date = found.date or datetime.now(UTC)
    aware = date if date.tzinfo else date.replace(tzinfo=project.config.newsletter.timezone)
    return Content(project.compile(found), project.sender(found.slug, ""), aware)


def _reader(
    project: Project, ledger: Ledger, content: Content, address: str | None, list_name: str | None
) -> Reader:
    if not address:
        check_choice(address, list_name, variants=False)
        mailbox = parse_mailbox(dict(content.issue.headers)["From"])
        return Reader(mailbox.address, mailbox.name, sample=True)
    wanted = parse_address(address)
    if content.send:
        return _delivered(project, ledger, content.send, wanted)
    check_choice(address, list_name, variants=False)
    people = find_list(list_name or "", project.config, ledger)
    note_findings(columns_checked(people, content.issue))
    found = find_recipient(people, wanted)
    return Reader(found.address, found.name, found.values)


def _reader_of(person: PlannedRecipient) -> Reader:
    return Reader(parse_address(person.address), person.name, person.values)


def _delivered(project: Project, ledger: Ledger, send: str, wanted: Address) -> Reader:
    from mailer.cli.rebuilt import rebuilt_for  # noqa: PLC0415 - as above

    one, rebuilt = rebuilt_for(project, ledger, send, wanted)
    return Reader(parse_address(one.address), one.name, one.values, evidence=(one, rebuilt))


def _with_pictures(html: str, issue: CompiledIssue, out: Path) -> str:
    """Write the pictures that travel in the message, and return the page as a browser can show it."""
    for image in issue.images:
        if image.carried:
            name = f"{image.sha256[:16]}.{image.kind}"
            write_whole(out / "pictures" / name, image.data)
            html = html.replace(f"cid:{image.content_id}", f"pictures/{name}")
    return html


def _built(template: MessageTemplate, content: Content, reader: Reader, key: str) -> Message:
    return build_message(
        template,
        key=key,
        address=str(reader.address),
        name=reader.name,
        values=reader.values,
        date=content.date,
    )


def _write(template: MessageTemplate, content: Content, reader: Reader, stem: Path) -> list[Path]:
    """Write a reader's copy to `stem` with .html, .txt and .eml behind it, and return these files."""
    key = recipient_key(template.secret, reader.address.canonical)
    message = reader.evidence[1].message if reader.evidence else _built(template, content, reader, key)
    filled = template.personalizer.fill(reader.values, links_for(template, key))
    page = _with_pictures(filled.html, content.issue, stem.parent)
    files = {".html": page.encode(), ".txt": filled.text.encode(), ".eml": message.data}
    for suffix, data in files.items():
        write_whole(stem.parent / f"{stem.name}{suffix}", data)
    return [stem.parent / f"{stem.name}{suffix}" for suffix in files]
