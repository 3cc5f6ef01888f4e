"""Case files: title, Markdown and expected HTML, one after the other in one Markdown file."""

import re
from pathlib import Path
from typing import NamedTuple

from mailer.compile.marker import MARKER, marker

CASES = Path(__file__).parents[1] / "cases"
CASE = re.compile(
    r"^## ([^\n]+)\n\n~{8} md\n(.*?)\n~{8}\n\n~{8} html\n(.*?)\n~{8}$", re.MULTILINE | re.DOTALL
)
SHORT = re.compile(r"<<([vomes])(\d+)>>")
SALT = "0000"


class Case(NamedTuple):
    title: str
    source: str
    expected: str


def read_cases(name: str) -> list[Case]:
    return [Case(*found) for found in CASE.findall((CASES / name).read_text(encoding="utf-8"))]


def with_markers(text: str) -> str:
    """Turn `<<o1>>` into the marker that opens group 1."""
    return SHORT.sub(lambda found: marker(SALT, int(found[2]), found[1], int(found[2])), text)  # type: ignore[arg-type]


def shorten_markers(html: str) -> str:
    return MARKER.sub(lambda found: f"<<{found['role']}{found['group']}>>", html)
