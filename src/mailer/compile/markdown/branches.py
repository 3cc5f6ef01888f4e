"""Lines with markers -> the branches of deferred blocks that each line stands in: who reads it."""

from collections.abc import Sequence

from mailer.compile.markdown.markers import LEADING
from mailer.compile.marker import MARKER

Branch = tuple[str, ...]
"""The words that lead to a line: of each open block its opening marker and those of its branches so far."""


def branches_of(lines: Sequence[str]) -> list[Branch]:
    """Return the branch of each line, behind the markers that it begins with."""
    branch: Branch = ()
    found: list[Branch] = []
    for line in lines:
        leading = LEADING.match(line) if "zxq" in line else None
        start = leading.end() if leading else 0
        branch = _after(line[:start], branch)
        found.append(branch)
        branch = _after(line[start:], branch)
    return found


def _after(text: str, branch: Branch) -> Branch:
    """Return the branch behind a text; what it closes that was never opened counts for nothing."""
    if "zxq" not in text:
        return branch
    for word in MARKER.finditer(text):
        if word["role"] in "om":
            branch = (*branch, word[0])
        elif word["role"] == "e":
            branch = tuple(one for one in branch if _group(one) != word["group"])
    return branch


def _group(word: str) -> str:
    found = MARKER.fullmatch(word)
    assert found
    return found["group"]
