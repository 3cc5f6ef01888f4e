"""The faster lexer reads what Jinja's own reads."""

from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, TemplateSyntaxError
from jinja2.lexer import Lexer

from mailer.template.lexer import fast_lexer
from mailer.template.sandbox import MARKDOWN_COMMENT, PAGE_COMMENT

PIECES = (
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "{#*",
    "*#}",
    "{",
    "-",
    "+",
    " raw ",
    " endraw ",
    "a",
    "\n",
    " ",
    "'",
)


def tokens(lexer: Lexer, source: str) -> list[tuple[int, str, str]] | str:
    try:
        return list(lexer.tokeniter(source, None))
    except TemplateSyntaxError as error:
        return f"{error.lineno}: {error.message}"


def jinjas_own(start: str, end: str) -> Lexer:
    return Environment(
        comment_start_string=start, comment_end_string=end, keep_trailing_newline=True, autoescape=True
    ).lexer


def test_tags_and_the_text_between_them_are_told_apart_alike() -> None:
    for start, end in (PAGE_COMMENT, MARKDOWN_COMMENT):
        comment = f"{start} d {end}{{#e}}"
        source = f"a {{ b\n {{{{- c -}}}} {comment} {{% raw %}} {{{{ f }}}} {{% endraw %}}{{%- if g %}}\n"

        assert tokens(fast_lexer(start, end), source) == tokens(jinjas_own(start, end), source)


@given(
    st.lists(st.sampled_from(PIECES), max_size=30).map("".join),
    st.sampled_from((PAGE_COMMENT, MARKDOWN_COMMENT)),
)
def test_any_source_is_read_alike(source: str, comment: tuple[str, str]) -> None:
    assert tokens(fast_lexer(*comment), source) == tokens(jinjas_own(*comment), source)
