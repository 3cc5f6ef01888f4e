"""Images of a fragment -> each with its natural size, and a home: inside the message, or on the site."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Protocol

from mailer.compile.addresses import changed, is_of_the_project
from mailer.compile.blocks.image import NATURAL
from mailer.compile.fragment import Element
from mailer.compile.marker import MARKER
from mailer.compile.pictures.picture import LoadPicture, MissingPicture, PictureFault, PictureFile
from mailer.compile.written import Markdown
from mailer.errors import IssueError, SourceError
from mailer.finding import Finding, Severity
from mailer.position import Position

FORMAT = "IMG-01"
"""Rule: a format that some mail programs do not show, or not upright."""

OTHER_CASE = "IMG-08"
"""Rule: a file of this name exists, but its capital letters are others."""

_CHOOSE = (
    "set newsletter.url in mailer.toml; or choose among pictures of the project:"
    " {% if … %}one.jpg{% else %}other.jpg{% endif %}"
)


@dataclass(frozen=True, slots=True)
class Placed:
    """The local pictures of a fragment, each once, in reading order."""

    files: tuple[PictureFile, ...] = ()
    findings: tuple[Finding, ...] = ()


def place_pictures(root: Element, load: LoadPicture, base_url: str, source: Markdown) -> Placed:
    """
    Give each local image its natural size, and the address where it is published.

    Without one, and without a site at `base_url`, that is a `cid:` address into the message.

    With a site a picture may be missing here. Raises IssueError where a picture that cannot be used is named.
    """
    shelf = Shelf(load, base_url, source)
    for image in root.iter("img"):
        image.attrib.pop(NATURAL, None)
        if address := image.get("src", "").strip():
            image.set("src", changed(address, shelf.place))
            if natural := shelf.natural():
                image.set(NATURAL, natural)
    return Placed(tuple(shelf.files.values()), tuple(shelf.findings.values()))


class Written(Protocol):
    """What knows where an address stands in an author's file, and what the author wrote there."""

    def find_address(self, address: str) -> Position: ...  # noqa: D102 - as the class says

    def line(self, position: Position) -> str: ...  # noqa: D102 - the same

    def shown(self, word: str) -> str: ...  # noqa: D102 - the same


@dataclass(slots=True)
class Shelf:
    """
    The pictures placed so far.

    `sizes` are those of one image, of which a condition chooses one; `error` is what a fault becomes.
    """

    load: LoadPicture
    base_url: str
    source: Written
    error: type[SourceError] = IssueError
    files: dict[str, PictureFile] = field(default_factory=dict)
    findings: dict[str, Finding] = field(default_factory=dict)
    sizes: list[tuple[int, int]] = field(default_factory=list)

    def place(self, address: str) -> str:
        """Return the address where a picture lives: its own, if it is not in the project."""
        if not is_of_the_project(address):
            return address
        if MARKER.search(address):
            return self._of_each_reader(address)
        try:
            file = self.load(address)
        except MissingPicture as missing:
            if not self.base_url:
                raise self._fault(missing, address) from None
            self.findings |= {one.message: one for one in _of_missing(missing, address, self.source)}
            return address
        except PictureFault as fault:
            raise self._fault(fault, address) from None
        home = file.url or ("" if self.base_url else f"cid:{file.content_id}")
        self.sizes.append(_natural(file))
        self.files[file.sha256] = file if home else replace(file, data=b"")
        self.findings |= {one.message: one for one in _of_format(file, address, self.source)}
        return home or address

    def _of_each_reader(self, address: str) -> str:
        """Refuse a picture that depends on a merge field, where only pictures in the message are shown."""
        if not self.base_url:
            message = f"the picture '{self.source.shown(address)}' is another one for each reader"
            raise self._fault(PictureFault(message, _CHOOSE), address)
        return address

    def _fault(self, fault: PictureFault, address: str) -> SourceError:
        place = self.source.find_address(address)
        return self.error(fault.message, place, hint=fault.hint, source_line=self.source.line(place))

    def natural(self) -> str:
        """Return what the pictures placed since the last time have in common, as `800x600` or `800x0`."""
        sizes, self.sizes = set(self.sizes), []
        if len(sizes) > 1:
            return f"{min(width for width, _ in sizes)}x0"
        return "{}x{}".format(*sizes.pop()) if sizes else ""


def _natural(file: PictureFile) -> tuple[int, int]:
    """Return the size on a page: half of the pixels where the name tells of two for one."""
    if PurePosixPath(file.path).stem.endswith("@2x"):
        return max(1, file.width // 2), max(1, file.height // 2)
    return file.width, file.height


def _of_missing(missing: MissingPicture, address: str, source: Written) -> Iterator[Finding]:
    if missing.other_case:
        place = source.find_address(address)
        yield Finding(OTHER_CASE, Severity.WARNING, missing.message, missing.hint, place)


def _of_format(file: PictureFile, address: str, source: Written) -> Iterator[Finding]:
    place = source.find_address(address)
    if file.kind == "webp":
        message = f"'{file.path}' is a WebP, which Outlook for Windows does not show"
        yield Finding(FORMAT, Severity.WARNING, message, "export it as JPEG or PNG", place)
    if file.turned:
        message = f"'{file.path}' lies on its side or its head, and not every mail program turns it"
        yield Finding(FORMAT, Severity.WARNING, message, "turn it in a picture program and save it", place)
