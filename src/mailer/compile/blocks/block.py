"""The block: what its author may say, and what it becomes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mailer.compile.blocks.setting import Setting
from mailer.compile.blocks.values import Key
from mailer.compile.fragment import Element

Values = dict[str, str]
Shape = Callable[[Element, Values, Setting], None]
"""
Puts elements that every stage knows (links, images) in place of values, which it takes out.

Raises BlockFault for content that the block cannot hold.
"""

Form = Callable[[Element, Values, Setting], None]
"""Turns a block's element, in its tree, into plain elements."""

Rewrite = Callable[[str], tuple[str, str]]
"""The arguments as written -> the tags of a template in place of the opening and the closing fence."""


class BlockFault(Exception):
    """What is wrong with a block, `word` being what to point at; it becomes an IssueError at its fence."""

    def __init__(self, message: str, hint: str = "", word: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.word = word


def refuse_empty(element: Element, name: str) -> None:
    """Raise BlockFault for a block with nothing in it: an empty box is a slip."""
    if not len(element) and not (element.text or "").strip():
        raise BlockFault(f"this {name} holds nothing", "write what it holds between the fences", name)


def leave(element: Element, values: Values, setting: Setting) -> None:
    """Leave a block as it is: an element that holds others."""


@dataclass(frozen=True, slots=True)
class Block:
    """
    A kind of block.

    `keys` are its values, `word` the one that needs no key. `inside` names the block that it must stand in,
    `holds` is false for a block without content. A block with a `rewrite` is gone before Markdown is read.
    """

    html: Form = leave
    text: Form = leave
    shape: Shape = leave
    keys: Mapping[str, Key] = field(default_factory=dict)
    word: str = ""
    inside: str = ""
    holds: bool = True
    rewrite: Rewrite | None = None
