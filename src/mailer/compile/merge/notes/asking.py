"""On which conditions a reader is shown the footnotes of a page, and what refers to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

STORE = "zxnotes"
"""The namespace in which is kept what a reader comes by."""

COUNT = f"{STORE}.count"
"""How many notes a reader gets."""


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote: the place of its item, and the markers of the branches that it was written in."""

    number: int
    place: int
    branches: tuple[str, ...]

    @property
    def told(self) -> str:
        """The name for: its reader comes by the place where it was written."""
        return f"{STORE}.told{self.number}"

    @property
    def shown(self) -> str:
        """The name of the number that its reader sees."""
        return f"{STORE}.n{self.number}"


@dataclass(frozen=True, slots=True)
class Use:
    """A reference: which one of a note, its place and branches, and the note it stands in (0: in none)."""

    note: int
    nth: int
    place: int
    branches: tuple[str, ...]
    holder: int

    @property
    def asked(self) -> str:
        """The name for: a reader comes by it."""
        return f"{STORE}.asked{self.note}_{self.nth}"

    @property
    def waits(self) -> bool:
        """Tell whether it has a name: it stands in the text, and not everybody sees it."""
        return bool(self.branches) and not self.holder


@dataclass(frozen=True, slots=True)
class Asking:
    """The notes by their number, and what refers to them. An empty condition is everybody's."""

    notes: Mapping[int, Note]
    uses: Sequence[Use]

    def condition(self, number: int) -> str:
        """Return the condition on which a note is shown."""
        return _all_of(self._told(number), self._wanted(number))

    def condition_of_use(self, use: Use) -> str:
        """Return the condition on which readers come by a reference."""
        if use.holder:
            return self.condition(use.holder)
        return use.asked if use.waits else ""

    def _told(self, number: int) -> str:
        return self.notes[number].told if self.notes[number].branches else ""

    def _wanted(self, number: int) -> str:
        """Return the condition on which the note, or one that leads to it, is referred to."""
        conditions: set[str] = set()
        for leading in self._leading_to(number):
            told = self._told(leading) if leading != number else ""
            conditions |= {_all_of(told, asked) for asked in self._asked(leading)}
        everybody = "" in conditions or not conditions  # notes that refer to one another alone
        return "" if everybody else f"({' or '.join(sorted(conditions))})"

    def _asked(self, number: int) -> list[str]:
        """Return the conditions of a note's references in the text; a note without any is asked for."""
        uses = [use for use in self.uses if use.note == number]
        return [use.asked if use.waits else "" for use in uses if not use.holder] if uses else [""]

    def _leading_to(self, number: int) -> set[int]:
        """Return the note, the notes that refer to it, those that refer to these, and so on."""
        found, waiting = {number}, [number]
        while waiting:
            note = waiting.pop()
            more = {use.holder for use in self.uses if use.note == note and use.holder} - found
            found |= more
            waiting += more
        return found


def _all_of(*conditions: str) -> str:
    return " and ".join(filter(None, conditions))
