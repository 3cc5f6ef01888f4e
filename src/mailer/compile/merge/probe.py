"""
Compiled issue -> a function that says which branches a recipient's copy takes, without filling the copy.

The tags of subject, HTML and text are kept, and the text between them left out; their conditions are made to
note what came of them.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from jinja2 import Undefined

from mailer.compile.compiled import CompiledIssue
from mailer.compile.merge.noting import READ, TAKEN, TURNS, Known, Place, TagReader
from mailer.compile.merge.send import SendTemplate, compile_send_template

Note = tuple[int, int]
"""The number of a place, and what came of it: 0 or 1, and 2 for a loop of several turns."""

Signature = frozenset[Note]
"""All that came of one recipient's values. Two recipients with the same one get copies of one shape."""

_SEVERAL = 2


@dataclass(frozen=True, slots=True)
class Probe:
    """
    The probe of one issue; the numbers of its places are those in signatures.

    `deciding` are the fields whose values decide which branches are taken, `shown` those that are only there
    or missing. It may fail for a value where more is done with one than to show or to compare it.
    """

    places: tuple[Place, ...]
    templates: tuple[SendTemplate, ...]
    deciding: tuple[str, ...]
    shown: tuple[str, ...]
    may_fail: bool

    def key(self, values: Mapping[str, str]) -> tuple[object, ...]:
        """Return what the signature depends on: cheaper, and the same for many recipients."""
        return *map(values.get, self.deciding), *(name in values for name in self.shown)

    def signature(self, values: Mapping[str, str]) -> Signature:
        """Return what comes of a recipient's values; MessageError where the copy could not be filled."""
        notes: set[Note] = set()
        token = _notes.set(notes)
        try:
            for template in self.templates:
                template.chunks(values)
        finally:
            _notes.reset(token)
        return frozenset(notes)


def compile_probe(issue: CompiledIssue) -> Probe:
    """Return the probe of an issue."""
    reader = TagReader(Known.of(issue))
    sources = [reader.rewritten(source) for source in (issue.subject, issue.html, issue.text)]
    filters = {TAKEN: _taken, TURNS: _turns, READ: _read}
    templates = [compile_send_template(source, html=False, filters=filters) for source in sources if source]
    deciding = sorted(reader.deciding)
    shown = sorted({one.name for one in issue.fields} - reader.deciding)
    return Probe(tuple(reader.places), tuple(templates), tuple(deciding), tuple(shown), reader.may_fail)


_notes: ContextVar[set[Note]] = ContextVar("notes")


def _taken(value: Any, number: int) -> bool:
    met = bool(value)
    _notes.get().add((number, int(met)))
    return met


def _turns(count: int, number: int) -> str:
    _notes.get().add((number, min(count, _SEVERAL)))
    return ""


def _read(value: Any, number: int) -> Any:
    _notes.get().add((number, int(isinstance(value, Undefined))))
    return value
