"""`audience`: for recipients who meet an expression over the columns of the list."""

import re

from jinja2 import TemplateSyntaxError

from mailer.compile.blocks.block import Block, BlockFault
from mailer.compile.merge.cell import CELL
from mailer.compile.merge.usage import named_values
from mailer.errors import SourceError
from mailer.position import Position
from mailer.template.expression import compile_expression
from mailer.template.sandbox import Sandbox
from mailer.template.scan import Token, scan

_BRACES = re.compile(r"\{(?P<inside>.*)\}")
_OPENING = "{% if "
_PLACE = re.compile(r" at \d+\Z")
"""Where Jinja's lexer stopped, counted in what the fence was turned into."""
_PLAIN_KINDS = frozenset({"name", "string"})
_PLAIN_SIGNS = frozenset({"==", "!=", "[", "]", ","})
"""What compares texts alone: where there is more, numbers may be meant."""

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
    tokens = _tokens(expression)
    names = [tokens[place] for place in named_values(tokens)]
    _check(expression, [name.text for name in names])
    plain = all(token.kind in _PLAIN_KINDS or token.text in _PLAIN_SIGNS for token in tokens)
    pieces, done = [], 0
    for name in names:
        column = f"recipient.{name.text}"
        pieces += [expression[done : name.offset], column if plain else f"({column} | {CELL})"]
        done = name.offset + len(name.text)
    return "".join([*pieces, expression[done:]])


def _tokens(expression: str) -> list[Token]:
    try:
        (tag,) = scan(Sandbox(autoescape=False), f"{_OPENING}{expression} %}}")
    except (TemplateSyntaxError, ValueError) as error:
        reason = _PLACE.sub("", getattr(error, "message", None) or str(error))
        raise BlockFault(f"this expression cannot be read: {reason}", _EXAMPLE, "audience") from None
    return [Token(one.kind, one.text, one.offset - len(_OPENING)) for one in tag.tokens[1:]]


def _check(expression: str, columns: list[str]) -> None:
    if "recipient" in columns:
        hint = "write segment, not recipient.segment"
        raise BlockFault("an audience names columns alone", hint, "recipient")
    try:
        compile_expression(expression, columns, position=Position("", 1))
    except SourceError as error:
        raise BlockFault(error.message, error.hint or _EXAMPLE, "audience") from None


BLOCK = Block(rewrite=rewrite)
