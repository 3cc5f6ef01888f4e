"""Footnotes: numbered in the order of their references, their texts at the end."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count, islice, takewhile
from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString

from mailer.compile.markdown.branches import Branch
from mailer.compile.markdown.definitions import Definitions
from mailer.compile.markdown.tree import TreeBuilder

MOST_RETURNS = 10
"""Links back from one footnote."""
RETURN_ARROW = "\N{LEFTWARDS ARROW WITH HOOK}\N{VARIATION SELECTOR-15}"
WITHIN = "data-within"
"""On a footnote's text that was written in a deferred block: the marker that its branch begins with."""


class Footnotes:
    """
    Which footnotes were referred to, with their numbers in the order of first use.

    `branches` are those of the source's lines; none where no tag waits for a recipient.
    """

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.branches: Sequence[Branch] = ()
        self.numbers: dict[str, int] = {}
        self.uses: Counter[str] = Counter()

    def refer(self, label: str, line: int) -> list[Element]:
        """
        Return the reference to a footnote from a line, or nothing if no text has this label.

        Where each of several audiences has its own text, there is a reference for each.
        """
        if label not in self.definitions.footnotes:
            return []
        labels = self._meant(label, self._branch(line)) if self.branches else [label]
        return [self._reference(one) for one in labels]

    def _reference(self, label: str) -> Element:
        number = self.numbers.setdefault(label, len(self.numbers) + 1)
        self.uses[label] += 1
        use = self.uses[label] if self.uses[label] > 1 else ""
        reference = Element("sup", {"id": f"fnref{use}:{number}"})
        link = SubElement(reference, "a", {"class": "footnote-ref", "href": f"#fn:{number}"})
        link.text = AtomicString(str(number))
        return reference

    def _branch(self, line: int) -> Branch:
        return self.branches[line - 1] if 0 < line <= len(self.branches) else ()

    def _meant(self, label: str, branch: Branch) -> list[str]:
        """Return the labels of the texts that are meant in a branch: the nearest one around, else all."""
        texts = self.definitions.footnotes
        labels = list(takewhile(texts.__contains__, (label + "\n" * again for again in count())))
        around = [self._branch(texts[one].line) for one in labels]
        seen = [place for place, within in enumerate(around) if branch[: len(within)] == within]
        if seen:
            return [labels[max(seen, key=lambda place: len(around[place]))]]
        return [label for place, label in enumerate(labels) if around[place] not in around[:place]]

    def write(self, parent: Element, builder: TreeBuilder) -> None:
        """Append the texts; those that nothing refers to come last, so that no text is lost."""
        if not self.definitions.footnotes:
            return
        section = SubElement(parent, "div", {"class": "footnote"})
        SubElement(section, "hr")
        notes = SubElement(section, "ol")
        for number, label in enumerate(self._labels(), start=1):
            self._write_note(notes, number, label, builder)

    def _labels(self) -> Iterator[str]:
        """Yield labels by number; a text written meanwhile may refer to further ones."""
        number = 0
        while number < len(self.definitions.footnotes):
            if number == len(self.numbers):
                unused = next(label for label in self.definitions.footnotes if label not in self.numbers)
                self.numbers[unused] = number + 1
            yield next(islice(self.numbers, number, None))
            number += 1

    def _write_note(self, parent: Element, number: int, label: str, builder: TreeBuilder) -> None:
        note = self.definitions.footnotes[label]
        item = builder.element(parent, "li", note)
        item.set("id", f"fn:{number}")
        if within := self._branch(note.line):
            item.set(WITHIN, within[-1])
        builder.write_all(item, note.children)
        for use in range(1, min(self.uses[label], MOST_RETURNS) + 1):
            _append_return(item, number, use)


def _append_return(item: Element, number: int, use: int) -> None:
    """Append the link back to one use of a footnote; from the second on it tells which."""
    last = item[-1] if len(item) and item[-1].tag == "p" else SubElement(item, "p")
    nth = str(use) if use > 1 else ""
    link = Element("a", {"class": "footnote-backref", "href": f"#fnref{nth}:{number}"})
    link.text = AtomicString(RETURN_ARROW)
    if nth:
        SubElement(link, "sup").text = AtomicString(nth)
    if len(last):
        last[-1].tail = f"{last[-1].tail or ''}\N{NO-BREAK SPACE}"
    else:
        last.text = f"{last.text or ''}\N{NO-BREAK SPACE}"
    last.append(link)
