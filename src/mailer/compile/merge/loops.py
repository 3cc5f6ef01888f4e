"""
A loop around a list, with an `else` -> one list around the loop, the `else` beside it.

`{% for … %}<ul><li>…</li></ul>{% else %}<p>None.</p>{% endfor %}` would make a list in each turn.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailer.compile.merge.guard import condition_of
from mailer.compile.merge.pieces import Piece, Tree, grow_tree
from mailer.compile.merge.render import Tag
from mailer.compile.merge.words import Words

_LISTS = frozenset({"ul", "ol", "dl"})


@dataclass(frozen=True, slots=True)
class _Loop:
    """The places of a loop's markers and of the one list that it makes."""

    opening: int
    otherwise: int
    end: int
    items: int


def share_lists(pieces: list[Piece], tags: Mapping[str, Tag]) -> tuple[list[Piece], dict[str, Tag]]:
    """Return the pieces with such loops inside their lists, and the tags of the conditions around these."""
    if not any(tag.keyword == "else" for tag in tags.values()):
        return pieces, {}
    tree = grow_tree(pieces)
    words = Words(tags)
    put: dict[int, list[Piece]] = {}
    for loop in _loops(tree, tags):
        tag = tags[pieces[loop.opening].name]
        opening, otherwise, end = words.choice(condition_of(tag), tag.position)
        put[loop.opening] = [opening]
        put[loop.items] = [pieces[loop.items], pieces[loop.opening]]
        put[tree.ends[loop.items]] = [pieces[loop.end], pieces[tree.ends[loop.items]]]
        put[loop.otherwise] = [otherwise]
        put[loop.end] = [end]
    return [one for place, piece in enumerate(pieces) for one in put.get(place, [piece])], words.added


def _loops(tree: Tree, tags: Mapping[str, Tag]) -> Iterator[_Loop]:
    groups: dict[int, list[int]] = {}
    for place, piece in enumerate(tree.pieces):
        tag = tags.get(piece.name) if piece.kind == "marker" else None
        if tag and tag.role in "ome":
            groups.setdefault(tag.group, []).append(place)
    for places in groups.values():
        tag = tags[tree.pieces[places[0]].name]
        if tag.keyword != "for" or len(places) != len("ome") or not condition_of(tag):
            continue
        opening, otherwise, end = places
        loop = _Loop(opening, otherwise, end, items=tree.after(opening))
        if _is_list(tree, loop):
            yield loop


def _is_list(tree: Tree, loop: _Loop) -> bool:
    """Tell whether a list is all that stands between the beginning of a loop and its `else`."""
    items = tree.pieces[loop.items]
    if items.kind != "open" or items.name not in _LISTS:
        return False
    return tree.ends[loop.items] < len(tree.pieces) and tree.after(tree.ends[loop.items]) == loop.otherwise
