"""
Text -> inline items: one pass from left to right.

CommonMark 0.31, section 6; the strategy is that of its appendix.
"""

import re
from collections.abc import Callable
from html import unescape
from xml.etree.ElementTree import Element

from markdown.util import AtomicString

from mailer.compile.markdown.attributes import INLINE_LIST
from mailer.compile.markdown.autolinks import MAIL, WEB, read_mail_address, read_web_address, web_target
from mailer.compile.markdown.brackets import read_closing, read_opening
from mailer.compile.markdown.character import ENTITY, decode_entity
from mailer.compile.markdown.flanking import pair_runs, read_run
from mailer.compile.markdown.formulas import RULE as FORMULA
from mailer.compile.markdown.formulas import find_formula, remark_formula
from mailer.compile.markdown.html import find_inline_html
from mailer.compile.markdown.lines import number_tags
from mailer.compile.markdown.markers import CONTROL
from mailer.compile.markdown.reading import (
    ESCAPABLE,
    Context,
    Reading,
    line_at,
    link,
    protect,
    put,
    put_text,
)
from mailer.compile.markdown.shortcodes import SHORTCODE, find_emoji
from mailer.compile.markdown.spans import Attributes, Item, raw_html
from mailer.compile.markdown.ticks import TICKS, find_closing, find_ticks

PLAIN_SPECIAL = re.compile(r"[\\`*_\]<&\n]|!?\[")
EXTRAS = rf"[\\`*_\]<&\n{{^$]|!?\[|~+|==+|(?P<marker>{CONTROL})|(?P<web>(?=[hw]){WEB})|(?P<emoji>{SHORTCODE})"
EXTRA_SPECIAL = re.compile(rf"(?=[\\`*_\]<&\n{{^$!\[~=zhw:])(?:{EXTRAS})")
"""All characters that it may begin with come first: other characters are passed fast."""
SPECIAL_WITH_MAIL = re.compile(rf"{EXTRAS}|(?P<mail>{MAIL})")
"""To look for mail addresses takes long; few texts hold the sign that all of them do."""
RUN = re.compile(r"\*+|_+|~+|=+")
ANGLED_ADDRESS = re.compile(r"<([A-Za-z][A-Za-z0-9.+-]{1,31}:[^\s<>\x00-\x20]*)>")
ANGLED_MAIL = re.compile(
    r"<([a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*)>"
)
SUPERSCRIPT = re.compile(r"\^([^\s^~*_`\[\]<>\\]{1,40})\^")
PRODUCT = re.compile(r"\d\*\d")
SUBSCRIPT = re.compile(r"~([^\s^~*_`\[\]<>\\]{1,40})~(?!~)")


def read_inlines(text: str, context: Context, line: int = 0) -> list[Item]:
    """Return a text that begins on `line`, cut into plain text, finished elements and tags around them."""
    reading = Reading(text, context, line)
    special = PLAIN_SPECIAL
    if context.extras:
        special = SPECIAL_WITH_MAIL if "@" in text else EXTRA_SPECIAL
    while found := special.search(text, reading.position):
        if found.start() > reading.position:
            reading.items.append(text[reading.position : found.start()])
        reading.position = found.start()
        _read_special(reading, found)
    reading.items.append(text[reading.position :])
    pair_runs(reading.runs)
    return reading.items


def _read_special(reading: Reading, found: re.Match[str]) -> None:
    if found.lastgroup == "web":
        end = read_web_address(reading.text, reading.position)
        shown = reading.text[reading.position : end]
        put(reading, link(web_target(shown), unescape(shown)), end)
    elif found.lastgroup == "mail":
        end = read_mail_address(found)
        shown = reading.text[reading.position : end]
        put(reading, link(f"mailto:{shown}", shown) if "@" in shown else shown, end)
    elif found.lastgroup == "marker":
        put(reading, found[0], found.end())
    elif found.lastgroup == "emoji":
        put(reading, find_emoji(found[0]), found.end())
    else:
        READERS[found[0][0]](reading)


def _read_escape(reading: Reading) -> None:
    following = reading.text[reading.position + 1 : reading.position + 2]
    if following in ("(", "[") and reading.context.extras and _take_formula(reading):
        return
    if following == "\n":
        put(reading, Element("br"), reading.position + 2)
        reading.items.append("\n")
        _skip_spaces(reading)
    elif following and following in ESCAPABLE:
        put(reading, protect(following), reading.position + 2)
    else:
        put_text(reading)


def _read_dollar(reading: Reading) -> None:
    if not _take_formula(reading):
        put_text(reading)


