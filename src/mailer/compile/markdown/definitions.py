"""What a text defines for use elsewhere in it: link references and abbreviations."""

import re
from dataclasses import dataclass, field

from mailer.compile.markdown.character import unescape
from mailer.compile.markdown.container import Footnote
from mailer.compile.markdown.target import DESTINATION_SPACE, LABEL, read_destination, read_title

END_OF_LINE = re.compile(r"[ \t]*+(?:\n|\Z)")
ABBREVIATION = re.compile(r"\*\[([^\]\\\n]{1,200})\][ ]?:[ \t]*([^\n]*)(?:\n|\Z)")


def normalize_label(label: str) -> str:
    """Return the form in which labels are compared: case folded, white space collapsed."""
    return " ".join(label.split()).casefold()


@dataclass(slots=True)
class Definitions:
    """References: label to (address, title); abbreviations: word to meaning; footnotes: label to text."""

    references: dict[str, tuple[str, str]] = field(default_factory=dict)
    abbreviations: dict[str, str] = field(default_factory=dict)
    footnotes: dict[str, Footnote] = field(default_factory=dict)

    def add_footnote(self, footnote: Footnote) -> None:
        """Store a footnote; a second text of one label is kept where no reference finds it."""
        label = footnote.label
        while label in self.footnotes:
            label += "\n"
        self.footnotes[label] = footnote

    def cut(self, text: str, *, abbreviations: bool) -> str:
        """Store the definitions at the start of a paragraph's text and return what follows them."""
        position = 0
        while text.startswith(("[", "*["), position):
            if text[position] == "[":
                end = self._read_reference(text, position)
            else:
                end = self._read_abbreviation(text, position) if abbreviations else 0
            if not end:
                break
            position = end
        return text[position:]

    def _read_abbreviation(self, text: str, position: int) -> int:
        """Store one abbreviation and return where it ends, 0 if there is none."""
        found = ABBREVIATION.match(text, position)
        if not found or not found[1].strip() or not found[2].strip():
            return 0
        self.abbreviations[found[1].strip()] = found[2].strip()
        return found.end()

    def _read_reference(self, text: str, position: int) -> int:
        """Store one reference and return where it ends, 0 if there is none (section 4.7)."""
        label = LABEL.match(text, position)
        if not label or not text.startswith(":", label.end()):
            return 0
        destination = read_destination(text, _after_space(text, label.end() + 1))
        if destination is None:
            return 0
        address, address_end = destination
        title, end = _read_title_line(text, address_end)
        name = normalize_label(label[1])
        if not end or not name:
            return 0
        self.references.setdefault(name, (unescape(address), unescape(title)))
        return end


def _after_space(text: str, position: int) -> int:
    space = DESTINATION_SPACE.match(text, position)
    return space.end() if space else position


def _read_title_line(text: str, position: int) -> tuple[str, int]:
    """Return the title and where its line ends; without a title the end of the address's own line, or 0."""
    start = _after_space(text, position)
    found = read_title(text, start) if start > position else None
    if found:
        title, title_end = found
        line = END_OF_LINE.match(text, title_end)
        if line:
            return title, line.end()
    line = END_OF_LINE.match(text, position)
    return "", line.end() if line else 0
