"""Per-recipient tags at every place where an author may put them, from Jinja to the filled page and text."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.compile.merge.placement import CLIENT, LEAD, RECIPIENTS, VALUES, Recipient, eager, merged
from tests.compile.merge.reading import faults_of_nesting, same_html, same_text

from mailer.compile import compile_issue
from mailer.compile.compiled import CompiledIssue
from mailer.compile.merge.send import compile_send_template
from mailer.compile.newsletter import Newsletter
from mailer.errors import CompileError, IssueError
from mailer.issue.document import Issue
from mailer.layout.load import load_layout

FILE = Path(__file__).parents[1] / "cases" / "placements.md"
CASE = re.compile(
    r"^## (?P<number>\d+) (?P<title>[^\n]+)\n\n~{8} md\n(?P<source>.*?)\n~{8}$"
    r"(?:\n\n~{8} eager\n(?P<eager>.*?)\n~{8}$)?",
    re.MULTILINE | re.DOTALL,
)
NUMBERS_OF_ROWS = [number for number in range(1, 42) if number != 36]
"""Row 36 is an error, tested below."""


class Case(NamedTuple):
    number: int
    title: str
    source: str
    eager: str


CASES = [
    Case(int(one["number"]), one["title"], one["source"], one["eager"] or one["source"])
    for one in CASE.finditer(FILE.read_text(encoding="utf-8"))
]
each_case = pytest.mark.parametrize("case", [pytest.param(case, id=case.title) for case in CASES])
each_recipient = pytest.mark.parametrize("recipient", RECIPIENTS.values(), ids=RECIPIENTS)


def test_every_row_is_read() -> None:
    assert [case.number for case in CASES] == NUMBERS_OF_ROWS


@each_case
@each_recipient
def test_filled_html_is_that_of_values_put_in_first(case: Case, recipient: Recipient) -> None:
    html = merged(case.source, recipient).html
    assert "zxq" not in html
    assert faults_of_nesting(html) == []
    assert same_html(html) == same_html(eager(case.eager, recipient).html)


@each_case
@each_recipient
def test_filled_text_is_that_of_values_put_in_first(case: Case, recipient: Recipient) -> None:
    text = merged(case.source, recipient).text
    assert "zxq" not in text
    assert "\n\n\n" not in text.strip("\n")
    assert same_text(text) == same_text(eager(case.eager, recipient).text)


def test_a_tag_beside_the_attributes_of_an_element_is_refused() -> None:
    source = 'One.\n\n<a href="https://example.com/" {% if recipient.id %}class="c"{% endif %}>x</a>\n'
    with pytest.raises(
        IssueError, match=r"^issue.md:3:32: \{% if %\} cannot stand inside an HTML tag"
    ) as caught:
        merged(source, CLIENT)
    assert "around the whole element" in caught.value.hint


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("**a {% if recipient.id %}b** c{% endif %}", "issue.md:1:5: {% if %} would tear"),
        ("A\n\n- a {% if recipient.id %}b\n\nC d{% endif %} e", "issue.md:3:5: {% if %} would tear"),
        (
            '<a href="/{% if recipient.id %}a" title="b{% endif %}">x</a>',
            "issue.md:1:11: {% if %} would tear",
        ),
        ('<a title="{% if recipient.id %}a">x</a>{% endif %}', "issue.md:1:11: {% if %} would tear"),
    ],
)
def test_a_block_that_would_tear_elements_apart_is_refused(source: str, message: str) -> None:
    with pytest.raises(CompileError) as caught:
        merged(source, CLIENT)
    assert str(caught.value).startswith(message)


def whole(source: str) -> CompiledIssue:
    issue = Issue("issue.md", "slug", source, subject="S", front_matter={"talks": VALUES["issue"]["talks"]})
    newsletter = Newsletter("Field Notes", "Field Notes <news@example.com>", view_url="https://example.com/")
    return compile_issue(issue, load_layout("newsletter", None, aliases={}), newsletter, site=VALUES["site"])


def filled(source: str, recipient: Recipient) -> tuple[str, str]:
    compiled = whole(source)
    ways_out = {"unsubscribe_url": "https://example.com/u", "view_url": "https://example.com/v"}
    html = compile_send_template(compiled.html, html=True).render(recipient, **ways_out)
    return html, compile_send_template(compiled.text, html=False).render(recipient, **ways_out)


@pytest.mark.parametrize("number", [1, 9, 10, 12, 17, 20, 25, 34, 41])
@each_recipient
def test_the_finished_page_is_whole(number: int, recipient: Recipient) -> None:
    html, text = filled(next(case.source for case in CASES if case.number == number), recipient)
    assert "zxq" not in html + text
    assert faults_of_nesting(html) == []
    assert "\n\n\n" not in text


def test_a_list_without_items_is_left_out_whole() -> None:
    source = "{% for one in recipient.interests %}\n- {{ one }}\n{% endfor %}\n\n"
    source += "{% if recipient.a %}\n- a\n{% endif %}{% if recipient.b %}\n- b\n{% endif %}"
    assert "<ul" not in merged(source, LEAD).html
    assert "<ul" in merged(source, {**LEAD, "b": "1"}).html
    assert "<ul" in merged(source, CLIENT).html


def test_numbers_go_on_in_the_text_where_items_are_left_out() -> None:
    source = "3. a\n{% if recipient.city %}\n4. b\n{% endif %}\n5. c\n"
    source += "{% for one in recipient.interests %}\n6. {{ one }}\n{% endfor %}\n7. z"
    assert merged(source, LEAD).text == "3. a\n4. c\n5. z"
    assert merged(source, CLIENT).text == "3. a\n4. b\n5. c\n6. apples\n7. bats & co\n8. owls\n9. z"


def test_the_text_tells_nobody_of_a_link_that_is_for_others() -> None:
    source = "Hi\n{% if recipient.segment == 'client' %}\n[Live](https://example.com/live)\n{% endif %}"
    assert merged(source, CLIENT).text == "Hi\n\nLive (https://example.com/live)"
    assert merged(source, LEAD).text == "Hi"


def test_a_block_in_code_is_one_in_the_text_too() -> None:
    source = "```\na\n{% if recipient.city %}\nb\n{% endif %}\nc\n```"
    assert "b" in merged(source, CLIENT).text
    assert merged(source, LEAD).text.split() == ["a", "c"]
