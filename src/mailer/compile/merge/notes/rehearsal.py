"""The tags of a page without its text: what a reader will come by, found out before the page begins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mailer.compile.merge.pieces import Piece
from mailer.compile.merge.render import Tag


@dataclass(slots=True)
class _Block:
    """The tags of an open block, and whether anything in it is asked for."""

    tags: list[str] = field(default_factory=list)
    needed: bool = False


def rehearse(pieces: Sequence[Piece], tags: Mapping[str, Tag], met: Mapping[int, str]) -> str:
    """
    Return the tags that wait among the pieces; behind the piece at each place of `met` stands its source.

    Blocks in which nothing is met and nothing set are left out. What is set stays within.
    """
    open_blocks = [_Block()]
    for place, piece in enumerate(pieces):
        tag = tags.get(piece.name) if piece.kind == "marker" else None
        if tag and tag.role == "o":
            open_blocks.append(_Block())
        block = open_blocks[-1]
        block.tags += [tag.source] if tag else []
        block.tags += [met[place]] if place in met else []
        block.needed |= place in met or (tag is not None and tag.role == "s")
        if tag and tag.role == "e":
            open_blocks.pop()
            open_blocks[-1].tags += block.tags if block.needed else []
            open_blocks[-1].needed |= block.needed
    return "".join(["{% with %}", *open_blocks[0].tags, "{% endwith %}"])
