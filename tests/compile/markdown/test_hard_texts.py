"""Texts made to be slow or deep convert in time, and give HTML that later stages can read."""

import re

import pytest

from mailer.compile.markdown import to_html

MANY = 20_000
PATHOLOGICAL = {
    "open brackets": "[" * MANY,
    "open images": "![" * MANY,
    "closed brackets": "[" * MANY + "]" * MANY,
    "images around links": "![" * MANY + "[a](b)" * MANY,
    "links that never end": "[a](b" * MANY,
    "links in angle brackets that never end": "[a](<b" * MANY,
    "emphasis that never ends": "*a **a " * MANY,
    "emphasis that never starts": "a** b* " * MANY,
    "emphasis in emphasis": "**a *b " * MANY + "* ** " * MANY,
    "stars": "*" * MANY + "a" + "*" * MANY,
    "backticks of all lengths": "".join("`" * length + "a" for length in range(800)),
    "comments that never end": "a <!--" * MANY,
    "instructions that never end": "a <?" * MANY,
    "declarations that never end": "a <!A" * MANY,
    "tags that never end": 'a <b c="' * MANY,
    "attributes": "a <b " + "c=d " * MANY,
    "entities": "&amp" * MANY,
    "web addresses": "http://a" * MANY,
    "brackets in an address": "http://a" + "(" * MANY + ")" * MANY,
    "a local part that never ends": "a.a-a+a_" * MANY + "@",
    "braces": "a {.b" * MANY,
    "quotes in quotes": ">" * MANY + " a",
    "items in items": "- " * MANY,
    "deep lists": "\n".join("  " * depth + "- a" for depth in range(700)),
    "deep quotes": "\n".join(">" * depth + " a" for depth in range(1000)),
    "deep HTML": '<div markdown="1">\n' * 200,
    "lazy lines": "> a\n" + "b\n" * MANY,
    "a wide table": "|a" * MANY + "|\n" + "|-" * MANY + "|",
    "spaces in a heading": "# a" + " " * MANY + "b" + "#" * MANY,
    "references": "\n".join(f"[a{number}]: /u 't'" for number in range(MANY)),
    "reference that never ends": "[a]: " * MANY,
    "footnotes": "\n\n".join(f"a[^{number}]\n\n[^{number}]: b" for number in range(2000)),
    "one footnote, often": "[^1]" * MANY + "\n\n[^1]: a",
    "abbreviations": "*[a]: b\n\n" + "a " * MANY,
    "definitions": "a\n: b\n\n" * 4000,
    "quotation marks": "\"'" * MANY,
    "marker lines": "zxqabcd1o1zx\n" * 4000,
    "markers in a line": "zxqabcd1o1zx# " + "zxqabcd1o1zx " * MANY,
    "markers around items": "zxqabcd1o1zx\n- a\nzxqabcd2e1zx\n" * 2000,
    "slips": "[a]( http://b.c) ** bold ** `code` " * (MANY // 4),
    "slips that never end": "]((a ]( http:// [a] (www. ** a $x \\(x :a ](b.c" * (MANY // 4),
    "dollars": "$x_" * MANY,
    "formulas that never end": "\\(x^" * MANY + "$$" * MANY,
    "emoji that never end": ":a" * MANY,
    "coloured code": "~~~ python\n" + "x = '\\\\" * MANY + "\n~~~",
    "many fences": "~~~ python\nx = 1\n~~~\n\n" * 1000,
    "waiting attributes": "{: .a}\n" * MANY + "b",
    "much text": "Some words of *text*, and more.\n\n" * 10_000,
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("source", PATHOLOGICAL.values(), ids=PATHOLOGICAL)
def test_hard_texts_convert_in_time_and_bounded_depth(source: str) -> None:
    html = to_html(source)

    assert deepest(html) < 256


def deepest(html: str) -> int:
    """Count how many elements stand in one another."""
    depth = most = 0
    for slash, name in re.findall(r"<(/?)([a-z][a-z0-9]*)", html):
        if name not in {"br", "hr", "img"}:
            depth += -1 if slash else 1
            most = max(most, depth)
    return most
