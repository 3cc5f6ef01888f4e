"""Footnotes are for who sees what refers to them, and where they were written: in page and text alike."""

import re

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.compile.merge.placement import Parts, merge_sources, merged
from tests.compile.merge.reading import faults_of_nesting

from mailer.compile.fragment import parse_fragment
from mailer.compile.merge.send import compile_send_template
from mailer.errors import CompileError

CLIENT = {"segment": "client", "vip": "yes"}
LEAD = {"segment": "lead", "vip": ""}

OWN = """\
Seen[^all].

{% if recipient.segment == "client" %}
Signed[^deal] at the mill[^mill].

[^deal]: For 12,000
    a year.
{% endif %}

Heard[^last].

[^all]: By all.
[^mill]: The old one.
[^last]: At dusk.
"""


def notes_of(parts: Parts) -> list[str]:
    """Return the notes of a page, each with the number that a reader sees; the text has the same."""
    page = parse_fragment(parts.html, stage="test")
    items = page.findall(".//div[@class='footnote']/ol/li")
    texts = [" ".join("".join(item.itertext()).split()).rstrip(" \u21a9\ufe0e0123456789") for item in items]
    shown = [f"{number} {text}" for number, text in enumerate(texts, start=1)]
    in_text = re.findall(r"^\[note (\d+)\] (.*(?:\n    .*)*)", parts.text, re.MULTILINE)
    assert [
        re.sub(r" \[note \d+\]", "", f"{number} {' '.join(text.split())}") for number, text in in_text
    ] == [re.sub(r"(?<=[a-z])\d+", "", one) for one in shown]
    return shown


def check_references(parts: Parts) -> None:
    """Every reference leads to a note, every way back to a reference, and numbers are what readers count."""
    page = parse_fragment(parts.html, stage="test")
    ids = [str(found) for found in page.xpath("//@id")]
    assert len(ids) == len(set(ids))
    assert {str(one).removeprefix("#") for one in page.xpath("//a/@href[starts-with(., '#')]")} <= set(ids)
    assert [one for one in ids if one.startswith("fn:")] == [
        f"fn:{number}" for number in range(1, len(page.findall(".//ol/li")) + 1)
    ]
    for link in page.iter("a"):
        if link.get("class") == "footnote-ref":
            assert link.get("href") == f"#fn:{link.text}"
    listed = set(re.findall(r"^\[note (\d+)\]", parts.text, re.MULTILINE))
    assert set(re.findall(r"\[note (\d+)\]", parts.text.replace("\n    ", " "))) <= listed
    assert faults_of_nesting(parts.html) == []
    assert "zx" not in parts.html + parts.text
    assert not re.search(r" $|\n\n\n", parts.text, re.MULTILINE)


def test_a_note_written_for_some_is_shown_to_them_alone() -> None:
    for_client, for_lead = merged(OWN, CLIENT), merged(OWN, LEAD)

    assert notes_of(for_client) == [
        "1 By all.",
        "2 For 12,000 a year.",
        "3 The old one.",
        "4 At dusk.",
    ]
    assert notes_of(for_lead) == ["1 By all.", "2 At dusk."]
    for parts in (for_client, for_lead):
        check_references(parts)
    assert "12,000" not in for_lead.html + for_lead.text


def test_who_gets_no_note_gets_no_heading_and_no_rule() -> None:
    source = "Seen.\n\n{% if recipient.vip %}\nHeard[^1].\n\n[^1]: At dusk.\n{% endif %}\n"

    assert notes_of(merged(source, CLIENT)) == ["1 At dusk."]
    assert merged(source, LEAD).text == "Seen."
    assert "footnote" not in merged(source, LEAD).html
    assert "<hr" not in merged(source, LEAD).html


def test_a_reference_to_what_others_were_told_is_left_out() -> None:
    source = "Seen[^1] by all.\n\n{% if recipient.vip %}\n[^1]: At dusk.\n{% endif %}\n"

    assert merged(source, LEAD).text == "Seen by all."
    assert notes_of(merged(source, CLIENT)) == ["1 At dusk."]
    check_references(merged(source, CLIENT))


def test_a_note_on_one_line_with_its_tags_is_for_some() -> None:
    source = "Seen.\n\n{% if recipient.vip %}[^1]: At dusk.{% endif %}\n"

    assert notes_of(merged(source, CLIENT)) == ["1 At dusk."]
    assert notes_of(merged(source, LEAD)) == []


def test_each_audience_has_its_own_text_for_one_label() -> None:
    source = """\
{% if recipient.segment == "client" %}
Signed[^1].

[^1]: For clients.
{% elif recipient.vip %}
Invited[^1].

[^1]: For guests.
{% else %}
Heard[^1].

[^1]: For all others.
{% endif %}
"""

    assert notes_of(merged(source, CLIENT)) == ["1 For clients."]
    assert notes_of(merged(source, {"segment": "", "vip": "x"})) == ["1 For guests."]
    assert notes_of(merged(source, LEAD)) == ["1 For all others."]
    for recipient in (CLIENT, LEAD):
        check_references(merged(source, recipient))


