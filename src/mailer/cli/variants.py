"""The variants of an issue, as `build` and `test` show them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from mailer.cli.console import echo_table, note
from mailer.cli.findings import note_findings
from mailer.compile.compiled import CompiledIssue
from mailer.errors import MailerError
from mailer.ledger.base import Ledger
from mailer.position import Position
from mailer.project import Project
from mailer.project.lists import RecipientList
from mailer.project.readers import readers_of
from mailer.sending.audience import Audience
from mailer.sending.variants import Trait, Variant, Variants, find_variants, traits_of, unreached

ALIKE = "every copy is alike"


@contextmanager
def told_readers(
    project: Project, ledger: Ledger, people: RecipientList, issue: CompiledIssue
) -> Iterator[Audience]:
    """Give the readers of a list, having told what is wrong with its columns and rows."""
    with readers_of(people, issue, ledger, project.key_for(ledger)) as (audience, findings):
        note_findings(findings)
        if audience.bad:
            rows = "1 bad row" if audience.bad == 1 else f"{audience.bad:,} bad rows"
            note(f"warning: {rows} of {people.name} left out; `mailer send --dry-run` shows them")
        yield audience


def variants_for(project: Project, ledger: Ledger, people: RecipientList, issue: CompiledIssue) -> Variants:
    """Return the variants of an issue for a list; MailerError where nobody would get one."""
    with told_readers(project, ledger, people, issue) as audience:
        variants = find_variants(issue, audience.placed())
    if not variants.found:
        raise MailerError(f"{people.name} has nobody who may be written to")
    return variants


def echo_variants(variants: Variants) -> None:
    """Write the table of the variants to standard output."""
    rows = (row for variant in variants.found for row in _rows(variants, variant))
    echo_table(("variant", "readers", "differs in", "written at", "which is"), rows)


def note_variants(variants: Variants) -> None:
    """Tell people of the variants while standard output stays for the result."""
    for variant in variants.found:
        traits = "; ".join(f"{one.place.words}: {one.words}" for one in traits_of(variants, variant))
        note(f"{variant.label(len(variants.found))}: {traits or ALIKE}")


def note_unreached(variants: Variants, list_name: str) -> None:
    """Tell of the branches that nobody of the list is shown."""
    for one in unreached(variants):
        note(f"{one.position}: nobody of {list_name} is shown {one.what}")


def variant_json(variants: Variants, variant: Variant, files: Sequence[str]) -> dict[str, Any]:
    """Return a variant as JSON."""
    return {
        "variant": variant.number,
        "readers": variant.readers,
        "differs": [_trait_json(one) for one in traits_of(variants, variant)],
        "files": list(files),
    }


def unreached_json(variants: Variants) -> list[dict[str, Any]]:
    """Return the branches that nobody is shown as JSON."""
    return [{**_place_json(one.position), "what": one.what} for one in unreached(variants)]


def _rows(variants: Variants, variant: Variant) -> Iterator[tuple[str, ...]]:
    number, readers = str(variant.number), f"{variant.readers:,}"
    traits = traits_of(variants, variant)
    if not traits:
        yield number, readers, ALIKE, "", ""
    for one in traits:
        yield number, readers, one.place.words, one.place.where, one.words
        number = readers = ""


def _trait_json(trait: Trait) -> dict[str, Any]:
    place = trait.place
    return {
        "kind": place.kind,
        "what": place.text,
        "default": place.default or None,
        "is": trait.words,
        "at": [_place_json(one) for one in place.positions],
    }


def _place_json(position: Position) -> dict[str, Any]:
    return {"path": position.path, "line": position.line, "column": position.column}
