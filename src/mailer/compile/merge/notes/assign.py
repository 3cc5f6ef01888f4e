"""Page with footnotes -> page in which a condition stands around each note that is not everybody's."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from mailer.compile.markdown.footnotes import WITHIN
from mailer.compile.merge.notes.asking import COUNT, STORE, Asking, Note, Use
from mailer.compile.merge.notes.rehearsal import rehearse
from mailer.compile.merge.pieces import Piece, Tree, grow_tree
from mailer.compile.merge.render import STAGE, Tag
from mailer.compile.merge.words import Words, inserted
from mailer.errors import CompileError
from mailer.position import Position

_NOTE = re.compile(r'\bid="fn:(?P<note>\d+)"')
_USE = re.compile(r'\bid="fnref(?P<nth>\d*):(?P<note>\d+)"')
_RETURN = re.compile(r'\bhref="#fnref(?P<nth>\d*):(?P<note>\d+)"')
_REFERENCE = re.compile(r'\bhref="#fn:(?P<note>\d+)"')
_NUMBER = re.compile(r'(?P<before>\b(?:id="|href="#)fn(?:ref\d*)?:)(?P<note>\d+)"')
_WITHIN = re.compile(rf' {WITHIN}="(?P<word>[^"]*)"')

Branches = Mapping[int, tuple[str, ...]]
"""By the place of a marker or a reference the branches around it: the markers that they begin with."""


def has_notes(fragment: str) -> bool:
    """Tell whether a page has footnotes."""
    return 'id="fn:' in fragment


def assign_notes(pieces: list[Piece], tags: Mapping[str, Tag]) -> tuple[list[Piece], dict[str, Tag]]:
    """
    Return the pieces with a condition around each note that is not everybody's, and the tags of these.

    A reference to a note that was written for others is left out with it. Raises CompileError for a note
    that is another one in each turn of a loop.
    """
    tree = grow_tree(pieces)
    asking = _read(tree, tags)
    pieces = [_without_origin(piece) for piece in pieces]
    waiting = [number for number in asking.notes if asking.condition(number)]
    if not waiting and not any(use.waits for use in asking.uses):
        return pieces, {}
    words = Words(tags)
    position = _position(asking, tags)
    first = min(waiting, default=len(asking.notes) + 1)
    before = {0: [words.statement(_prelude(tree, asking, first, tags), position)]}
    for place, condition in _conditions(tree, asking, waiting):
        opening, end = words.condition(condition, position)
        before.setdefault(place, []).append(opening)
        before.setdefault(tree.ends[place] + 1, []).insert(0, end)
    late = [note for note in asking.notes.values() if note.number >= first]
    shown = {note.number: words.value(note.shown, position) for note in late}
    return inserted(list(_numbered(pieces, shown)), before), words.added


def _without_origin(piece: Piece) -> Piece:
    return replace(piece, html=_WITHIN.sub("", piece.html)) if WITHIN in piece.html else piece


def _read(tree: Tree, tags: Mapping[str, Tag]) -> Asking:
    """Return the notes of a page and what refers to them."""
    branches = dict(_branches(tree, tags))
    homes = {tree.pieces[place].name: around for place, around in branches.items()}
    notes: dict[int, Note] = {}
    for place, found in _matches(tree, "li", _NOTE):
        within = _WITHIN.search(tree.pieces[place].html)
        note = Note(int(found["note"]), place, homes.get(within["word"], ()) if within else ())
        _refuse_turns(tree, note, tags)
        notes[note.number] = note
    return Asking(notes, list(_uses(tree, notes, branches)))


def _matches(tree: Tree, name: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield place and match of each element of a name whose tag has the pattern."""
    for place, piece in enumerate(tree.pieces):
        if piece.kind == "open" and piece.name == name and (found := pattern.search(piece.html)):
            yield place, found


def _branches(tree: Tree, tags: Mapping[str, Tag]) -> Iterator[tuple[int, tuple[str, ...]]]:
    around: dict[int, str] = {}
    for place, piece in enumerate(tree.pieces):
        tag = tags.get(piece.name) if piece.kind == "marker" else None
        if tag and tag.role in "om":
            around[tag.group] = piece.name
        elif tag and tag.role == "e":
            around.pop(tag.group, None)
        if tag or piece.name == "sup":
            yield place, tuple(around.values())


