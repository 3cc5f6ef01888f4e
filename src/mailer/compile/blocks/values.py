"""The values that blocks take: what is expected of each."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

MOST_PIXELS = 400
"""A gap larger than that is a slip of the finger."""

_RATIO = re.compile(r"[1-9]\d?(?::[1-9]\d?){1,2}")


@dataclass(frozen=True, slots=True)
class Key:
    """What may be given for a key, told in `expects`; `spaced` where there may be spaces in it."""

    expects: str
    accepts: Callable[[str], bool]
    required: bool = False
    spaced: bool = False


def required(key: Key) -> Key:
    """Return the key as one that must be given."""
    return replace(key, required=True)


def choice(*words: str) -> Key:
    """Return the key that takes one of these words."""
    return Key(f"{', '.join(words[:-1])} or {words[-1]}", lambda value: value in words)


def some_of(*words: str) -> Key:
    """Return the key that takes one or more of these words."""
    expects = f"{', '.join(words[:-1])} or {words[-1]}"
    return Key(expects, lambda value: bool(value) and set(value.split()) <= set(words))


def _is_address(value: str) -> bool:
    return bool(value) and not any(character.isspace() for character in value)


def _is_pixels(value: str) -> bool:
    return value.isascii() and value.isdigit() and 1 <= int(value[:9]) <= MOST_PIXELS


TEXT = Key("a text", lambda value: True, spaced=True)  # noqa: ARG005 - any text will do
WORDS = Key("a text that says something", lambda value: bool(value.strip()), spaced=True)
ADDRESS = Key("an address without spaces", _is_address)
PIXELS = Key(f"whole pixels from 1 to {MOST_PIXELS}, such as 24", _is_pixels)
RATIO = Key("two or three numbers such as 2:1", lambda value: bool(_RATIO.fullmatch(value)))
