"""`include`: a partial of the project's, with arguments."""

import re

from mailer.compile.blocks.arguments import read_arguments
from mailer.compile.blocks.block import Block, BlockFault

_EXAMPLE = 'write ::: include parts/event.md {title="Open day"} :::'
_TEMPLATE = re.compile(r"\{\{(?P<expression>(?:(?!\}\}).)*)\}\}")
_NAME = re.compile(r"[A-Za-z_]\w*")


def rewrite(arguments: str) -> tuple[str, str]:
    """Return the tags that take the partial in; nothing stands in place of the closing fence."""
    file, given = "", {}
    for argument in read_arguments(_TEMPLATE.sub(_kept, arguments)):
        if argument.key in ("", "file"):
            file = f"{file} {argument.value}".strip()
        else:
            given[_checked(argument.key)] = argument.value
    if not file:
        raise BlockFault("this include names no file", _EXAMPLE, "include")
    tag = f"{{% include {_literal(file)} %}}"
    if not given:
        return tag, ""
    values = ", ".join(f"{key}={_value(value)}" for key, value in given.items())
    return f"{{% with {values} %}}{tag}{{% endwith %}}", ""


def _kept(found: re.Match[str]) -> str:
    """Hide a template's value from what reads arguments."""
    return f"\ue001{found['expression'].strip().encode().hex()}\ue002"


_HIDDEN = re.compile("\ue001(?P<expression>[0-9a-f]*)\ue002")


def _value(written: str) -> str:
    """Return a value as a template's expression: texts as they are, what stood in braces worked out."""
    parts, done = [], 0
    for found in _HIDDEN.finditer(written):
        expression = bytes.fromhex(found["expression"]).decode()
        if re.search(r"\brecipient\b", expression):
            raise BlockFault(
                "a recipient's value cannot be handed to a partial",
                "write it in the partial: {{ recipient.… }} is known there",
                "recipient",
            )
        parts += [_literal(written[done : found.start()])] if found.start() > done else []
        parts.append(f"({expression})")
        done = found.end()
    parts += [_literal(written[done:])] if done < len(written) or not parts else []
    return " ~ ".join(parts)


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _checked(key: str) -> str:
    if not _NAME.fullmatch(key):
        raise BlockFault(f"'{key}' cannot name a value", "letters, digits and _", key)
    return key


BLOCK = Block(rewrite=rewrite, holds=False)
