"""
HTML fragment -> HTML fragment as an author means it: figures, bylines, absolute addresses.

Markers pass through, in text, in attributes and as comments.
"""

import re
from dataclasses import dataclass

from lxml import etree

from mailer.compile.addresses import complete_addresses
from mailer.compile.blocks import Setting, bind_texts, buttons_in_text, shape_blocks
from mailer.compile.elements import refuse_elements
from mailer.compile.fragment import Element, inner_html, parse_fragment, text_of
from mailer.compile.marker import CONTROL, MARKER
from mailer.compile.pictures import LoadPicture, PictureFile
from mailer.compile.pictures.place import Placed, place_pictures
from mailer.compile.written import NOWHERE, Markdown
from mailer.finding import Finding, Severity
from mailer.position import Position

STAGE = "polish"

NO_ALT = "A11Y-07"
"""Rule: an image that says nothing to who cannot see it."""

BUTTON_IN_TEXT = "BTN-01"
"""Rule: a link that shall be a button stands among other words."""

PLAIN = Setting()
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CAPTIONS = ("h5", "h6")
_BYLINE = re.compile(r"\s*(?:by|von|par|por|di|door|av)\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its level (1 to 6) and its text without markup, markers kept."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """An image: its address, its alternative text (empty where there is none), and where it is named."""

    address: str
    alt: str
    position: Position


@dataclass(frozen=True, slots=True)
class Polished:
    """The fragment, and the facts about it that later stages and checks want, in reading order."""

    html: str
    headings: tuple[Heading, ...] = ()
    links: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    files: tuple[PictureFile, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def first_heading(self) -> str:
        """Return the text of the first heading, or nothing: the subject where the author gave none."""
        return next((heading.text for heading in self.headings if heading.text), "")


def polish(
    fragment: str,
    *,
    base_url: str = "",
    source: Markdown = NOWHERE,
    setting: Setting = PLAIN,
    load: LoadPicture | None = None,
) -> Polished:
    """
    Make figures of images that stand alone, mark bylines, and complete addresses against `base_url`.

    Without `base_url` relative addresses stay and each is a warning at its place in `source`; pictures that
    `load` finds then travel with the message. Raises IssueError for elements that mails lose, for blocks with
    what they cannot hold and for pictures that cannot be used, CompileError for what is nested too deeply.
    """
    root = parse_fragment(fragment, stage=STAGE)
    refuse_elements(root, source)
    shape_blocks(root, setting)
    for paragraph in list(root.iter("p")):
        if _is_image_only(paragraph):
            _make_figure(paragraph)
        elif _is_byline(paragraph):
            _mark_byline(paragraph)
    bind_texts(root)
    told = (*_images_without_alt(root, source), *_buttons_in_text(root, source))
    named = [(image, source.find_address(image.get("src", "").strip())) for image in root.iter("img")]
    placed = place_pictures(root, load, base_url, source) if load else Placed()
    findings = complete_addresses(root, base_url, source)
    return Polished(
        html=inner_html(root),
        headings=tuple(Heading(_HEADINGS[str(one.tag)], text_of(one)) for one in root.iter(*_HEADINGS)),
        links=tuple(one.get("href", "") for one in root.iter("a") if one.get("href")),
        pictures=tuple(Picture(one.get("src", ""), one.get("alt", ""), place) for one, place in named),
        files=placed.files,
        findings=(*told, *placed.findings, *findings),
    )


def _is_blank(text: str | None) -> bool:
    return not text or text.isspace()


def _is_image_only(element: Element) -> bool:
    """Tell whether an element holds images, each perhaps in a link, and nothing else but tags that wait."""
    if len(element) == 0 or not _says_nothing(element.text):
        return False
    return all(_is_image(child) and _says_nothing(child.tail) for child in element)


def _says_nothing(text: str | None) -> bool:
    return _is_blank(text) or _is_blank(CONTROL.sub("", text or ""))


def _is_image(element: Element) -> bool:
    return element.tag == "img" or (element.tag == "a" and _is_image_only(element))


def _make_figure(paragraph: Element) -> None:
    paragraph.tag = "figure"
    heading = paragraph.getnext()  # a marker's comment counts: it parts what stands before and after it
    if heading is None or heading.tag not in _CAPTIONS or not _is_blank(paragraph.tail):
        return
    if _may_be_empty(paragraph):
        return
    caption = text_of(heading)
    heading.tag = "figcaption"
    paragraph.tail, heading.tail = heading.tail, None
    paragraph.append(heading)
    for image in paragraph.iter("img"):
        if _is_blank(image.get("alt")):
            image.set("alt", caption)


def _may_be_empty(paragraph: Element) -> bool:
    """Tell whether tags that wait leave some readers without an image: there is a condition, and no other."""
    roles = {found["role"] for text in paragraph.itertext() for found in MARKER.finditer(text)}
    return "o" in roles and "m" not in roles


def _is_byline(paragraph: Element) -> bool:
    """Tell whether the first line after a title is `_by …_` alone."""
    before = paragraph.getprevious()
    if before is None or before.tag not in ("h1", "h2") or not _is_blank(before.tail):
        return False
    if len(paragraph) == 0 or paragraph[0].tag not in ("em", "i") or not _is_blank(paragraph.text):
        return False
    return bool(_BYLINE.match(text_of(paragraph[0]) + " ")) and _ends_line(paragraph)


def _ends_line(paragraph: Element) -> bool:
    first = paragraph[0]
    if _is_blank(first.tail):
        return len(paragraph) == 1 or "\n" in (first.tail or "") or paragraph[1].tag == "br"
    return (first.tail or "").lstrip(" \t").startswith("\n")


def _mark_byline(paragraph: Element) -> None:
    """Give the byline a class, and what follows it in its paragraph a paragraph of its own."""
    byline = paragraph[0]
    rest = etree.Element("p")
    rest.text, byline.tail = (byline.tail or "").lstrip() or None, None
    rest.extend(paragraph[1:])
    if len(rest) and rest[0].tag == "br" and not rest.text:
        rest.text = (rest[0].tail or "").lstrip()
        rest.remove(rest[0])
    classes = paragraph.get("class")
    paragraph.set("class", f"{classes} byline" if classes else "byline")
    if len(rest) or not _is_blank(rest.text):
        rest.tail, paragraph.tail = paragraph.tail, "\n"
        paragraph.addnext(rest)


def _images_without_alt(root: Element, source: Markdown) -> list[Finding]:
    addresses = {image.get("src", ""): None for image in root.iter("img") if _is_blank(image.get("alt"))}
    return [
        Finding(
            NO_ALT,
            Severity.WARNING,
            f"the image '{source.shown(address)}' has no text for who cannot see it",
            "write what it shows: ![A barn owl on a beam](…), or a ##### line below it",
            source.find(address),
        )
        for address in addresses
    ]


def _buttons_in_text(root: Element, source: Markdown) -> list[Finding]:
    return [
        Finding(
            BUTTON_IN_TEXT,
            Severity.WARNING,
            "this button stands in a line of text, where Outlook shows a coloured link",
            "put it into a paragraph of its own: an empty line before it and after it",
            source.find_address(address),
        )
        for address in dict.fromkeys(link.get("href", "") for link in buttons_in_text(root))
    ]
