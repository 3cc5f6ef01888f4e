"""
Lists that some recipients have no item of -> lists inside an `if`.

`<ul>{% for … %}<li>…</li>{% endfor %}</ul>` leaves an empty list behind where there is nothing to loop over.
"""

import re
from collections.abc import Mapping

from mailer.compile.marker import MARKER, marker
from mailer.compile.merge.pieces import Piece, Tree, grow_tree
from mailer.compile.merge.render import Tag

_LISTS = frozenset({"ul", "ol", "dl"})
_IF = re.compile(r"\{% (?:if|elif) (?P<condition>.+) %\}", re.DOTALL)
_FOR = re.compile(r"\{% for (?:(?!\bin\b).)+\bin (?P<condition>.+) %\}", re.DOTALL)
_NARROWED = re.compile(r"\b(?:if|recursive)\b")
_STEPS = {"o": 1, "e": -1}


def guard_lists(pieces: list[Piece], tags: Mapping[str, Tag]) -> tuple[list[Piece], dict[str, Tag]]:
    """Return the pieces with an `if` around each list that could be left empty, and the tags of these."""
    tree = grow_tree(pieces)
    before: dict[int, list[Piece]] = {}
    added: dict[str, Tag] = {}
    for place, piece in enumerate(pieces):
        if piece.kind != "open" or piece.name not in _LISTS or tree.ends[place] == len(pieces):
            continue
        if deciding := _deciding_tags(tree, place, tags):
            opening, end = _words({**tags, **added})
            added |= _guard(opening, end, deciding)
            before.setdefault(place, []).append(_marker(opening))
            before.setdefault(tree.ends[place] + 1, []).append(_marker(end))
    return _inserted(pieces, before), added


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
            if not _condition(tag):
                return []
            found.append(tag)
        depth += _STEPS.get(tag.role, 0) if tag else 0
    return found


def _is_branch(tag: Tag, depth: int) -> bool:
    return (tag.role, depth) in {("o", 0), ("m", 1)}


def _condition(tag: Tag) -> str:
    """Return what the block of a tag asks for, or nothing where that cannot be asked in advance."""
    if found := _IF.fullmatch(tag.source):
        return found["condition"]
    found = _FOR.fullmatch(tag.source)
    return found["condition"] if found and not _NARROWED.search(found["condition"]) else ""


def _words(tags: Mapping[str, Tag]) -> tuple[str, str]:
    """Return the words of a new block."""
    like = MARKER.fullmatch(next(iter(tags)))
    assert like is not None
    group = max(tag.group for tag in tags.values()) + 1
    return marker(like["salt"], len(tags), "o", group), marker(like["salt"], len(tags) + 1, "e", group)


def _guard(opening: str, end: str, deciding: list[Tag]) -> dict[str, Tag]:
    found = MARKER.fullmatch(opening)
    assert found is not None
    group, position = int(found["group"]), deciding[0].position
    condition = " or ".join(f"({_condition(tag)})" for tag in deciding)
    return {
        opening: Tag(f"{{% if {condition} %}}", "o", group, "if", position),
        end: Tag("{% endif %}", "e", group, "endif", position),
    }


def _marker(word: str) -> Piece:
    return Piece("marker", f"<!--{word}-->", word)


def _inserted(pieces: list[Piece], before: Mapping[int, list[Piece]]) -> list[Piece]:
    whole: list[Piece] = []
    for place, piece in enumerate(pieces):
        whole += [*before.get(place, ()), piece]
    return whole + before.get(len(pieces), [])