def test_a_reference_for_all_leads_to_the_text_of_each_audience() -> None:
    source = """\
Seen[^1] by all[^2].

{% if recipient.vip %}
[^1]: For guests.
{% else %}
[^1]: For others.
{% endif %}

[^2]: At dusk.
"""

    assert notes_of(merged(source, CLIENT)) == ["1 For guests.", "2 At dusk."]
    assert notes_of(merged(source, LEAD)) == ["1 For others.", "2 At dusk."]
    assert merged(source, LEAD).text.startswith("Seen [note 1] by all [note 2].")
    check_references(merged(source, LEAD))


def test_a_note_within_a_line_for_some_is_theirs() -> None:
    source = "Seen{% if recipient.vip %} twice[^2]{% endif %} at dusk[^1].\n\n[^1]: At nine.\n[^2]: In May.\n"

    assert notes_of(merged(source, CLIENT)) == ["1 In May.", "2 At nine."]
    assert notes_of(merged(source, LEAD)) == ["1 At nine."]
    check_references(merged(source, LEAD))


def test_a_way_back_is_there_for_the_references_that_a_reader_sees() -> None:
    source = "{% if recipient.vip %}\nSeen[^1].\n{% endif %}\n\nHeard[^1].\n\n[^1]: At dusk.\n"

    assert merged(source, CLIENT).html.count("footnote-backref") == 2
    assert merged(source, LEAD).html.count("footnote-backref") == 1
    check_references(merged(source, LEAD))


def test_what_was_set_before_still_decides() -> None:
    source = """\
{% set count = 1 %}
{% if recipient.vip %}
{% set count = 2 %}
{% endif %}
Seen.

{% if count == 2 %}
Heard[^1].
{% endif %}

[^1]: At dusk.
"""

    assert notes_of(merged(source, CLIENT)) == ["1 At dusk."]
    assert notes_of(merged(source, LEAD)) == []


def test_a_note_that_changes_with_each_turn_of_a_loop_is_refused() -> None:
    source = (
        "Seen.\n\n{% for one in recipient.tags %}\n- {{ one }}[^1]\n\n[^1]: On {{ one }}.\n{% endfor %}\n"
    )

    with pytest.raises(CompileError, match="each turn of a loop") as refused:
        merge_sources(source)

    assert refused.value.position
    assert refused.value.position.line == 3


def test_a_loop_may_refer_to_a_note() -> None:
    source = "Seen.\n\n{% for one in recipient.tags %}\n- {{ one }}[^1]\n{% endfor %}\n\n[^1]: At dusk.\n"

    assert notes_of(merged(source, {"tags": ["a"]})) == ["1 At dusk."]
    assert notes_of(merged(source, {"tags": []})) == []


def test_pages_whose_notes_are_everybodys_stay_as_they_are() -> None:
    source = "{% if recipient.vip %}\nSeen.\n{% endif %}\n\nHeard[^1].\n\n[^1]: At dusk.\n"

    assert "zxnotes" not in "".join(merge_sources(source))


LABELS = st.sampled_from("abc")
PASSAGES = st.one_of(
    LABELS.map(lambda label: f"Word[^{label}] more."),
    LABELS.map(lambda label: f"[^{label}]: note of {label}."),
    st.tuples(LABELS, LABELS).map(lambda two: f"[^{two[0]}]: note of {two[0]}[^{two[1]}]."),
    LABELS.map(lambda label: f"Word {{% if recipient.vip %}}vip[^{label}]{{% endif %}} more."),
)
BLOCKS = st.recursive(
    st.lists(PASSAGES, min_size=1, max_size=3).map("\n\n".join),
    lambda inner: st.tuples(st.sampled_from(["vip", "segment == 'client'"]), inner, inner).map(
        lambda parts: (
            f"{{% if recipient.{parts[0]} %}}\n\n{parts[1]}\n\n{{% else %}}\n\n{parts[2]}\n\n{{% endif %}}"
        )
    ),
    max_leaves=4,
)


@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(BLOCKS, min_size=1, max_size=3).map("\n\n".join))
def test_no_reader_meets_a_reference_that_leads_nowhere(source: str) -> None:
    html, text = merge_sources(f"{source}\n")
    page, plain = compile_send_template(html, html=True), compile_send_template(text, html=False)
    for vip in ("yes", ""):
        for segment in ("client", "lead"):
            recipient = {"vip": vip, "segment": segment}
            check_references(Parts(page.render(recipient), plain.render(recipient)))
