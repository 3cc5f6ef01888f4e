"""Tree of a fragment -> lines on a sheet, block by block."""

import re
from collections.abc import Callable, Mapping

from mailer.compile.fragment import Element, drop, text_of, texts_of
from mailer.compile.marker import COUNTER, MARKER, MARKER_LINE, counter, title_lines
from mailer.compile.text.phrase import BLOCKS, ENGLISH, SILENT, Phrases, is_marker
from mailer.compile.text.sheet import Sheet
from mailer.compile.text.table import is_layout, write_table
from mailer.compile.text.width import display_width, wrap

LOOSE = 2
"""Line ends between blocks that a blank line parts."""

TIGHT = 1

_TASK = re.compile(r"\s*(?P<box>[\u2610\u2611\u2612])\s*")
_UNDERLINES = {"h1": "=", "h2": "-"}


class BlockWriter:
    """Writes a fragment on a sheet: a method for each kind of block, `flow` for what only holds others."""

    def __init__(self, sheet: Sheet, words: Mapping[str, str] = ENGLISH) -> None:
        self.sheet = sheet
        self.words = words
        self.phrases = Phrases(words)
        self._waiting_lists = 0
        self._kinds: dict[str, Callable[[Element, int], None]] = {
            **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), self._heading),
            **dict.fromkeys(("ul", "ol", "menu", "dir"), self._list),
            "blockquote": self._quote,
            "dl": self._definitions,
            "figure": self._figure,
            "hr": self._rule,
            "pre": self._code,
            "table": self._table,
        }

    def flow(self, element: Element, gap: int = LOOSE) -> None:
        """Write what an element holds: blocks, `gap` line ends apart, and the text between them."""
        if not any(_is_block(child) for child in element):
            self.paragraph(self.phrases.inside(element), gap)
            return
        run = self.phrases.text(element.text)
        for child in element:
            if _is_block(child) or (is_marker(child) and _is_blank(run) and _is_blank(child.tail)):
                self.paragraph(run, gap)
                self._block(child, gap)
                run = ""
            else:
                run += self.phrases.child(child)
            run += self.phrases.text(child.tail)
        self.paragraph(run, gap)

    def paragraph(self, text: str, gap: int) -> None:
        """Write a text, if there is any."""
        text = text.strip()
        if "zxq" in text and MARKER_LINE.fullmatch(text):
            self.sheet.mark(text, gap)
        elif text:
            self.sheet.separate(gap)
            self.sheet.write(wrap(text, self.sheet.width))

    def title(self, text: str, underline: str) -> None:
        """Write a title, underlined."""
        lines = wrap(text.strip(), self.sheet.width)
        if lines and underline and "zxq" in text and _is_whole(text):
            lines = title_lines(lines, underline)
        elif lines and underline:
            lines.append(underline * max(display_width(line) for line in lines))
        self.sheet.write(lines)

    def _block(self, element: Element, gap: int) -> None:
        if not isinstance(element.tag, str):
            self._marker(element, gap)
            return
        self.sheet.separate(gap)
        if "footnote" in (element.get("class") or "").split():
            self._footnotes(element)
        else:
            self._kinds.get(element.tag, self.flow)(element, LOOSE if element.tag == "div" else gap)

    def _marker(self, comment: Element, gap: int) -> None:
        self.phrases.pass_markers(comment.text or "")
        self.sheet.mark(comment.text or "", gap)

    def _heading(self, heading: Element, _gap: int) -> None:
        self.title(self.phrases.plainly(heading), _UNDERLINES.get(str(heading.tag), ""))

    def _quote(self, quote: Element, _gap: int) -> None:
        with self.sheet.indent("> ", "> "):
            self.flow(quote)

    def _rule(self, _rule: Element, _gap: int) -> None:
        self.sheet.write(["-" * self.sheet.width])

    def _code(self, code: Element, _gap: int) -> None:
        text = "".join(texts_of(code)).strip("\n")
        with self.sheet.indent("    ", "    "):
            self.sheet.write(text.expandtabs(4).split("\n"))

    def _list(self, items: Element, _gap: int) -> None:
        gap = LOOSE if any(child.tag == "p" for item in items for child in item) else TIGHT
        number = start = _start(items)
        waits = self._count_waiting(items)
        self.paragraph(self.phrases.text(items.text), gap)
        for item in items:
            if item.tag == "li":
                self.sheet.separate(gap)
                shown = counter(waits, start) if waits else str(number)
                self._item(item, f"{shown}. " if items.tag == "ol" else "* ", gap)
                number += 1
            elif is_marker(item):
                self._marker(item, gap)
            elif isinstance(item.tag, str):
                self._block(item, gap)
            self.paragraph(self.phrases.text(item.tail), gap)

    def _count_waiting(self, items: Element) -> int:
        """Return which of the lists it is that items may be left out of; 0 where none may."""
        if items.tag != "ol" or not any(map(is_marker, items)):
            return 0
        self._waiting_lists += 1
        return self._waiting_lists

    def _item(self, item: Element, bullet: str, gap: int) -> None:
        bullet = _take_box(item) or bullet
        with self.sheet.indent(bullet, " " * len(COUNTER.sub("1", bullet))):
            self.flow(item, gap)

    def _definitions(self, definitions: Element, _gap: int) -> None:
        for child in definitions:
            if child.tag == "dd":
                self.sheet.separate(TIGHT)
                with self.sheet.indent("    ", "    "):
                    self.flow(child)
            elif is_marker(child):
                self._marker(child, TIGHT)
            elif isinstance(child.tag, str):
                self._block(child, LOOSE)
            self.paragraph(self.phrases.text(child.tail), LOOSE)

    def _figure(self, figure: Element, gap: int) -> None:
        """Write the images, then the caption, unless it is what stands for the image already."""
        caption = figure.find("figcaption")
        if caption is not None and self._repeats_image(caption, figure):
            figure.remove(caption)
        self.flow(figure, TIGHT if figure.find(".//p") is None else gap)

    def _repeats_image(self, caption: Element, figure: Element) -> bool:
        shown = {self.phrases.image(image) for image in figure.iter("img")}
        return shown == {self.phrases.placeholder(text_of(caption))} and caption.find(".//a") is None

    def _table(self, table: Element, gap: int) -> None:
        caption = table.find("caption")
        if caption is not None:
            self.paragraph(self.phrases.inside(caption), LOOSE)
            self.sheet.separate(TIGHT)
        if is_layout(table):
            self.flow(table, gap)
        else:
            write_table(table, self.sheet, self.phrases)

    def _footnotes(self, notes: Element) -> None:
        self.title(self.words["notes"], _UNDERLINES["h2"])
        for child in notes:
            if is_marker(child):
                self._marker(child, LOOSE)
            elif child.tag == "ol":
                self._notes(child)

    def _notes(self, notes: Element) -> None:
        for note in notes:
            if is_marker(note):
                self._marker(note, LOOSE)
                continue
            self.sheet.separate(LOOSE)
            _drop_returns(note)
            number = (note.get("id") or "").rpartition(":")[2]
            with self.sheet.indent(f"[{self.words['footnote']} {number}] ", "    "):
                self.flow(note)


