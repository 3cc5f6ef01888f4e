"""Dates and plurals speak the language of an issue: while it is compiled, and for each recipient."""

from pathlib import Path
from typing import Any

import pytest
from tests.compile.newsletter import compile_in, filled, make_newsletter

from mailer.compile.merge.render import render_issue
from mailer.compile.merge.restore import restore_text
from mailer.compile.merge.send import compile_send_template
from mailer.errors import IssueError, MessageError
from mailer.template.source import Source


def compiled(text: str, lang: str = "en") -> str:
    """Return the source that recipients' values go into."""
    rendered = render_issue(Source(text, "issue.md", 1, IssueError), {"lang": lang}, salt="abcd")
    return restore_text(rendered.text, rendered.tags)


def shown(text: str, lang: str = "en", *, sample: bool = False, **values: Any) -> str:
    return compile_send_template(compiled(text, lang), html=False, sample=sample).render(values)


@pytest.mark.parametrize(
    ("lang", "style", "expected"),
    [
        ("en", "", "March 4, 2026"),
        ("en-GB", "", "4 March 2026"),
        ("de", "('long')", "4. März 2026"),
        ("de-AT", "('short')", "04.03.26"),
        ("fr", "('full')", "mercredi 4 mars 2026"),
        ("ja", "('medium')", "2026/03/04"),
        ("pl", "('month')", "marzec 2026"),
        ("pl", "('day')", "4 marca"),
        ("pl", "('%-d %B')", "4 marca"),
        ("pl", "('%B %Y')", "marzec 2026"),
        ("es", "('%A, %B')", "miércoles, marzo"),
        ("de", "('%a, %d. %b %y')", "Mi., 04. März 26"),
        ("en", "('%A, %-d %B %%')", "Wednesday, 4 March %"),
        ("xx", "('long')", "March 4, 2026"),
    ],
)
def test_a_date_is_written_as_the_language_writes_it(lang: str, style: str, expected: str) -> None:
    assert shown("{{ '2026-03-04' | date" + style + " }}", lang) == expected
    assert shown("{{ recipient.joined | date" + style + " }}", lang, joined="2026-03-04") == expected


@pytest.mark.parametrize(
    "written", ["2026-03-04", "2026/3/4", "4.3.2026", "2026-03-04T10:30", " 04. 03. 2026 "]
)
def test_lists_write_dates_in_several_ways(written: str) -> None:
    assert shown("{{ recipient.joined | date }}", joined=written) == "March 4, 2026"


@pytest.mark.parametrize(
    ("lang", "forms", "expected"),
    [
        ("en", ("issue", "issues"), {"0": "issues", "1": "issue", "2": "issues", "1.5": "issues"}),
        ("fr", ("numéro", "numéros"), {"0": "numéro", "1": "numéro", "2": "numéros", "1000000": "numéros"}),
        (
            "pl",
            ("numer", "numery", "numerów"),
            {"1": "numer", "3": "numery", "5": "numerów", "12": "numerów", "22": "numery"},
        ),
        ("ru", ("номер", "номера", "номеров"), {"21": "номер", "2": "номера", "11": "номеров"}),
        ("ja", ("号",), {"1": "号", "7": "号"}),
        ("ja", ("号", "号s"), {"1": "号"}),
    ],
)
def test_a_word_takes_the_form_of_its_number(
    lang: str, forms: tuple[str, ...], expected: dict[str, str]
) -> None:
    given = ", ".join(f"'{form}'" for form in forms)
    deferred = compile_send_template(compiled(f"{{{{ recipient.n | plural({given}) }}}}", lang), html=False)

    assert {number: deferred.render({"n": number}) for number in expected} == expected
    for number, form in expected.items():
        assert shown(f"{{{{ {number} | plural({given}) }}}}", lang) == form


def test_what_is_missing_leads_to_the_default_behind() -> None:
    text = "{{ recipient.joined | date('%Y') | default('once') }} "
    text += "{{ recipient.n | plural('a', 'b') | default('c') }}"
    rendered = render_issue(Source(text, "issue.md", 1, IssueError), {"lang": "en"}, salt="abcd")

    assert shown(text) == "once c"
    assert [field.guarded for field in rendered.fields] == [True, True]


def test_what_is_missing_without_a_default_is_told_by_its_name() -> None:
    with pytest.raises(MessageError, match=r"recipient\.joined is missing"):
        shown("{{ recipient.joined | date }}")
    assert shown("{{ recipient.joined | date }}", sample=True) == "[joined]"


def test_a_value_of_a_list_that_is_no_date_is_told() -> None:
    with pytest.raises(MessageError, match="'soon' is no date"):
        shown("{{ recipient.joined | date }}", joined="soon")


@pytest.mark.parametrize(
    ("text", "lang", "message", "hint"),
    [
        ("{{ recipient.a | date('lnog') }}", "de", "no style of a date 'lnog'", "short, medium, long"),
        ("{{ '2026-03-04' | date('lnog') }}", "de", "did you mean 'long'", "short, medium, long"),
        ("{{ recipient.a | date('%999d') }}", "de", "pattern of a date cannot be used", "%d %B %Y"),
        (
            "{{ recipient.a | plural('numer', 'numery') }}",
            "pl",
            "'pl' counts in 3 forms, not 2",
            "one, few, many",
        ),
        ("{{ 2 | plural('a') }}", "en", "'en' counts in 2 forms, not 1", "one, other"),
        ("{{ 'x' | plural('a', 'b') }}", "en", "'x' is no number", "write digits"),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_line(text: str, lang: str, message: str, hint: str) -> None:
    with pytest.raises(IssueError) as refused:
        compiled(f"Owls.\n\n{text}\n", lang)

    assert message in refused.value.message
    assert hint in refused.value.hint
    assert refused.value.position.line == 3


def test_an_author_may_name_another_language() -> None:
    assert shown("{{ recipient.d | date('day', lang='de') }}", "en", d="2026-03-04") == "4. März"


def test_an_argument_of_a_filter_may_come_from_the_issue() -> None:
    text = "{% set style = 'month' %}{{ recipient.d | date(style) }}"

    assert shown(text, "de", d="2026-03-04") == "März 2026"


def test_subject_page_and_text_speak_the_language_of_the_issue(tmp_path: Path) -> None:
    issue = """\
---
subject: "Seit {{ recipient.joined | date('month') }}"
lang: de
---
Dabei seit {{ recipient.joined | date }}, {{ recipient.n }} {{ recipient.n | plural("Ausgabe", "Ausgaben") }}.
"""
    make_newsletter(tmp_path, issue=issue)
    done = filled(compile_in(tmp_path), joined="2019-03-04", n="12")

    assert done.subject == "Seit März 2019"
    assert "Dabei seit 4. März 2019, 12 Ausgaben." in done.html
    assert "Dabei seit 4. März 2019, 12 Ausgaben." in done.text


def test_a_date_that_an_issue_has_not_is_told_at_its_line(tmp_path: Path) -> None:
    make_newsletter(tmp_path, issue="---\nsubject: Owls\n---\nOf {{ issue.date }}.\n")

    with pytest.raises(IssueError, match="this value is empty") as refused:
        compile_in(tmp_path)
    assert refused.value.position.line == 4

    make_newsletter(
        tmp_path, issue="---\nsubject: Owls\n---\nOf {{ issue.date | date | default('old', true) }}.\n"
    )
    assert "Of old." in filled(compile_in(tmp_path)).text