def _take_formula(reading: Reading) -> bool:
    """Take a formula as it is written; the first one of a text is told to its author."""
    end = find_formula(reading.text, reading.position)
    if not end:
        return False
    formula = reading.text[reading.position : end]
    remarks = reading.context.remarks
    if not any(remark.rule == FORMULA for remark in remarks):
        remarks.append(remark_formula(formula, line_at(reading, reading.position)))
    put(reading, protect(formula), end)
    return True


def _read_newline(reading: Reading) -> None:
    """Two spaces or more before the newline are a hard break, others are dropped."""
    before = reading.items[-1] if reading.items else ""
    if isinstance(before, str):
        reading.items[-1:] = [before.rstrip(" ")]
        if before.endswith("  "):
            reading.items.append(Element("br"))
    put_text(reading)
    _skip_spaces(reading)


def _skip_spaces(reading: Reading) -> None:
    while reading.text.startswith((" ", "\t"), reading.position):
        reading.position += 1


def _read_code(reading: Reading) -> None:
    if reading.ticks is None:
        reading.ticks = find_ticks(reading.text)
    opening = TICKS.match(reading.text, reading.position)
    assert opening
    closing = find_closing(reading.ticks, opening.start(), len(opening[0]))
    if closing < 0:
        put_text(reading, len(opening[0]))
        return
    code = Element("code")
    code.text = AtomicString(_trim_code(reading.text[opening.end() : closing]))
    put(reading, code, closing + len(opening[0]))


def _trim_code(code: str) -> str:
    code = code.replace("\n", " ")
    if code.startswith(" ") and code.endswith(" ") and code.strip(" "):
        return code[1:-1]
    return code


def _read_run(reading: Reading) -> None:
    """Read a run of emphasis characters; single `~` may be a subscript."""
    found = RUN.match(reading.text, reading.position)
    assert found
    if found[0] == "~" and (subscript := SUBSCRIPT.match(reading.text, reading.position)):
        put(reading, _lowered("sub", subscript[1]), subscript.end())
    elif _means_itself(reading, found):
        put_text(reading, len(found[0]))
    else:
        run = read_run(len(reading.items), reading.text, found.start(), found.end())
        reading.runs.append(run)
        put(reading, run, found.end())


def _means_itself(reading: Reading, found: re.Match[str]) -> bool:
    """Strikethrough and marks are doubled; a single asterisk between digits is a product."""
    if found[0][0] in "~=":
        return len(found[0]) != len("~~")
    return reading.context.extras and bool(PRODUCT.match(reading.text, max(reading.position - 1, 0)))


def _lowered(tag: str, text: str) -> Element:
    element = Element(tag)
    element.text = text
    return element


def _read_superscript(reading: Reading) -> None:
    found = SUPERSCRIPT.match(reading.text, reading.position)
    if found:
        put(reading, _lowered("sup", found[1]), found.end())
    else:
        put_text(reading)


def _read_angle(reading: Reading) -> None:
    """Read `<`: an address, a mail address, raw HTML or the character itself."""
    text, position = reading.text, reading.position
    if found := ANGLED_ADDRESS.match(text, position):
        put(reading, link(found[1], found[1]), found.end())
    elif found := ANGLED_MAIL.match(text, position):
        put(reading, link(f"mailto:{found[1]}", found[1]), found.end())
    elif end := find_inline_html(text, position, reading.missing):
        html = text[position:end]
        if reading.context.lines:
            html = number_tags(html, line_at(reading, position))
        put(reading, raw_html(html), end)
    else:
        put_text(reading)


def _read_entity(reading: Reading) -> None:
    found = ENTITY.match(reading.text, reading.position)
    decoded = decode_entity(found) if found else None
    if found and decoded:
        put(reading, protect(decoded), found.end())
    else:
        put_text(reading)


def _read_attributes(reading: Reading) -> None:
    """Read an attribute list; what it follows is known when the tree is built."""
    found = INLINE_LIST.match(reading.text, reading.position)
    before = reading.items[-1] if reading.items else ""
    if found and not isinstance(before, str):
        put(reading, Attributes(found[0]), found.end())
    else:
        put_text(reading)


READERS: dict[str, Callable[[Reading], None]] = {
    "\\": _read_escape,
    "\n": _read_newline,
    "$": _read_dollar,
    "`": _read_code,
    "*": _read_run,
    "_": _read_run,
    "~": _read_run,
    "=": _read_run,
    "^": _read_superscript,
    "<": _read_angle,
    "&": _read_entity,
    "{": _read_attributes,
    "[": read_opening,
    "!": read_opening,
    "]": read_closing,
}
