"""A compile-time value -> the Jinja literal that stands for it in the finished template."""

import math
import re
from typing import Any

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SPECIAL = re.compile(r'[\\"\x00-\x1f\x7f]')


class NoLiteral(ValueError):
    """A value that no literal can stand for: a date, a macro, a whole object."""


def literal(value: Any) -> str:
    """Return the literal; raises NoLiteral for what is no text, number, true, false, none, list or table."""
    match value:
        case None | bool():
            return str(value).lower()
        case str():
            return f'"{_SPECIAL.sub(_escape, str(value))}"'
        case int():
            return str(value)
        case float() if math.isfinite(value):
            return repr(value)
        case list() | tuple():
            return f"[{', '.join(map(literal, value))}]"
        case dict():
            pairs = (f"{literal(key)}: {literal(one)}" for key, one in value.items())
            return f"{{{', '.join(pairs)}}}"
        case _:
            raise NoLiteral(type(value).__name__)


def _escape(character: re.Match[str]) -> str:
    return _ESCAPES.get(character[0], f"\\x{ord(character[0]):02x}")
