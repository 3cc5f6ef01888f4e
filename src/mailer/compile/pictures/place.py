"""Images of a fragment -> each with its natural size, and a home: inside the message, or on the site."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from mailer.compile.addresses import is_of_the_project
from mailer.compile.blocks.image import NATURAL
from mailer.compile.fragment import Element
from mailer.compile.pictures.picture import LoadPicture, MissingPicture, PictureFault, PictureFile
from mailer.compile.written import Markdown
from mailer.errors import IssueError
from mailer.finding import Finding, Severity

FORMAT = "IMG-01"
"""Rule: a format that some mail programs do not show, or not upright."""

OTHER_CASE = "IMG-08"
"""Rule: a file of this name exists, but its capital letters are others."""


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
    files: dict[str, PictureFile] = {}
    findings: dict[str, Finding] = {}
    for image in root.iter("img"):
        image.attrib.pop(NATURAL, None)
        address = image.get("src", "").strip()
        if not is_of_the_project(address):
            continue
        try:
            file = load(address)
        except MissingPicture as missing:
            if not base_url:
                raise _error(missing, address, source) from None
            findings |= {one.message: one for one in _of_missing(missing, address, source)}
            continue
        except PictureFault as fault:
            raise _error(fault, address, source) from None
        image.set(NATURAL, "{}x{}".format(*_natural(file)))
        home = file.url or ("" if base_url else f"cid:{file.content_id}")
        image.set("src", home or address)
        files[file.sha256] = file if home else replace(file, data=b"")
        findings |= {one.message: one for one in _of_format(file, address, source)}
    return Placed(tuple(files.values()), tuple(findings.values()))


def _natural(file: PictureFile) -> tuple[int, int]:
    """Return the size on a page: half of the pixels where the name tells of two for one."""
    if PurePosixPath(file.path).stem.endswith("@2x"):
        return max(1, file.width // 2), max(1, file.height // 2)
    return file.width, file.height


def _error(fault: PictureFault, address: str, source: Markdown) -> IssueError:
    place = source.find_address(address)
    return IssueError(fault.message, place, hint=fault.hint, source_line=source.line(place))


def _of_missing(missing: MissingPicture, address: str, source: Markdown) -> Iterator[Finding]:
    if missing.other_case:
        place = source.find_address(address)
        yield Finding(OTHER_CASE, Severity.WARNING, missing.message, missing.hint, place)


def _of_format(file: PictureFile, address: str, source: Markdown) -> Iterator[Finding]:
    place = source.find_address(address)
    if file.kind == "webp":
        message = f"'{file.path}' is a WebP, which Outlook for Windows does not show"
        yield Finding(FORMAT, Severity.WARNING, message, "export it as JPEG or PNG", place)
    if file.turned:
        message = f"'{file.path}' lies on its side or its head, and not every mail program turns it"
        yield Finding(FORMAT, Severity.WARNING, message, "turn it in a picture program and save it", place)
