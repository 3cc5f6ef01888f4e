"""`audience`: for recipients who meet an expression over the columns of the list."""

import re

from mailer.compile.blocks.block import Block, BlockFault
from mailer.compile.merge.usage import named_values
from mailer.errors import SourceError
from mailer.position import Position
from mailer.template.expression import compile_expression
from mailer.template.sandbox import Sandbox
from mailer.template.scan import Token, scan

_BRACES = re.compile(r"\{(?P<inside>.*)\}")
_OPENING = "{% if "
_EXAMPLE = "write an expression over the list's columns: ::: audience segment == 'client'"


def rewrite(arguments: str) -> tuple[str, str]:
    """Return the tags of an `if` that waits for the recipient."""
    written = arguments.strip()
    if found := _BRACES.fullmatch(written):
        written = found["inside"].strip()
    if not written:
        raise BlockFault("this audience is nobody in particular", _EXAMPLE, "audience")
    if "%}" in written or "}}" in written:
        raise BlockFault("a template's tag cannot stand in an audience", _EXAMPLE, "audience")
    return f"{_OPENING}{_of_recipient(written)} %}}", "{% endif %}"


def _of_recipient(expression: str) -> str:
    """Return the expression with `recipient.` before each column."""
    names = _names(expression)
    if any(name.text == "recipient" for name in names):
        raise BlockFault(
            "an audience names columns alone", "write segment, not recipient.segment", "recipient"
        )
    try:
        compile_expression(expression, [name.text for name in names], position=Position("", 1))
    except SourceError as error:
        raise BlockFault(error.message, error.hint or _EXAMPLE, "audience") from None
    pieces, done = [], 0
    for name in names:
        pieces += [expression[done : name.offset], "recipient."]
        done = name.offset
    return "".join([*pieces, expression[done:]])


def _names(expression: str) -> list[Token]:
    """Return the words of an expression that name columns, by their place in it."""
    try:
        (tag,) = scan(Sandbox(autoescape=False), f"{_OPENING}{expression} %}}")
    except (ValueError, Exception) as error:  # noqa: BLE001 - whatever Jinja's lexer does not know
        raise BlockFault(f"this expression cannot be read: {error}", _EXAMPLE, "audience") from None
    tokens = tag.tokens[1:]
    return [
        Token("name", tokens[place].text, tokens[place].offset - len(_OPENING))
        for place in named_values(tokens)
    ]


BLOCK = Block(rewrite=rewrite)