def _is_blank(text: str | None) -> bool:
    return not text or text.isspace()


def _drop_returns(note: Element) -> None:
    """Take the links back out of a note, with the condition around each that some readers do not get."""
    for link in [*note.iter("a")]:
        if "footnote-backref" in (link.get("class") or "").split():
            before, after = link.getprevious(), link.getnext()
            if before is not None and after is not None and _are_around(before, after, link):
                drop(before)
                drop(after)
            drop(link)


def _are_around(before: Element, after: Element, link: Element) -> bool:
    """Tell whether two nodes are the markers of one condition, and the link all that stands between."""
    if not (is_marker(before) and is_marker(after)) or before.tail or link.tail:
        return False
    opening, end = MARKER.search(before.text or ""), MARKER.search(after.text or "")
    return opening is not None and end is not None and opening["group"] == end["group"]


def _is_whole(text: str) -> bool:
    """Tell whether every block of tags in a text begins and ends there."""
    groups = [(found["role"], found["group"]) for found in MARKER.finditer(text)]
    return all(
        groups.count(("o", group)) == groups.count(("e", group)) == 1
        for role, group in groups
        if role in "ome"
    )


def _is_block(element: Element) -> bool:
    """Tell whether an element makes lines of its own; an inline one does where it holds a block."""
    if element.tag in BLOCKS:
        return True
    if not isinstance(element.tag, str) or element.tag == "a" or len(element) == 0 or element.tag in SILENT:
        return False
    return any(inner.tag in BLOCKS for inner in element.iter())


def _start(items: Element) -> int:
    start = items.get("start") or "1"
    return int(start) if re.fullmatch(r"-?\d{1,9}", start, re.ASCII) else 1


def _take_box(item: Element) -> str:
    """Take the box off a task's text and return it as a bullet; nothing for any other item."""
    holder = item if not _is_blank(item.text) or len(item) == 0 else item[0]
    found = _TASK.match(holder.text or "") if isinstance(holder.tag, str) else None
    if not found:
        return ""
    holder.text = (holder.text or "")[found.end() :]
    return "[ ] " if found["box"] == "\u2610" else "[x] "
