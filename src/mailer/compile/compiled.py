"""The compiled issue: what every recipient gets, merge fields still open."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from mailer.compile.pictures import PictureFile
from mailer.compile.shown import ShownImage
from mailer.finding import Finding
from mailer.position import Position

DIGEST_PREFIX = "sha256:"


@dataclass(frozen=True, slots=True)
class MergeField:
    """
    One use of a recipient's value: `name` is the column (`first_name`), `position` where it stands.

    `guarded` is true where a missing value is provided for: a default, or only a test of it. `asked` is
    true where a condition around it asks for the same field, `audience` where an `audience` block does.
    """

    name: str
    guarded: bool
    position: Position
    asked: bool = False
    audience: bool = False


@dataclass(frozen=True, slots=True)
class Parting:
    """
    A tag at which copies part: `source` is it in the finished page, `position` where it was written.

    `otherwise` is where its `else` was written, None where it has none.
    """

    source: str
    position: Position
    otherwise: Position | None = None


@dataclass(frozen=True, slots=True)
class CompiledIssue:
    """
    Final HTML, text and headers; the same for everyone.

    `subject`, `html` and `text` are self-contained Jinja templates over `recipient`, `unsubscribe_url` and
    `view_url`; everything else in them is settled. `headers` are the constant headers in order: From, then
    whatever of Reply-To, List-Id, … the newsletter sets. `images` are the local pictures in the HTML;
    those with data travel with each message. `shown` are the images on the web. `fields`, `shown`,
    `findings`, `partings` and the place of the subject are for the author and stand outside the digest.
    """

    slug: str
    subject: str
    html: str
    text: str
    headers: tuple[tuple[str, str], ...]
    images: tuple[PictureFile, ...] = ()
    fields: tuple[MergeField, ...] = ()
    findings: tuple[Finding, ...] = ()
    shown: tuple[ShownImage, ...] = ()
    partings: tuple[Parting, ...] = ()
    subject_position: Position | None = None

    @property
    def has_own_subjects(self) -> bool:
        """Return whether a recipient's values may be in the subject."""
        return "{" in self.subject

    @property
    def digest(self) -> str:
        """
        Return `sha256:…` over subject, HTML, text and constant headers, each preceded by its length.

        Pictures are in it by the digests of their bytes.
        """
        parts = [self.subject, self.html, self.text]
        parts += [text for header in self.headers for text in header]
        parts += [text for image in self.images for text in ("image", image.sha256)]
        sha = hashlib.sha256()
        for part in parts:
            data = part.encode()
            sha.update(b"%d:" % len(data) + data)
        return DIGEST_PREFIX + sha.hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Return what a frozen copy needs: everything but the findings and what they are made from."""
        kept = asdict(replace(self, images=()))
        del kept["findings"], kept["shown"]
        return {**kept, "images": [image.to_json() for image in self.images]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return the compiled issue that `to_json` stored."""
        headers = tuple((name, value) for name, value in stored["headers"])
        images = tuple(PictureFile.from_json(one) for one in stored.get("images", ()))
        author = {
            "fields": tuple(_read_field(one) for one in stored["fields"]),
            "partings": tuple(_read_parting(one) for one in stored.get("partings", ())),
            "subject_position": _read_position(stored.get("subject_position")),
        }
        return cls(**{**stored, **author, "headers": headers, "images": images})


def _read_field(stored: Mapping[str, Any]) -> MergeField:
    return MergeField(**{**stored, "position": Position(**stored["position"])})


def _read_parting(stored: Mapping[str, Any]) -> Parting:
    otherwise = _read_position(stored["otherwise"])
    return Parting(stored["source"], Position(**stored["position"]), otherwise)


def _read_position(stored: Mapping[str, Any] | None) -> Position | None:
    return Position(**stored) if stored else None
