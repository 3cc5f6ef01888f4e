"""What a probe notes of a recipient: branches taken, turns of loops, fields that are missing."""

from pathlib import Path

import pytest
from tests.compile.newsletter import compile_in, make_newsletter, with_body

from mailer.compile.compiled import CompiledIssue
from mailer.compile.merge.noting import Place
from mailer.compile.merge.probe import Probe, compile_probe
from mailer.errors import MessageError

IF = """\
{% if recipient.plan == 'pro' %}
Pro
{% elif recipient.plan == 'basic' %}
Basic
{% else %}
None
{% endif %}"""


def probe_of(folder: Path, body: str) -> Probe:
    return compile_probe(with_body(folder, f"\n{body}\n"))


def came_of(probe: Probe, **values: str) -> dict[str, set[int]]:
    """Return what came of each place, by its words."""
    found: dict[str, set[int]] = {}
    for number, outcome in probe.signature(values):
        found.setdefault(probe.places[number].words, set()).add(outcome)
    return found


def test_it_notes_which_branch_is_taken_and_asks_no_further(tmp_path: Path) -> None:
    probe = probe_of(tmp_path, IF)
    pro, basic = "recipient.plan == 'pro'", "recipient.plan == 'basic'"

    assert came_of(probe, plan="pro") == {pro: {1}}
    assert came_of(probe, plan="basic") == {pro: {0}, basic: {1}}
    assert came_of(probe) == came_of(probe, plan="other") == {pro: {0}, basic: {0}}


def test_values_make_no_signature_but_their_absence_does(tmp_path: Path) -> None:
    probe = probe_of(tmp_path, "Hello {{ recipient.first_name | default('reader') }}")

    assert probe.signature({"first_name": "Ada"}) == probe.signature({"first_name": "Bob"})
    assert came_of(probe, first_name="Ada") == {"first_name missing → 'reader'": {0}}
    assert came_of(probe) == {"first_name missing → 'reader'": {1}}


def test_a_field_is_missing_only_where_it_is_shown(tmp_path: Path) -> None:
    body = "{% if recipient.vip %}\n{{ recipient.first_name | default('reader') }}\n{% endif %}"
    probe = probe_of(tmp_path, body)

    assert came_of(probe) == {"recipient.vip": {0}}
    assert came_of(probe, vip="yes") == {"recipient.vip": {1}, "first_name missing → 'reader'": {1}}


def test_conditions_inside_a_value_and_an_address_count(tmp_path: Path) -> None:
    address = "{{ 'https://a.test' if recipient.vip else 'https://b.test' }}"
    body = f"{{{{ 'a' if recipient.vip else 'b' }}}} [go]({address})"
    probe = probe_of(tmp_path, body)

    assert came_of(probe, vip="x") == {"recipient.vip": {1}}
    assert came_of(probe) == {"recipient.vip": {0}}


@pytest.mark.parametrize(("tags", "turns"), [("", 0), ("a", 1), ("a,b", 2), ("a,b,c,d", 2)])
def test_loops_take_no_turn_one_or_several(tmp_path: Path, tags: str, turns: int) -> None:
    body = "{% for tag in recipient.tags | default('') | split(',') if tag %}\n- {{ tag }}\n{% endfor %}"
    (found,) = came_of(probe_of(tmp_path, body), tags=tags).values()
    assert found == {turns}


def test_a_condition_within_turns_may_be_met_in_some(tmp_path: Path) -> None:
    body = "{% for tag in recipient.tags.split(',') %}\n- {% if tag == 'a' %}A{% endif %}\n{% endfor %}"
    probe = probe_of(tmp_path, body)

    assert came_of(probe, tags="a,b")["tag == 'a'"] == {0, 1}
    assert came_of(probe, tags="b,c")["tag == 'a'"] == {0}


def test_a_list_that_some_have_nothing_of_is_no_condition_of_its_own(tmp_path: Path) -> None:
    probe = probe_of(tmp_path, "Text.\n\n{% if recipient.vip %}\n- one\n{% endif %}")
    assert came_of(probe) == {"recipient.vip": {0}}
    assert {place.text for place in probe.places} == {"recipient.vip"}


def test_what_is_set_for_some_decides_later(tmp_path: Path) -> None:
    body = (
        "{% set who = recipient.a %}{% if who == 'x' %}1{% endif %}"
        "{% set who = recipient.b %}{% if who == 'x' %}2{% endif %}"
    )
    probe = probe_of(tmp_path, body)
    assert probe.signature({"a": "x", "b": "y"}) != probe.signature({"a": "y", "b": "x"})


def test_audiences_read_as_they_are_written_and_places_point_to_them(tmp_path: Path) -> None:
    probe = probe_of(tmp_path, "::: audience age > 17 and segment == 'client'\nInside\n:::\n\n" + IF)
    places = {place.words: place for place in probe.places}
    audience = places["recipient.age > 17 and recipient.segment == 'client'"]

    assert audience.where.endswith("issues/owls.md:5")
    assert [one.line for one in places["recipient.plan == 'basic'"].otherwise] == [13]


def test_subject_and_preheader_count_too(tmp_path: Path) -> None:
    subject = "subject: \"{{ 'Pro' if recipient.pro else 'News' }}\""
    preheader = "preheader: For {{ recipient.name | default('you') }}"
    make_newsletter(tmp_path, issue=f"---\n{subject}\n{preheader}\n---\n\nText\n")
    probe = compile_probe(compile_in(tmp_path))

    assert came_of(probe) == {"recipient.pro": {0}, "name missing → 'you'": {1}}
    assert [place.where.rpartition(":")[2] for place in dict.fromkeys(probe.places)] == ["2", "3"]


def test_the_same_key_has_the_same_signature(tmp_path: Path) -> None:
    probe = probe_of(tmp_path, IF + "\n\n{{ recipient.first_name | default('reader') }}")

    assert probe.key({"plan": "pro", "first_name": "Ada"}) == probe.key({"plan": "pro", "first_name": "Bob"})
    assert probe.key({"plan": "pro"}) != probe.key({"plan": "pro", "first_name": "Bob"})
    assert probe.key({"plan": "pro"}) != probe.key({"plan": "basic"})


def test_a_copy_that_cannot_be_filled_is_an_error(tmp_path: Path) -> None:
    probe = probe_of(tmp_path, "Hello {{ recipient.first_name }}")
    with pytest.raises(MessageError, match=r"recipient\.first_name is missing and has no default"):
        probe.signature({})


def test_an_issue_that_is_the_same_for_all_has_nothing_to_note(tmp_path: Path) -> None:
    probe = probe_of(tmp_path, "Text, and a { brace.")
    assert (probe.places, probe.templates) == ((), ())
    assert probe.signature({}) == frozenset()


def test_a_frozen_issue_is_probed_alike(tmp_path: Path) -> None:
    compiled = with_body(tmp_path, f"\n{IF}\n")
    again = CompiledIssue.from_json(compiled.to_json())
    assert compile_probe(again).places == compile_probe(compiled).places
    assert again.subject_position == compiled.subject_position


def test_a_default_may_stand_behind_other_filters(tmp_path: Path) -> None:
    probe = probe_of(tmp_path, "{{ recipient.city | replace('a', ')') | default('nowhere') }}")
    assert [place.words for place in probe.places if place.text == "city"][:1] == ["city missing → 'nowhere'"]


def test_a_place_without_a_default_says_so_by_nothing() -> None:
    assert Place("field", "city").words == "city missing"
