"""
Lists that some recipients have no item of -> lists inside an `if`.

`<ul>{% for … %}<li>…</li>{% endfor %}</ul>` leaves an empty list behind where there is nothing to loop over.
"""

import re
from collections.abc import Mapping

from mailer.compile.merge.pieces import Piece, Tree, grow_tree
from mailer.compile.merge.render import Tag
from mailer.compile.merge.words import Words, inserted

_LISTS = frozenset({"ul", "ol", "dl"})
_IF = re.compile(r"\{% (?:if|elif) (?P<condition>.+) %\}", re.DOTALL)
_FOR = re.compile(r"\{% for (?:(?!\bin\b).)+\bin (?P<condition>.+) %\}", re.DOTALL)
_NARROWED = re.compile(r"\b(?:if|recursive)\b")
_STEPS = {"o": 1, "e": -1}


def guard_lists(pieces: list[Piece], tags: Mapping[str, Tag]) -> tuple[list[Piece], dict[str, Tag]]:
    """Return the pieces with an `if` around each list that could be left empty, and the tags of these."""
    tree = grow_tree(pieces)
    before: dict[int, list[Piece]] = {}
    words = Words(tags)
    for place, piece in enumerate(pieces):
        if piece.kind != "open" or piece.name not in _LISTS or tree.ends[place] == len(pieces):
            continue
        if deciding := _deciding_tags(tree, place, tags):
            condition = " or ".join(f"({condition_of(tag)})" for tag in deciding)
            opening, end = words.condition(condition, deciding[0].position)
            before.setdefault(place, []).append(opening)
            before.setdefault(tree.ends[place] + 1, []).append(end)
    return inserted(pieces, before), words.added


def _deciding_tags(tree: Tree, element: int, tags: Mapping[str, Tag]) -> list[Tag]:
    """Return the tags that decide whether a list has items; none where it has some always."""
    found: list[Tag] = []
    depth = 0
    for place in range(element + 1, tree.ends[element]):
        piece = tree.pieces[place]
        tag = tags.get(piece.name) if piece.kind == "marker" else None
        if tag and tag.role == "s":
            return []
        if tree.parents[place] != element or piece.is_blank:
            continue
        if not tag and not depth:
            return []
        if tag and _is_branch(tag, depth):
            if not condition_of(tag):
                return []
            found.append(tag)
        depth += _STEPS.get(tag.role, 0) if tag else 0
    return found


def _is_branch(tag: Tag, depth: int) -> bool:
    return (tag.role, depth) in {("o", 0), ("m", 1)}


def condition_of(tag: Tag) -> str:
    """Return what the block of a tag asks for, or nothing where that cannot be asked in advance."""
    if found := _IF.fullmatch(tag.source):
        return found["condition"]
    found = _FOR.fullmatch(tag.source)
    return found["condition"] if found and not _NARROWED.search(found["condition"]) else ""