def _uses(tree: Tree, notes: Mapping[int, Note], branches: Branches) -> Iterator[Use]:
    for place, found in _matches(tree, "sup", _USE):
        if int(found["note"]) in notes:
            holder = next((one for one, note in notes.items() if tree.contains(note.place, place)), 0)
            yield Use(int(found["note"]), int(found["nth"] or 1), place, branches[place], holder)


def _refuse_turns(tree: Tree, note: Note, tags: Mapping[str, Tag]) -> None:
    """Refuse a note in a loop over a recipient's values that shows one of them: it stands outside."""
    loop = next((tags[word] for word in note.branches if tags[word].keyword == "for"), None)
    written = tree.pieces[note.place + 1 : tree.ends[note.place]]
    if loop and any("zxq" in piece.html for piece in written):
        raise CompileError(
            "a footnote cannot be written anew in each turn of a loop over a recipient's values",
            stage=STAGE,
            position=loop.position,
            hint="write it below the loop, or put it into the text in brackets",
        )


def _position(asking: Asking, tags: Mapping[str, Tag]) -> Position:
    """Return where a tag stands that decides about notes."""
    around: Sequence[Note | Use] = [*asking.notes.values(), *asking.uses]
    return next(tags[word].position for one in around for word in one.branches)


def _prelude(tree: Tree, asking: Asking, first: int, tags: Mapping[str, Tag]) -> str:
    """Return the tags that find out which notes a reader gets; from `first` on they are numbered anew."""
    notes = asking.notes.values()
    late = [note for note in notes if note.number >= first]
    places = {piece.name: place for place, piece in enumerate(tree.pieces) if piece.kind == "marker"}
    met: dict[int, list[str]] = {}
    for note in notes:
        if note.branches:
            met.setdefault(places[note.branches[-1]], []).append(note.told)
    met |= {use.place: [use.asked] for use in asking.uses if use.waits}
    names = {name for found in met.values() for name in found}
    begin = ", ".join(
        [
            f"count={first - 1}",
            *(f"{name.partition('.')[2]}=false" for name in sorted(names)),
            *(f"{note.shown.partition('.')[2]}=0" for note in late),
        ]
    )
    flags = {place: "".join(_set(name, "true") for name in found) for place, found in met.items()}
    numbering = (_number(note, asking.condition(note.number)) for note in late)
    begun = _set(STORE, f"namespace({begin})")
    return "".join([begun, rehearse(tree.pieces, tags, flags), *numbering])


def _set(name: str, value: str) -> str:
    return f"{{% set {name} = {value} %}}"


def _number(note: Note, condition: str) -> str:
    counted = _set(COUNT, f"{COUNT} + 1") + _set(note.shown, COUNT)
    return f"{{% if {condition} %}}{counted}{{% endif %}}" if condition else counted


def _conditions(tree: Tree, asking: Asking, waiting: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Yield the places of the elements that are left out for some, and on what condition they are shown."""
    notes = asking.notes
    if len(waiting) == len(notes):
        yield tree.parents[tree.parents[notes[waiting[0]].place]], COUNT
    for number in waiting:
        yield notes[number].place, notes[number].shown
    uses = {(use.note, use.nth): use for use in asking.uses}
    for place, found in _matches(tree, "a", _RETURN):
        use = uses.get((int(found["note"]), int(found["nth"] or 1)))
        if use and (condition := asking.condition_of_use(use)):
            yield place, condition
    for use in asking.uses:
        home = notes[use.note].branches[-1:]
        if home and home[0] not in use.branches:
            yield use.place, notes[use.note].shown


def _numbered(pieces: Sequence[Piece], shown: Mapping[int, str]) -> Iterator[Piece]:
    """Yield the pieces, the numbers of some notes being known for each reader alone."""
    number = ""
    for piece in pieces:
        html = piece.html
        if piece.kind == "open":
            html = _NUMBER.sub(
                lambda found: f'{found["before"]}{shown.get(int(found["note"]), found["note"])}"', html
            )
            reference = _REFERENCE.search(piece.html) if piece.name == "a" else None
            number = reference["note"] if reference else number
        elif piece.kind == "text" and number and piece.html == number:
            html, number = shown.get(int(number), number), ""
        yield piece if html == piece.html else replace(piece, html=html)
