"""Inline HTML -> text on one line, with numbered links."""

import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote

from mailer.compile.fragment import Comment, Element
from mailer.compile.marker import MARKER
from mailer.compile.text.width import NO_BREAK

BLOCKS = frozenset(
    """
    address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption figure footer
    form h1 h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol p pre section summary table tbody td tfoot th
    thead tr ul
    """.split()  # noqa: SIM905 (one word a tag)
)
SILENT = frozenset(
    {"script", "style", "template", "head", "title", "meta", "link", "base", "colgroup", "col"}
)

ENGLISH: Mapping[str, str] = {"notes": "Notes", "links": "Links", "footnote": "note", "image": "Image"}
"""The words of a text part, unless a theme has others."""

_SPACE = re.compile(r"(?:[\t\r\n\f]| (?=[ \t\r\n\f]))[ \t\r\n\f]*")
"""White space that is not one space already."""
_SCHEME = re.compile(r"^(?:https?:)?//(?:www\.)?|^www\.", re.IGNORECASE)
_DIGITS = re.compile(r"\D+")


class Phrases:
    """Turns inline content into text; `targets` are the links by number, first one 1."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self.words = words
        self.targets: dict[str, int] = {}
        self._open_blocks = 0
        self._plain = 0
        self._kinds: dict[str, Callable[[Element], str]] = {
            "a": self._link,
            "b": self._strong,
            "br": lambda _: "\n",
            "code": lambda element: self._wrapped(element, "`"),
            "del": lambda element: self._wrapped(element, "~~"),
            "img": self.image,
            "input": _checkbox,
            "q": lambda element: f'"{self.inside(element)}"',
            "s": lambda element: self._wrapped(element, "~~"),
            "strike": lambda element: self._wrapped(element, "~~"),
            "strong": self._strong,
            "sup": self._raised,
        }

    def inside(self, element: Element) -> str:
        """Return the text of what an element holds; a line break in it is a hard one."""
        parts = [self.text(element.text)]
        for child in element:
            shown = self.child(child)
            if shown.startswith(NO_BREAK) and "".join(parts[-2:]).endswith(" "):
                shown = shown.removeprefix(NO_BREAK)
            parts += (shown, self.text(child.tail))
        return "".join(parts)

    def plainly(self, element: Element) -> str:
        """Return the text of what an element holds, without stars."""
        self._plain += 1
        text = self.inside(element)
        self._plain -= 1
        return text

    def child(self, element: Element) -> str:
        """Return the text of an element inside a line."""
        tag = element.tag
        if not isinstance(tag, str):
            return self.text(element.text) if is_marker(element) else ""
        if tag in SILENT:
            return ""
        if kind := self._kinds.get(tag):
            return kind(element)
        return f" {self.inside(element)} " if tag in BLOCKS else self.inside(element)

    def text(self, text: str | None) -> str:
        """Return running text with its white space folded."""
        if not text:
            return ""
        self.pass_markers(text)
        return _SPACE.sub(" ", text)

    def pass_markers(self, text: str) -> None:
        """Keep count of the blocks that a text opens and ends."""
        if "zxq" in text:
            roles = [found["role"] for found in MARKER.finditer(text)]
            self._open_blocks += roles.count("o") - roles.count("e")

    def image(self, image: Element) -> str:
        """Return what stands for an image: its alternative text, nothing where it has none."""
        return self.placeholder(_SPACE.sub(" ", image.get("alt") or "").strip())

    def placeholder(self, alt: str) -> str:
        """Return the text in place of an image."""
        return f"[{self.words['image']}: {alt}]" if alt else ""

    def _link(self, link: Element) -> str:
        target = (link.get("href") or "").strip()
        shown = self.inside(link).strip() or (
            f"[{self.words['image']}]" if link.find(".//img") is not None else ""
        )
        classes = (link.get("class") or "").split()
        if "footnote-backref" in classes or not shown:
            return ""
        if "footnote-ref" in classes:
            return f"{NO_BREAK}[{self.words['footnote']}{NO_BREAK}{shown}]"
        if not target or target.startswith("#"):
            return shown
        return self._with_target(shown, target)

    def _with_target(self, shown: str, target: str) -> str:
        scheme, _, rest = target.partition(":")
        if scheme.lower() == "mailto":
            return _with_address(shown, unquote(rest.partition("?")[0]))
        if scheme.lower() in ("tel", "sms"):
            return shown if _DIGITS.sub("", rest) in _DIGITS.sub("", shown) else f"{shown} ({rest})"
        if _same_address(shown, target):
            return target
        if self._open_blocks and target not in self.targets:
            # the list below is everyone's, and a loop's own value means nothing there
            return f"{shown} ({target})"
        return f"{shown}{NO_BREAK}[{self.targets.setdefault(target, len(self.targets) + 1)}]"

    def _strong(self, element: Element) -> str:
        return self.inside(element) if self._plain else self._wrapped(element, "*")

    def _wrapped(self, element: Element, sign: str) -> str:
        text = self.inside(element)
        core = text.strip()
        if not core:
            return text
        start = text.index(core)
        return f"{text[:start]}{sign}{core}{sign}{text[start + len(core) :]}"

    def _raised(self, element: Element) -> str:
        text = self.inside(element)
        return text if element.find("a") is not None or not text.strip() else f"^{text.strip()}"


def is_marker(element: Element) -> bool:
    """Tell whether a node is a comment that holds a marker and nothing else."""
    return isinstance(element, Comment) and bool(MARKER.fullmatch((element.text or "").strip()))


def _checkbox(element: Element) -> str:
    if (element.get("type") or "").lower() != "checkbox":
        return ""
    return "[ ]" if element.get("checked") is None else "[x]"


def _with_address(shown: str, address: str) -> str:
    return shown if not address or address.lower() in shown.lower() else f"{shown} <{address}>"


def _same_address(shown: str, target: str) -> bool:
    return shown == target or _bare(shown) == _bare(target)


def _bare(address: str) -> str:
    return _SCHEME.sub("", unquote(address)).rstrip("/").lower()
