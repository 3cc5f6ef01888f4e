"""Jinja's lexer, taught to pass the text between tags fast: most of a newsletter is such text."""

import re
from functools import lru_cache

from jinja2 import Environment
from jinja2.lexer import Lexer

_GROUP = re.compile(r"(?<!\\)\((?:\?P<\w+>|(?!\?))")
_SLOWLY = "(.*?)"
"""How Jinja's rule begins: it looks for every kind of tag at every character."""


@lru_cache(maxsize=4)
def fast_lexer(comment_start: str, comment_end: str) -> Lexer:
    """Return a lexer that knows comments by these delimiters, and values and blocks by Jinja's own."""
    environment = Environment(
        comment_start_string=comment_start,
        comment_end_string=comment_end,
        keep_trailing_newline=True,
        autoescape=True,  # of no matter to a lexer
    )
    lexer = Lexer(environment)
    text_and_tag, *others = lexer.rules["root"]
    slow = text_and_tag.pattern
    assert slow.pattern.startswith(_SLOWLY)
    assert comment_start.startswith("{"), "every tag begins with the sign that is looked for"
    tag = slow.pattern.removeprefix(_SLOWLY)
    fast = re.compile(rf"((?:[^{{]++|(?!{_GROUP.sub('(?:', tag)}).)*+){tag}", slow.flags)
    lexer.rules["root"] = [text_and_tag._replace(pattern=fast), *others]
    return lexer
