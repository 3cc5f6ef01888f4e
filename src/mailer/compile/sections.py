"""HTML fragment -> the same fragment as boxes, one for each `##` section: what a digest shows as cards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree

from mailer.compile.fragment import Comment, Element, inner_html, parse_fragment
from mailer.compile.marker import MARKER

_STAGE = "sections"
_TABLE = {
    "class": "sections",
    "role": "presentation",
    "width": "100%",
    "border": "0",
    "cellpadding": "0",
    "cellspacing": "0",
}
_HAIR_SPACE = "\u200a"
"""Without a sign in it Outlook makes a row higher than it was told to."""


def in_sections(fragment: str) -> str:
    """
    Return the fragment with what stands before the first `h2`, and each part from an `h2` on, in a table.

    The tables have the class `sections`, their cells `section`; notes at the end (`.footnote`) make one, too.
    A block of deferred tags with an `h2` in it stands around whole sections, so that nothing empty is left
    for whom it is not meant.
    """
    root = parse_fragment(fragment, stage=_STAGE)
    sheet = _Sheet()
    _divide(list(_text_first(root)), sheet)
    body = etree.Element("body")
    body.extend(sheet.parts)
    return inner_html(body)


@dataclass(slots=True)
class _Sheet:
    """What is finished, and the cell that takes the next part of a section, if one is open."""

    parts: list[Element] = field(default_factory=list)
    cell: Element | None = None

    def begin(self) -> None:
        """Close the section; a line across the page at its end would part what is parted already."""
        if self.cell is not None:
            _drop_line(self.cell, -1)
        self.cell = None

    def add(self, nodes: Sequence[Element]) -> None:
        if self.cell is None:
            table, self.cell = _box()
            self.parts.append(table)
        self.cell.extend(nodes)

    def add_between(self, marker: Element) -> None:
        """Put a marker between sections; text right behind it goes into a section."""
        text, marker.tail = marker.tail, None
        self.cell = None
        self.parts.append(marker)
        if text and not text.isspace():
            self.add([_text(text)])


def _divide(nodes: Sequence[Element], sheet: _Sheet) -> None:
    units = list(_units(nodes))
    for at, unit in enumerate(units):
        if len(unit) == 1:
            if _begins_section(unit[0]):
                sheet.begin()
                _drop_line(unit[0], 0)
            if sheet.cell is None and isinstance(unit[0], Comment):
                sheet.add_between(unit[0])
            else:
                sheet.add(unit)
        elif any(_begins_section(node) for node in unit) or _alone(units, at, sheet):
            _divide_group(unit, sheet)
        else:
            sheet.add(unit)


def _alone(units: Sequence[Sequence[Element]], at: int, sheet: _Sheet) -> bool:
    """Tell whether a block of tags would be all that its section holds."""
    return sheet.cell is None and (
        at + 1 == len(units) or any(_begins_section(node) for node in units[at + 1])
    )


def _divide_group(unit: Sequence[Element], sheet: _Sheet) -> None:
    """Divide what stands between the markers of a block; the markers stand between the boxes."""
    branch: list[Element] = []
    depth = 0
    for node in unit:
        role = _role(node)
        depth -= role == "e"
        if depth == (1 if role == "m" else 0) and role in {"o", "m", "e"}:
            _divide(branch, sheet)
            sheet.add_between(node)
            branch = []
        else:
            branch.append(node)
        depth += role == "o"


def _units(nodes: Sequence[Element]) -> Iterator[list[Element]]:
    """Yield single nodes, and all nodes of a block of tags, from its first marker to its last, as one."""
    unit: list[Element] = []
    depth = 0
    for node in nodes:
        role = _role(node)
        depth += (role == "o") - (role == "e")
        unit.append(node)
        if depth == 0:
            yield unit
            unit = []
    if unit:
        yield unit


def _role(node: Element) -> str:
    """Return which part of a block of tags a node is: `o`, `m`, `e`, another letter, or nothing."""
    found = MARKER.fullmatch(node.text or "") if isinstance(node, Comment) else None
    return found["role"] if found else ""


def _begins_section(node: Element) -> bool:
    return node.tag == "h2" or (node.tag == "div" and "footnote" in node.get("class", "").split())


def _drop_line(holder: Element, place: int) -> None:
    if len(holder) and holder[place].tag == "hr" and not (holder[place].tail or "").strip():
        holder.remove(holder[place])


def _text_first(root: Element) -> Iterator[Element]:
    """Yield the nodes of the fragment; text before the first becomes one, too."""
    if root.text and not root.text.isspace():
        yield _text(root.text)
    yield from root


def _text(text: str) -> Element:
    holder = etree.Element("span")
    holder.text = text
    return holder


def _box() -> tuple[Element, Element]:
    """Return a table and its cell; the row below is the distance, for Outlook knows no margin of tables."""
    table = etree.Element("table", _TABLE)
    cell = etree.SubElement(etree.SubElement(table, "tr"), "td", {"class": "section"})
    gap = etree.SubElement(etree.SubElement(table, "tr"), "td", {"class": "gap"})
    gap.text = _HAIR_SPACE
    table.tail = "\n"
    return table, cell
