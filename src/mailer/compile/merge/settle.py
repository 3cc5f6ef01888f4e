"""
HTML with marker words -> HTML in which control markers are comments at places where they do no harm.

`<p>{% if … %}One.</p><p>Two.{% endif %}</p>` would leave empty paragraphs behind for some, so a marker at the
edge of an element moves out of it; and where a loop is around a list it moves into it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailer.compile.marker import MARKER
from mailer.compile.merge.guard import guard_lists
from mailer.compile.merge.loops import share_lists
from mailer.compile.merge.notes import assign_notes, has_notes
from mailer.compile.merge.pieces import Piece, Tree, grow_tree, read_pieces
from mailer.compile.merge.render import Tag
from mailer.compile.merge.torn import check_attributes, torn

_MOST_MOVES = 10_000
_LISTS = frozenset({"ul", "ol", "dl", "table", "thead", "tbody"})
_CELLS = frozenset({"td", "th"})
_CONTROL_ROLES = ("o", "m", "e")

Move = tuple[int, int]
"""From the place of a marker to the place it shall stand before."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The fragment with its markers at rest, and their tags: more than before for lists and footnotes."""

    html: str
    tags: Mapping[str, Tag]


@dataclass(frozen=True, slots=True)
class _Group:
    """The markers of one block, by their places: `open`, `middles` and `end`."""

    keyword: str
    open: int
    middles: tuple[int, ...]
    end: int
    tag: Tag

    def all(self) -> tuple[int, ...]:
        return (self.open, *self.middles, self.end)


def settle(fragment: str, tags: Mapping[str, Tag]) -> Settled:
    """
    Turn the control markers in the text of `fragment` into comments and move them where they keep it whole.

    Everything else stays byte for byte. Markers in attributes, and values, stay words; comments that hold a
    marker are taken as markers. Raises CompileError (stage `merge`) for a block that opens in one element and
    closes in another.
    """
    if not any(tag.role != "v" for tag in tags.values()):
        check_attributes(fragment, tags)
        return Settled(fragment, tags)
    pieces = read_pieces(fragment)
    if has_notes(fragment):
        pieces, of_notes = assign_notes(pieces, tags)
        fragment, tags = "".join(piece.html for piece in pieces), {**tags, **of_notes}
    check_attributes(fragment, tags)
    pieces, of_lists = share_lists(pieces, tags)
    tags = {**tags, **of_lists}
    pieces = _moved(pieces, tags)
    tree = grow_tree(pieces)
    for group in _groups(tree, tags):
        _check(tree, group)
    pieces, guards = guard_lists(pieces, tags)
    return Settled("".join(piece.html for piece in pieces), {**tags, **guards})


def _moved(pieces: list[Piece], tags: Mapping[str, Tag]) -> list[Piece]:
    """Return the pieces, every marker at its place."""
    for _ in range(_MOST_MOVES):
        tree = grow_tree(pieces)
        moves = next((found for group in _groups(tree, tags) if (found := _moves(tree, group))), [])
        if not moves:
            break
        _carry_out(pieces, moves)
    return pieces


def _groups(tree: Tree, tags: Mapping[str, Tag]) -> Iterator[_Group]:
    """Yield the blocks whose markers stand between tags, outer ones first."""
    places: dict[tuple[str, int], list[int]] = {}
    for place, piece in enumerate(tree.pieces):
        if piece.kind == "marker" and (tag := tags.get(piece.name)) and tag.role in _CONTROL_ROLES:
            places.setdefault((_salt(piece.name), tag.group), []).append(place)
    for found in places.values():
        first, last = tags[tree.pieces[found[0]].name], tags[tree.pieces[found[-1]].name]
        if first.role != "o" or last.role != "e":
            raise torn(first, "only one end of it is left")
        yield _Group(first.keyword, found[0], tuple(found[1:-1]), found[-1], first)


def _salt(word: str) -> str:
    found = MARKER.fullmatch(word)
    assert found is not None
    return found["salt"]


def _moves(tree: Tree, group: _Group) -> list[Move]:
    """Return the next moves that bring a block nearer to its place, or none."""
    return (
        _out_together(tree, group) or _outward(tree, group) or _into_list(tree, group) or _closer(tree, group)
    )


