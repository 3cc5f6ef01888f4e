"""Every hint reads as the end of a sentence: no capital at its start, no full stop at its end."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "mailer"


def hints(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each hint that is written out, its values as `…`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "hint":
            yield from ((part.lineno, text) for part in leaves(node.value) if (text := shown(part)))


def leaves(node: ast.expr) -> Iterator[ast.expr]:
    """Yield both sides of a choice, and the expression itself where there is none."""
    if isinstance(node, ast.IfExp):
        yield from (*leaves(node.body), *leaves(node.orelse))
    else:
        yield node


def shown(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    parts = node.values if isinstance(node, ast.JoinedStr) else []
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts)


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_hints_are_no_sentences(path: Path) -> None:
    wrong = [
        f"{line}: {text}"
        for line, text in hints(path)
        if text.endswith(".") or (text[:1].isupper() and text[1:2].islower())
    ]
    assert not wrong
