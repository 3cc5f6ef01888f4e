"""
The marker: a word that stands for a deferred tag from Jinja to the finished page.

Letters and digits only, so Markdown, smart quotes, URL escaping and MJML leave it alone:
`zxq` + salt (4 hexadecimal digits) + index + role letter + group + `zx`.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import Literal, get_args

Role = Literal["v", "o", "m", "e", "s"]
"""v: a value; o, m, e: open, middle and end of a block; s: a statement such as `set`."""

assert get_args(Role) == ("v", "o", "m", "e", "s")

MARKER = re.compile(r"zxq(?P<salt>[0-9a-f]{4})(?P<index>\d+)(?P<role>[vomes])(?P<group>\d+)zx")
"""Any marker, whatever its salt."""

CONTROL = re.compile(r"zxq[0-9a-f]{4}\d+[omes]\d+zx")
"""A marker that stands for no value: nothing is printed in its place."""

MARKER_LINE = re.compile(r"[ \t]*(?:zxq[0-9a-f]{4}\d+[omes]\d+zx[ \t]*)+")
"""A line of nothing but tags (no value): it makes a block of its own, never a paragraph. Use `fullmatch`."""


def choose_salt(*texts: str, apart: Sequence[str] = ()) -> str:
    """
    Return the first salt, in an order that the lengths of `texts` fix, whose markers are not in them.

    Nor are they in the texts of `apart`; so what does not depend on these is the same in most cases.
    """
    lengths = ",".join(str(len(text)) for text in texts)
    seed = hashlib.sha256(lengths.encode()).hexdigest()
    for start in range(len(seed) - 4):
        salt = seed[start : start + 4]
        if not any(f"zxq{salt}" in text for text in (*texts, *apart)):
            return salt
    raise ValueError("text made to hold every marker")


def marker(salt: str, index: int, role: Role, group: int) -> str:
    """Return the marker word."""
    return f"zxq{salt}{index}{role}{group}zx"


COUNTER = re.compile(r"\x02(?P<list>\d+)\.(?P<start>-?\d+)\x03")
"""The next number of a numbered list, some items of which wait for a recipient; only in plain text."""


def counter(list_number: int, start: int) -> str:
    """Return what stands for the next number of a list that begins with `start`."""
    return f"\x02{list_number}.{start}\x03"


TITLE = re.compile(r"\x04(?P<title>[^\x05]*)\n(?P<before>[^\n\x05]*)\x05(?P<sign>.)")
"""A title that is not of one length for all, and the sign of the line below it; only in plain text."""


def title_lines(lines: list[str], sign: str) -> list[str]:
    """Return the lines of such a title and its underline, which is drawn when the title is known."""
    return [f"\x04{lines[0]}", *lines[1:], f"\x05{sign}"]
