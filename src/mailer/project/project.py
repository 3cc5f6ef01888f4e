"""Project folder -> the rooms, opened with its settings."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import mailer.compile
from mailer.address import parse_mailbox
from mailer.compile.compiled import CompiledIssue
from mailer.compile.newsletter import Newsletter
from mailer.compile.pictures import LoadPicture
from mailer.config import CONFIG_NAME, Config, load_config
from mailer.config.key import load_key
from mailer.errors import CompileError, IssueError, MailerError
from mailer.issue.document import Issue
from mailer.issue.find import find_issue
from mailer.issue.read import read_issue
from mailer.layout.layout import Layout
from mailer.layout.load import load_layout
from mailer.ledger.base import Ledger
from mailer.ledger.registry import open_ledger
from mailer.message.sender import Sender
from mailer.position import Position
from mailer.project.home import line_to_add, require_key, require_live
from mailer.project.pictures import picture_loader, refuse_heavy
from mailer.project.publish import publish_pictures
from mailer.template.loader import jailed_loader

if TYPE_CHECKING:
    from mailer.check.images import OwnImages
    from mailer.compile.blocks import Form


@dataclass(frozen=True, slots=True)
class Project:
    """An open project; every method reads what it needs when it is called."""

    config: Config

    @property
    def folder(self) -> Path:
        """Return the project folder."""
        return self.config.folder

    def key(self) -> bytes:
        """Return the key that signs tokens and Message-IDs; it is made on first use."""
        return load_key(self.folder)

    def key_for(self, ledger: Ledger) -> bytes:
        """Return the key; LedgerError where `ledger` knows people by another one."""
        return require_key(ledger, self.key())

    def ledger(self, *, read_only: bool = False) -> Ledger:
        """Open the ledger; the caller closes it."""
        place = next((one.source for one in self.config.origins if one.key == "ledger"), "")
        named = place if place.startswith("MAILER_") else f"`ledger` in {CONFIG_NAME}"
        return open_ledger(self.config.ledger, base=self.folder, read_only=read_only, named=named)

    def require_own(self, ledger: Ledger) -> str:
        """
        Raise LedgerError where people may not be mailed from `ledger`: it knows not who has got what.

        Return what the user should do where mailer.toml names none and nobody has been mailed yet.
        """
        require_live(ledger, self.config.ledger_id)
        if self.config.ledger_id or any(not send.identity.rehearsal for send in ledger.sends()):
            return ""
        return line_to_add(ledger)

    def issue(self, name: str) -> Issue:
        """Read the issue of this path or slug."""
        path = find_issue(name, [self.folder / folder for folder in self.config.issue_folders])
        return read_issue(path, shown=os.path.relpath(path))

    def compile(self, issue: Issue, *, form: "Form" = "email") -> CompiledIssue:
        """Compile an issue with its layout; the `web` form is the page to read on the web, never sent."""
        layout = self.layout(issue.layout, Position(issue.path, issue.lines_of_keys.get("layout", 0)))
        load = jailed_loader(self.folder, shown=os.path.relpath(self.folder), error=IssueError)
        try:
            compiled = mailer.compile.compile_issue(
                issue,
                layout,
                self.newsletter(),
                site=self.config.site,
                load=load,
                pictures=self._pictures(issue),
                form=form,
            )
        except CompileError as error:
            error.position = error.position or Position(issue.path)
            raise
        refuse_heavy(compiled.images, self.config.carry_limit, issue)
        return compiled

    def layout(self, name: str, position: Position | None = None) -> Layout:
        """Load the layout of this name or alias; LayoutError, at `position`, where there is none."""
        folder = Path(os.path.relpath(self.folder / "layouts"))
        return load_layout(name, folder, aliases=self.config.layout_aliases, position=position)

    def publish(self, compiled: CompiledIssue) -> None:
        """Hand each picture to the command of `images.publish`; MailerError where it fails."""
        if self.config.publish:
            publish_pictures(compiled.images, self.config.publish.command, self.folder)

    def ask_images(self, compiled: CompiledIssue, *, published: bool) -> "OwnImages":
        """
        Ask the web for each image on the newsletter's own hosts, unless `images.ask` forbids it.

        `published` tells whether those that `images.publish` lays there have been laid there.
        """
        from mailer.check.images import OwnImages, check_own_images  # noqa: PLC0415 - only who sends asks
        from mailer.check.web import ask  # noqa: PLC0415

        if not self.config.ask_images:
            return OwnImages()
        waiting = {image.url for image in compiled.images} if not published else set()
        shown = [image for image in compiled.shown if image.url not in waiting]
        publish_url = self.config.publish.url if self.config.publish else ""
        return check_own_images(shown, [self.config.newsletter.url, publish_url], ask)

    def newsletter(self) -> Newsletter:
        """Return what every issue shares."""
        settings = self.config.newsletter
        return Newsletter(
            name=settings.name,
            sender=settings.sender,
            reply_to=settings.reply_to,
            url=settings.url,
            view_url=settings.view_url,
            postal_address=settings.postal_address,
            lang=settings.lang,
            list_id=settings.list_id or self._list_id(),
            feedback_id=settings.feedback_id,
            issue_folders=self.config.issue_folders,
        )

    def sender(self, slug: str, list_name: str) -> Sender:
        """Return what the messages of an issue to a list need besides its content."""
        settings = self.config.newsletter
        unsubscribe = parse_mailbox(settings.unsubscribe_mailto or settings.reply_to or settings.sender)
        return Sender(
            return_path=parse_mailbox(settings.return_path or settings.sender).address,
            list_name=list_name,
            unsubscribe_url=settings.unsubscribe_url,
            unsubscribe_mailto=str(unsubscribe.address),
            view_url=settings.view_url.replace("{slug}", quote(slug, safe="")),
        )

    def _pictures(self, issue: Issue) -> LoadPicture:
        published = self.config.publish.url if self.config.publish else ""
        return picture_loader(self.folder, Path(issue.path).parent, published=published)

    def _list_id(self) -> str:
        """Return the List-Id of `news@example.com`: `Name <news.example.com>` (RFC 2919 §2)."""
        address = parse_mailbox(self.config.newsletter.sender).address
        label = "".join(one if one.isascii() and one.isalnum() else "-" for one in address.local)
        return f"{self.config.newsletter.name} <{label}.{address.domain}>"


def open_project(folder: Path | None) -> Project:
    """
    Open the project in `folder`, else in the nearest folder upwards that holds mailer.toml.

    Raises MailerError where there is none and ConfigError where mailer.toml has faults.
    """
    return Project(load_config(_find(folder) / CONFIG_NAME))


def _find(folder: Path | None) -> Path:
    if folder is not None:
        if (folder / CONFIG_NAME).is_file():
            return folder
        raise MailerError(f"{folder} holds no {CONFIG_NAME}", hint=f"make one with: mailer init {folder}")
    here = Path.cwd()
    for candidate in (here, *here.parents):
        if (candidate / CONFIG_NAME).is_file():
            return candidate
    raise MailerError(
        f"no {CONFIG_NAME} here or in a folder above",
        hint="make one with: mailer init, or name it: --project DIR",
    )
