"""Audience -> variants: the copies of an issue that differ in more than values, each with its readers."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from mailer.compile.compiled import CompiledIssue
from mailer.compile.merge.noting import Place
from mailer.compile.merge.probe import Note, Probe, Signature, compile_probe
from mailer.errors import MailerError
from mailer.ledger.delivery import PlannedRecipient
from mailer.position import Position
from mailer.sending.audience import Audience, Placed
from mailer.sending.plan import require_messages

MOST_VARIANTS = 50
"""More copies than that nobody looks at."""

_MOST_NAMED = 20
_WORDS = {
    "condition": ("false", "true"),
    "loop": ("no turn", "one turn", "several turns"),
    "field": ("no", "yes"),
}
_REMEMBERED = 10_000
"""Values whose signature is remembered, so that memory does not grow with the list."""


@dataclass(frozen=True, slots=True)
class Variant:
    """Copies of one shape: how many readers get it, who is the first of them, and what makes it up."""

    number: int
    readers: int
    first: PlannedRecipient
    signature: Signature

    def label(self, variants: int) -> str:
        """Return what staff see it called: `Variant 2 of 3, 812 readers`."""
        readers = "1 reader" if self.readers == 1 else f"{self.readers:,} readers"
        return f"Variant {self.number} of {variants}, {readers}"


@dataclass(frozen=True, slots=True)
class Variants:
    """All variants of an issue for a list, most readers first, and the places where copies may part."""

    places: tuple[Place, ...]
    found: tuple[Variant, ...]


@dataclass(frozen=True, slots=True)
class Trait:
    """What came of one place in a variant: nothing where it was not come by, several in turns of a loop."""

    place: Place
    outcomes: frozenset[int]

    @property
    def words(self) -> str:
        """Return the outcome as people read it."""
        if not self.outcomes:
            return "not shown" if self.place.kind == "field" else "not asked"
        return " and ".join(_WORDS[self.place.kind][one] for one in sorted(self.outcomes))


@dataclass(frozen=True, slots=True)
class Unreached:
    """A branch that none of the readers is shown."""

    position: Position
    what: str


def find_variants(issue: CompiledIssue, placed: Iterable[Placed]) -> Variants:
    """
    Return the distinct copies that these people get; whoever is suppressed gets none.

    Two copies are of one variant where the same conditions are met, loops take none, one or several turns
    alike, and the same fields are missing; the values themselves make no variant. Memory does not grow with
    the list. Raises RecipientsError for copies that cannot be filled, MailerError for too many variants.
    """
    probe = compile_probe(issue)
    signature_of = _remembering(probe)
    counts: dict[Signature, int] = {}
    first: dict[Signature, PlannedRecipient] = {}

    def note(person: PlannedRecipient) -> None:
        signature = signature_of(person.values)
        if signature in counts or len(counts) <= MOST_VARIANTS:
            counts[signature] = counts.get(signature, 0) + 1
            first.setdefault(signature, person)

    require_messages(placed, issue.fields, note, every=True)
    if len(counts) > MOST_VARIANTS:
        raise _too_many(issue.slug, differing(probe.places, counts))
    ordered = sorted(counts, key=lambda signature: -counts[signature])
    found = [Variant(number, counts[one], first[one], one) for number, one in enumerate(ordered, start=1)]
    return Variants(probe.places, tuple(found))


def require_values(issue: CompiledIssue, audience: Audience) -> None:
    """Raise RecipientsError with the rows that lack a value without a default."""
    probe = compile_probe(issue)
    require_messages(audience.placed(), issue.fields, lambda person: probe.signature(person.values))


def _remembering(probe: Probe) -> Callable[[Mapping[str, str]], Signature]:
    """Return the probe's function of signatures, which asks once for values that many people share."""
    known: dict[tuple[object, ...], Signature] = {}

    def signature(values: Mapping[str, str]) -> Signature:
        key = probe.key(values)
        if key not in known:
            if len(known) >= _REMEMBERED:
                known.clear()
            known[key] = probe.signature(values)
        return known[key]

    return signature


def differing(places: Iterable[Place], signatures: Collection[Signature]) -> list[Place]:
    """Return the places that not all signatures agree about, each once, in their order."""
    return [
        place
        for place, numbers in _numbered(places).items()
        if len({_outcomes(signature, numbers) for signature in signatures}) > 1
    ]


def traits_of(variants: Variants, variant: Variant) -> list[Trait]:
    """Return what came of the places in which the variants differ."""
    numbered = _numbered(variants.places)
    parting = differing(variants.places, [one.signature for one in variants.found])
    return [Trait(place, _outcomes(variant.signature, numbered[place])) for place in parting]


def unreached(variants: Variants) -> list[Unreached]:
    """Return the branches that no variant takes, in the order in which they stand."""
    reached = frozenset[Note]().union(*(one.signature for one in variants.found))
    found = [
        branch
        for place, numbers in _numbered(variants.places).items()
        for branch in _not_taken(place, _outcomes(reached, numbers))
    ]
    return sorted(dict.fromkeys(found), key=lambda one: one.position)


def _not_taken(place: Place, outcomes: frozenset[int]) -> Iterator[Unreached]:
    if place.kind == "field":
        return
    asked = f"`{place.words}`"
    if not outcomes & {1, 2}:
        what = (
            f"what stands under {asked}" if place.kind == "condition" else f"a turn of the loop over {asked}"
        )
        yield from (Unreached(position, what) for position in place.positions)
    if 0 not in outcomes:
        yield from (Unreached(position, f"the else of {asked}") for position in place.otherwise)


def _numbered(places: Iterable[Place]) -> dict[Place, list[int]]:
    """Return each place once with its numbers: HTML and text ask the same."""
    numbered: dict[Place, list[int]] = {}
    for number, place in enumerate(places):
        numbered.setdefault(place, []).append(number)
    return numbered


def _outcomes(signature: Signature, numbers: Collection[int]) -> frozenset[int]:
    return frozenset(outcome for number, outcome in signature if number in numbers)


def _too_many(slug: str, places: list[Place]) -> MailerError:
    named = [f"  {place.words} ({place.where})" for place in places[:_MOST_NAMED]]
    more = [f"  and {len(places) - _MOST_NAMED} more"] if len(places) > _MOST_NAMED else []
    return MailerError(
        "\n".join([f"{slug} comes in more than {MOST_VARIANTS} variants; they differ in", *named, *more]),
        hint="look at single readers' copies instead, --as ADDRESS --of LIST; or let fewer conditions decide",
    )
