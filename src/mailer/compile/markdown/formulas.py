r"""
Formulas: `$$…$$`, `$x$`, `\(…\)` and `\[…\]`.

Mail programs show no mathematics, so a formula stays text, byte for byte, and its author is told. Prices,
shell variables and escaped brackets are no formulas.
"""

import re

from mailer.compile.markdown.remarks import Remark
from mailer.finding import Severity

RULE = "MATH-01"

DISPLAYED = re.compile(r"\$\$(?!\$)((?:[^$\\]|\\.)+)\$\$(?!\$)", re.DOTALL)
DOLLARS = re.compile(r"\$(?![\s$])((?:[^$\\\n]|\\.)+)(?<!\s)\$(?![\w$])")
ROUND = re.compile(r"\\\(((?:[^\\]|\\[^()\[\]])+)\\\)", re.DOTALL)
SQUARE = re.compile(r"\\\[((?:[^\\]|\\[^()\[\]])+)\\\]", re.DOTALL)
COMMAND = re.compile(r"\\[A-Za-z]|\^")
SIGN = re.compile(r"\\[A-Za-z]|[\^=<>+]|\b[A-Za-z]_|\A\s?[A-Za-z]'?\s?\Z")


def find_formula(text: str, position: int) -> int:
    """Return where the formula ends that a dollar sign or a backslash begins; 0 if it begins none."""
    if text.startswith("$$", position):
        found = _with_sign(DISPLAYED, SIGN, text, position)
    elif text.startswith("$", position):
        before = text[position - 1 : position] if position else ""
        found = None if before.isalnum() or before == "$" else _with_sign(DOLLARS, SIGN, text, position)
    elif text.startswith(r"\(", position):
        found = _with_sign(ROUND, SIGN, text, position)
    else:
        found = _with_sign(SQUARE, COMMAND, text, position)
    return found.end() if found else 0


def _with_sign(
    form: re.Pattern[str], sign: re.Pattern[str], text: str, position: int
) -> re.Match[str] | None:
    found = form.match(text, position)
    return found if found and sign.search(found[1]) else None


def remark_formula(formula: str, line: int) -> Remark:
    """Return what the author of a formula should know."""
    return Remark(
        RULE,
        Severity.WARNING,
        "mail programs show no mathematics: formulas stay as they are written",
        "say it in words, or put in a picture of it",
        line,
        formula.partition("\n")[0],
    )