def _out_together(tree: Tree, group: _Group) -> list[Move]:
    """Let an `if` out of an element that it fills, so that no empty one is left."""
    element = tree.parents[group.open]
    if group.keyword != "if" or group.middles or element < 0 or tree.parents[group.end] != element:
        return []
    if tree.pieces[element].name in _CELLS or not (tree.is_first(group.open) and tree.is_last(group.end)):
        return []
    return [(group.end, tree.ends[element] + 1), (group.open, element)]


def _outward(tree: Tree, group: _Group) -> list[Move]:
    """Let a marker at the edge of an element out of it, where the rest of its block is outside."""
    for place in group.all():
        element = tree.parents[place]
        if element < 0 or tree.pieces[element].name in _CELLS or _keeps(tree, group, element):
            continue
        inside = [other for other in group.all() if tree.contains(element, other)]
        if len(inside) == len(group.all()):
            continue
        if place != group.end and tree.is_first(place) and place == inside[0]:
            return [(place, element)]
        if place != group.open and tree.is_last(place) and place == inside[-1]:
            return [(place, tree.ends[element] + 1)]
    return []


def _keeps(tree: Tree, group: _Group, element: int) -> bool:
    """Return whether the block is a loop over the items of this list."""
    return group.keyword == "for" and tree.pieces[element].name in _LISTS


def _into_list(tree: Tree, group: _Group) -> list[Move]:
    """Let a loop that is around one list into it, so that there is one list and not one for each turn."""
    if group.keyword != "for" or group.middles:
        return []
    element = tree.after(group.open)
    if element >= len(tree.pieces) or tree.pieces[element].name not in ("ul", "ol", "dl"):
        return []
    if tree.pieces[element].kind != "open" or tree.after(tree.ends[element]) != group.end:
        return []
    return [(group.end, tree.ends[element]), (group.open, element + 1)]


def _closer(tree: Tree, group: _Group) -> list[Move]:
    """Bring markers together that stand in different elements, over edges where nothing lies between."""
    if _is_whole(tree, group):
        return []
    for place in (group.end, *group.middles):
        if place == group.end and tree.is_first(place) and not tree.contains(tree.parents[place], group.open):
            return [(place, tree.parents[place])]
        before = tree.before(place)
        if before >= 0 and tree.pieces[before].kind == "close" and _closes_around(tree, before, group.open):
            return [(place, before)]
    if tree.is_last(group.open) and not tree.contains(tree.parents[group.open], group.end):
        return [(group.open, tree.ends[tree.parents[group.open]] + 1)]
    after = tree.after(group.open)
    if after < len(tree.pieces) and tree.pieces[after].kind == "open" and tree.contains(after, group.end):
        return [(group.open, after + 1)]
    return []


def _closes_around(tree: Tree, closing: int, place: int) -> bool:
    return any(tree.ends[element] == closing for element in tree.ancestors(place))


def _carry_out(pieces: list[Piece], moves: list[Move]) -> None:
    """Move pieces; later places first, so that earlier ones still hold."""
    for start, target in moves:
        piece = pieces.pop(start)
        pieces.insert(target - (target > start), piece)


def _chains(tree: Tree, group: _Group) -> list[list[str]]:
    """Return the names of the elements between the block's common ancestor and each of its markers."""
    ancestors = [tree.ancestors(place) for place in group.all()]
    shared = 0
    while all(len(one) > shared for one in ancestors) and len({one[shared] for one in ancestors}) == 1:
        shared += 1
    return [[tree.pieces[element].name for element in one[shared:]] for one in ancestors]


def _is_whole(tree: Tree, group: _Group) -> bool:
    chains = _chains(tree, group)
    return all(chain == chains[0] for chain in chains)


def _check(tree: Tree, group: _Group) -> None:
    chains = _chains(tree, group)
    for chain in chains:
        if chain != chains[0]:
            raise torn(group.tag, f"it opens {_where(chains[0])} and goes on {_where(chain)}")


def _where(chain: list[str]) -> str:
    return f"in <{chain[-1]}>" if chain else "outside of it"
