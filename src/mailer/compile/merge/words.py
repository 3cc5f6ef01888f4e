"""New tags beside those that an author wrote: their marker words."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailer.compile.marker import MARKER, Role, marker
from mailer.compile.merge.pieces import Piece
from mailer.compile.merge.render import Tag
from mailer.position import Position


@dataclass(slots=True)
class Words:
    """Hands out marker words that none of the tags `known` (at least one) has; `added` are the new tags."""

    known: Mapping[str, Tag]
    added: dict[str, Tag] = field(default_factory=dict)

    def value(self, expression: str, position: Position) -> str:
        """Return the word of a value."""
        return self._word(f"{{{{ {expression} }}}}", "v", self._next_group(), "", position)

    def statement(self, source: str, position: Position) -> Piece:
        """Return the marker of tags that print nothing."""
        return _piece(self._word(source, "s", self._next_group(), "set", position))

    def condition(self, expression: str, position: Position) -> tuple[Piece, Piece]:
        """Return the markers of an `if` and its end."""
        group = self._next_group()
        opening = self._word(f"{{% if {expression} %}}", "o", group, "if", position)
        return _piece(opening), _piece(self._word("{% endif %}", "e", group, "endif", position))

    def choice(self, expression: str, position: Position) -> tuple[Piece, Piece, Piece]:
        """Return the markers of an `if`, its `else` and its end."""
        group = self._next_group()
        opening = self._word(f"{{% if {expression} %}}", "o", group, "if", position)
        otherwise = self._word("{% else %}", "m", group, "else", position)
        end = self._word("{% endif %}", "e", group, "endif", position)
        return _piece(opening), _piece(otherwise), _piece(end)

    def _next_group(self) -> int:
        return max(tag.group for tag in (*self.known.values(), *self.added.values())) + 1

    def _word(self, source: str, role: Role, group: int, keyword: str, position: Position) -> str:
        like = MARKER.fullmatch(next(iter(self.known)))
        assert like is not None
        word = marker(like["salt"], len(self.known) + len(self.added), role, group)
        self.added[word] = Tag(source, role, group, keyword, position)
        return word


def _piece(word: str) -> Piece:
    return Piece("marker", f"<!--{word}-->", word)


def inserted(pieces: list[Piece], before: Mapping[int, list[Piece]]) -> list[Piece]:
    """Return the pieces with others before those at the given places, or at the end."""
    whole: list[Piece] = []
    for place, piece in enumerate(pieces):
        whole += [*before.get(place, ()), piece]
    return whole + before.get(len(pieces), [])
