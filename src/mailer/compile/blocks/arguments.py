"""What stands behind a block's name -> its values by key."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailer.compile.blocks.block import Block, BlockFault
from mailer.errors import did_you_mean

UNKNOWN = "\ue000"
"""What stands for a value that a template will bring."""

_SHAPE = re.compile(r"(?P<before>[^{}]*)(?:\{(?P<inside>.*)\})?[ \t]*")
_ARGUMENT = re.compile(
    r"""(?P<key>[A-Za-z][\w-]*)=(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'{}]+))(?=\s|\Z)"""
    r"""|(?:\.(?=[A-Za-z]))?(?P<word>[^\s"'{}]+)(?=\s|\Z)"""
)
_NO_VALUE = re.compile(r"[A-Za-z][\w-]*=")
_VALUES = ("double", "single", "bare", "word")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: a word alone has no key; `bare` tells that no quotes stand around the value."""

    key: str
    value: str
    bare: bool


def read_values(written: str, name: str, block: Block) -> dict[str, str]:
    """
    Return a block's values by key, as its arguments were written: `word {key=value}`.

    A value that holds UNKNOWN is taken as it is. Raises BlockFault.
    """
    values: dict[str, str] = {}
    for argument in read_arguments(written):
        key = argument.key or block.word
        if not key:
            raise BlockFault(f"'{name}' does not take '{argument.value}'", _keys_of(block), argument.value)
        if argument.bare and UNKNOWN in argument.value and key in block.keys and block.keys[key].spaced:
            hint = f'write {key}="…" around it: what it brings may hold spaces'
            raise BlockFault(f"the template in '{key}' stands without quotes", hint, key)
        if not argument.key and key in values:
            values[key] += f" {argument.value}"
        elif key in values:
            raise BlockFault(f"'{key}' is given twice", "take one of them out", key)
        else:
            values[key] = argument.value
    _check(values, name, block)
    return values


def read_arguments(written: str) -> Iterator[Argument]:
    """Yield the arguments in order; raise BlockFault where they cannot be read."""
    shape = _SHAPE.fullmatch(written)
    if shape is None:
        raise BlockFault("the arguments cannot be read", 'write them like {key=value other="two words"}')
    for part in (shape["before"], shape["inside"] or ""):
        yield from _arguments_in(part.strip())


def _arguments_in(text: str) -> Iterator[Argument]:
    place = 0
    while place < len(text):
        found = _ARGUMENT.match(text, place)
        if found is None:
            shown = text[place:].split(maxsplit=1)[0]
            raise BlockFault(
                f"'{shown}' cannot be read", 'a value with spaces stands in quotes: key="…"', shown
            )
        if _NO_VALUE.fullmatch(found[0]):
            raise BlockFault(f"'{found[0]}' has no value", f'write {found[0]}"…", or take it out', found[0])
        value = next(found[kind] for kind in _VALUES if found[kind] is not None)
        yield Argument(found["key"] or "", value, bare=found["bare"] is not None)
        space = _SPACE.match(text, found.end())
        place = space.end() if space else found.end()


def _check(values: Mapping[str, str], name: str, block: Block) -> None:
    for key, value in values.items():
        if key not in block.keys:
            raise BlockFault(f"'{name}' has no '{key}'{did_you_mean(key, block.keys)}", _keys_of(block), key)
        expected = block.keys[key]
        if UNKNOWN not in value and not expected.accepts(value):
            raise BlockFault(f"{key}: expected {expected.expects}, not '{value}'", "", value or key)
    for key, expected in block.keys.items():
        if expected.required and key not in values:
            raise BlockFault(
                f"'{name}' needs {key}: {expected.expects}", f"write ::: {name} {{{key}=…}}", name
            )


def _keys_of(block: Block) -> str:
    return f"it takes {', '.join(block.keys)}" if block.keys else "it takes nothing"
