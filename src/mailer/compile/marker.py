"""
The marker: a word that stands for a deferred tag from Jinja to the finished page.

Letters and digits only, so Markdown, smart quotes, URL escaping and MJML leave it alone:
`zxq` + salt (4 hexadecimal digits) + index + role letter + group + `zx`.
"""

import hashlib
import re
import zlib
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


def choose_salt(*texts: str) -> str:
    """Return the first salt, in an order fixed by `texts`, whose markers cannot occur in them."""
    joined = "\0".join(texts)
    checksum = zlib.crc32(joined.encode(errors="surrogatepass"))
    seed = hashlib.sha256(str(checksum).encode()).hexdigest()
    for start in range(len(seed) - 4):
        salt = seed[start : start + 4]
        if f"zxq{salt}" not in joined:
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
