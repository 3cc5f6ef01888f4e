"""What is wrong at one place of a layout."""

from dataclasses import dataclass

from mailer.position import Position


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, where, and what to do about it."""

    message: str
    position: Position
    hint: str = ""
