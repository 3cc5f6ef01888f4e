"""Links, images and references to footnotes (CommonMark 0.31, sections 6.3 and 6.4)."""

import re
from xml.etree.ElementTree import Element

from mailer.compile.markdown.character import encode_address, unescape
from mailer.compile.markdown.definitions import normalize_label
from mailer.compile.markdown.flanking import pair_runs
from mailer.compile.markdown.lines import LINE
from mailer.compile.markdown.reading import Bracket, Reading, line_at, put, put_text
from mailer.compile.markdown.remarks import MOST_REMARKS, Remark
from mailer.compile.markdown.spans import Close, Open, plain_text
from mailer.compile.markdown.target import LABEL, read_inline_target
from mailer.finding import Severity

FOOTNOTE = re.compile(r"\[\^([^\]\s]{1,200})\]")
NO_NOTE = "NOTE-01"
"""Rule: a reference to a footnote that has no text."""

LONGEST_LABEL = 1000
BRACKET_LIMIT = 1000


def read_opening(reading: Reading) -> None:
    """Read `[` or `![`, or the reference to a footnote."""
    image = reading.text.startswith("!", reading.position)
    if not image and reading.context.extras and (found := FOOTNOTE.match(reading.text, reading.position)):
        references = reading.context.refer(found[1], line_at(reading, reading.position))
        for reference in references:
            put(reading, reference, found.end())
        if references:
            return
        if not reading.text.startswith("(", found.end()):
            _tell_of_no_note(reading, found)
    if reading.brackets:
        reading.brackets[-1].holds_bracket = True
    if len(reading.brackets) >= BRACKET_LIMIT:
        put_text(reading, 1 + image)
        return
    bracket = Bracket(len(reading.items), len(reading.runs), reading.position + 1 + image, image)
    reading.brackets.append(bracket)
    put_text(reading, 1 + image)


def _tell_of_no_note(reading: Reading, found: re.Match[str]) -> None:
    remarks = reading.context.remarks
    if len(remarks) < MOST_REMARKS:
        message = f"there is no note '{found[0]}': this stays text"
        hint = f"write it on a line of its own, {found[0]}: …, or \\{found[0]} where you mean the signs"
        line = line_at(reading, reading.position)
        remarks.append(Remark(NO_NOTE, Severity.WARNING, message, hint, line, found[0]))


def read_closing(reading: Reading) -> None:
    """Read `]`: the end of a link or an image if what follows, or the text itself, is a target."""
    if not reading.brackets:
        put_text(reading)
        return
    bracket = reading.brackets.pop()
    reading.settled = min(reading.settled, len(reading.brackets))
    target = _find_target(reading, bracket) if bracket.active else None
    if target is None:
        put_text(reading)
        return
    address, title, end = target
    pair_runs(reading.runs[bracket.runs :])
    del reading.runs[bracket.runs :]
    attributes = {"title": title} if title else {}
    if reading.context.lines:
        attributes[LINE] = str(line_at(reading, bracket.position))
    if bracket.image:
        _put_image(reading, bracket, encode_address(address), attributes)
    else:
        reading.items[bracket.item] = Open("a", {"href": encode_address(address), **attributes})
        reading.items.append(Close("a"))
        _deactivate(reading)
    reading.position = end


def _put_image(reading: Reading, bracket: Bracket, address: str, attributes: dict[str, str]) -> None:
    alternative = plain_text(reading.items[bracket.item + 1 :])
    del reading.items[bracket.item :]
    reading.items.append(Element("img", {"src": address, "alt": alternative, **attributes}))


def _deactivate(reading: Reading) -> None:
    """Let no bracket around a link open another link."""
    for bracket in reading.brackets[reading.settled :]:
        bracket.active = bracket.active and bracket.image
    reading.settled = len(reading.brackets)


def _find_target(reading: Reading, bracket: Bracket) -> tuple[str, str, int] | None:
    """Return address, title and end of the link whose text ends here."""
    text, after = reading.text, reading.position + 1
    if inline := read_inline_target(text, after):
        return unescape(inline[0]), unescape(inline[1]), inline[2]
    label = LABEL.match(text, after)
    if label:
        name, after = label[1], label.end()
    elif bracket.holds_bracket or after - bracket.position > LONGEST_LABEL:
        return None
    else:
        name = text[bracket.position : reading.position]
        after += 2 * text.startswith("[]", after)
    found = reading.context.definitions.references.get(normalize_label(name))
    return (*found, after) if found else None
