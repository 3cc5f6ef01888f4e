"""Templates of a layout -> an error for the first block that none of the templates it extends has."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailer.errors import LayoutError, did_you_mean
from mailer.position import Position

_COMMENT = re.compile(r"\{#\*.*?\*#\}", re.DOTALL)
_EXTENDS = re.compile(r"\{%[-+]?\s*extends\s+(?P<what>[^%]*?)\s*[-+]?%\}")
_TAG = re.compile(
    rf"{_COMMENT.pattern}"
    r"|\{%[-+]?\s*raw\s*[-+]?%\}.*?\{%[-+]?\s*endraw\s*[-+]?%\}"
    r"|\{%[-+]?\s*(?:block\s+(?P<name>\w+)|(?P<end>endblock))\b",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _Block:
    name: str
    depth: int
    offset: int


def refuse_lost_blocks(entry: str, templates: Mapping[str, str], paths: Mapping[str, str]) -> None:
    """
    Raise LayoutError for a block that Jinja would drop without a word, because nothing has a place for it.

    What stands in another block is no such one. Nothing is said where the extended template is only known
    while templates run.
    """
    chain = _chain(entry, templates)
    for below, name in enumerate(chain[:-1]):
        known = {block.name for above in chain[below + 1 :] for block in _blocks_in(templates[above])}
        for block in _blocks_in(templates[name]):
            if not block.depth and block.name not in known:
                raise _lost(block, sorted(known), templates[name], paths[name])


def _chain(entry: str, templates: Mapping[str, str]) -> list[str]:
    """Return a template and those above it, nearest first; only the template where that is not known."""
    chain = [entry]
    while found := _EXTENDS.search(_COMMENT.sub("", templates[chain[-1]])):
        above = found["what"].strip("\"'")
        if above not in templates or above in chain:
            return chain[:1]
        chain.append(above)
    return chain


def _blocks_in(text: str) -> Iterator[_Block]:
    depth = 0
    for tag in _TAG.finditer(text):
        if tag["name"]:
            yield _Block(tag["name"], depth, tag.start())
            depth += 1
        elif tag["end"]:
            depth -= 1


def _lost(block: _Block, known: list[str], text: str, path: str) -> LayoutError:
    start = text.rfind("\n", 0, block.offset) + 1
    return LayoutError(
        f"the layout that this one extends has no block '{block.name}'{did_you_mean(block.name, known)}",
        Position(path, text.count("\n", 0, start) + 1, block.offset - start + 1),
        hint=f"it would not be shown; there are {', '.join(known)}",
        source_line=text[start:].split("\n", 1)[0],
    )
