"""
Common slips of authors: found in running text, mended, and told.

`SLIPS` is the table. A slip is something that no author means as it is written, and that readers would see as
stray signs or as a link that leads nowhere.
"""

import re
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from mailer.compile.markdown.definitions import normalize_label
from mailer.compile.markdown.flanking import pair_runs, read_run
from mailer.compile.markdown.remarks import MOST_REMARKS, Remark
from mailer.compile.markdown.ticks import Verbatim
from mailer.finding import Severity

Found = re.Match[str]

TARGET = r"(?=[\]\[])(?:(?<!\\)\]\(<?|^\[[^\[\]\n]{1,200}\]:[ \t]+<?)"
"""What stands before the target of a link or of a reference."""
WEB = r"(?:https?://|www\.)"
HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,6}"
DOMAIN = (
    r"(?:com|org|net|edu|gov|info|io|dev|app|ai|co|blog|news|tech|xyz"
    r"|at|au|be|br|ca|ch|cn|cz|de|dk|es|eu|fi|fr|ie|in|it|jp|nl|pt|ru|se|uk|us)"
)
"""Domains that are no endings of files."""
SHARP = r"\dx\.(?:png|jpe?g|gif|webp)\b"
"""What follows the sign in the name of a picture with so many pixels for one."""
STARS = re.compile(r"\*+|_+")
LONG_WORD = re.compile(r"[^\W\d_]{2}")


class Slip(NamedTuple):
    """
    One kind of slip.

    `sign` is what every text with it holds. `pattern` finds it; its group `at` is what the author is shown, a
    group `label` the text of a link that would be right if a reference had that name. `mended` returns what
    the match should have been.
    """

    rule: str
    sign: str
    pattern: re.Pattern[str]
    mended: Callable[[Found], str]
    message: str
    hint: str
    severity: Severity = Severity.WARNING


def _with(start: str) -> Callable[[Found], str]:
    """Return a function that puts `start` before the target."""
    return lambda found: f"{found['before']}{start}{found['at']}"


def _hug(found: Found) -> str:
    """Return bold text with its spaces outside of the stars, where none are already."""
    text, start, end = found.string, found.start(), found.end()
    before = found["open"] if text[start - 1 : start].isalnum() and start else ""
    after = found["shut"] if text[end : end + 1].isalnum() else ""
    return f"{before}**{found['inside']}**{after}"


SLIPS = (
    Slip(
        "SLIP-01",
        "]((",
        re.compile(r"(?<!\\)\](?P<at>\(\((?P<target>[^\s()<>]+)\)\)?)"),
        lambda found: f"]({found['target']})",
        "two opening brackets before the target of a link",
        "write [text](address)",
    ),
    Slip(
        "SLIP-02",
        "]( ",
        re.compile(rf"(?<!\\)\](?P<at>\([ ]+(?=<?(?:{WEB}|mailto:))[^\s()<>]+)"),
        lambda found: f"]({found['at'][1:].lstrip()}",
        "a space before the target of a link",
        "write [text](address)",
    ),
    Slip(
        "SLIP-03",
        "] (",
        re.compile(rf"(?<![\]\\])\[(?P<label>[^\[\]]*)\][ ]+(?P<at>\((?:{WEB}|mailto:)[^\s()<>]*\))"),
        lambda found: f"[{found['label']}]{found['at']}",
        "a space between the text of a link and its target",
        "write [text](address)",
    ),
    Slip(
        "SLIP-04",
        "]",
        re.compile(
            rf"(?P<before>{TARGET})(?P<at>(?:www\.[\w-]+\.|{HOST}(?:{DOMAIN}(?=[/?#:)>\s]|\Z)"
            rf"|(?!md|py|rs|sh|js|ts|pl)[a-z]{{2}}/))[^\s()<>]*)",
            re.MULTILINE,
        ),
        _with("https://"),
        "the target of a link has no scheme",
        "write https:// before it",
    ),
    Slip(
        "SLIP-05",
        "@",
        re.compile(
            rf"(?P<before>{TARGET})(?P<at>[A-Za-z0-9._%+-]{{1,64}}@(?!{SHARP}){HOST}[A-Za-z]{{2,}}"
            r"(?=[?)>\s]|\Z))",
            re.MULTILINE,
        ),
        _with("mailto:"),
        "a mail address as the target of a link needs its scheme",
        "write mailto: before it",
    ),
    Slip(
        "SLIP-06",
        "**",
        re.compile(
            r"(?P<at>(?<![\\*])\*\*(?!\*)(?P<open>[ ]*)"
            r"(?P<inside>[^\s*](?:[^*\n]*[^\s*])?)(?P<shut>[ ]*)\*\*(?!\*))"
        ),
        _hug,
        "spaces within the stars keep the text from being bold",
        "write **bold**",
    ),
    Slip(
        "SLIP-07",
        "##",
        re.compile(r"(?:\A|\n)(?P<at>#{2,6}[^\W\d_][^\n]*)"),
        lambda found: found[0],
        "a heading needs a space after its number signs; this stays text",
        "write ## Heading, or \\## where you mean the signs",
        Severity.INFO,
    ),
)


def mend(text: str, line: int, remarks: list[Remark], references: Collection[str]) -> str:
    """
    Return the text of a block without slips, and add a remark for each.

    `line` is the line that the text begins on; `references` are the labels defined. Code, addresses in angle
    brackets and raw HTML are left alone.
    """
    for slip in SLIPS:
        if slip.sign in text and slip.pattern.search(text):
            text = _mend(slip, text, line, remarks, references)
    return text


def _mend(slip: Slip, text: str, line: int, remarks: list[Remark], references: Collection[str]) -> str:
    pieces, position = [], 0
    for found in _real(slip, text, references):
        pieces += [text[position : found.start()], slip.mended(found)]
        position = found.end()
        if len(remarks) < MOST_REMARKS:
            at = line + text.count("\n", 0, found.start("at"))
            remarks.append(Remark(slip.rule, slip.severity, slip.message, slip.hint, at, found["at"]))
    return "".join([*pieces, text[position:]])


def _real(slip: Slip, text: str, references: Collection[str]) -> Iterator[Found]:
    """Yield the matches that are no code, and would reach the reader as they stand."""
    verbatim = Verbatim(text)
    loose = _unpaired_stars(text, verbatim) if slip.sign == "**" else frozenset()
    for found in slip.pattern.finditer(text):
        start, end = found.span("at")
        labels = found.groupdict()
        if verbatim.holds(start) or verbatim.holds(end - 1):
            continue
        if "label" in labels and normalize_label(labels["label"]) in references:
            continue
        if slip.sign != "**" or _is_spaced(found, loose):
            yield found


def _is_spaced(found: Found, loose: Collection[int]) -> bool:
    """Tell whether stars with spaces in them enclose words and stay text; `2 ** 3 ** 4` is another matter."""
    if not found["open"] and not found["shut"]:
        return False
    is_loose = found.start() in loose and found.end() - len("**") in loose
    return is_loose and bool(LONG_WORD.search(found["inside"]))


def _unpaired_stars(text: str, verbatim: Verbatim) -> frozenset[int]:
    """Return where the runs of stars stand that become no tags."""
    places = [found.span() for found in STARS.finditer(text) if not verbatim.holds(found.start())]
    runs = [read_run(start, text, start, end) for start, end in places]
    pair_runs(runs)
    return frozenset(run.number for run in runs if run.left == run.size)
