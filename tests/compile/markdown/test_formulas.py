"""Formulas stay text, and are told; prices and escaped brackets are none."""

from html import unescape

import pytest

from mailer.compile.markdown import convert
from mailer.finding import Severity


@pytest.mark.parametrize(
    "formula",
    [
        "$x$",
        "$a_1 + b_1$",
        "$x^2$",
        r"$\alpha$",
        "$$a_1 * b_1 * c$$",
        "$$\nx_1 = \\frac{1}{2} \\\\\n*y*\n$$",
        r"\(a_b * c^2 * d\)",
        r"\[\sum_{i=1}^n *x*_i\]",
        r"\( x \)",
    ],
)
def test_a_formula_stays_as_it_is_written(formula: str) -> None:
    converted = convert(f"text *a*\nand {formula} more")
    (finding,) = converted.findings

    assert unescape(converted.html) == f"<p>text <em>a</em>\nand {formula} more</p>"
    assert (finding.rule, finding.severity) == ("MATH-01", Severity.WARNING)
    assert (finding.position.line, finding.position.column) == (2, 5)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("$5 *and* $6", "$5 <em>and</em> $6"),
        ("from $5, up to 10$ *or* so", "from $5, up to 10$ <em>or</em> so"),
        ("US$ 1 = 2$", "US$ 1 = 2$"),
        ("$HOME/x and $PATH_A:$PATH_B", "$HOME/x and $PATH_A:$PATH_B"),
        (r"\(an *aside*\) \[not a link\](u)", "(an <em>aside</em>) [not a link](u)"),
        (r"\[0-9a-z_\]", "[0-9a-z_]"),
        (r"\$x\$", "$x$"),
        ("$$ and $$", "$$ and $$"),
        ("`$x$`", "<code>$x$</code>"),
    ],
)
def test_what_is_no_formula(source: str, expected: str) -> None:
    converted = convert(source)

    assert converted.html == f"<p>{expected}</p>"
    assert converted.findings == ()


def test_many_formulas_are_told_once() -> None:
    (finding,) = convert("a\n\n$x$ and $y$\n\n$$z = 1$$").findings

    assert finding.position.line == 3
