"""What blocks need to know of the issue and the layout around them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from mailer.position import Position

Form = Literal["email", "web"]
"""What a page is for."""

Target = Literal[Form, "text"]
"""What is made: the email's page, the page on the web, the text part."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the fence of a block was written, and its line."""

    position: Position
    line: str


@dataclass(frozen=True, slots=True)
class Setting:
    """
    `width` is that of the content in pixels, `start` the side where reading starts.

    `words` are the theme's, `social` its links (`name`, `url`). `places` are the fences of the blocks, by the
    numbers that these carry.
    """

    width: int = 560
    start: Literal["left", "right"] = "left"
    words: Mapping[str, str] = field(default_factory=dict)
    social: Sequence[Mapping[str, str]] = ()
    places: Sequence[Place] = ()
    target: Target = "email"
