"""From marked page to send template: braces, stray markers, the values of a compile, and shared sandboxes."""

import pytest
from tests.compile.merge.placement import CLIENT, VALUES, merge_sources, merged

from mailer.compile.compiled import MergeField
from mailer.compile.marker import choose_salt
from mailer.compile.merge.literal import NoLiteral, literal
from mailer.compile.merge.render import Rendered, mark_values, render_issue, render_layout
from mailer.compile.merge.restore import restore, restore_text
from mailer.compile.merge.send import compile_send_template
from mailer.errors import CompileError, IssueError, LayoutError
from mailer.position import Position
from mailer.template.source import Source

BRACES = "{{ x }} {% if %} {# c #} {{{ }}} {#outlook a{padding:0} %} {{"


def issue(text: str) -> Rendered:
    return render_issue(Source(text, "issue.md", 1, IssueError), VALUES, salt=choose_salt(text))


def layout(text: str, **more: str) -> Rendered:
    sources = {name: Source(one, name, 1, LayoutError) for name, one in {"entry": text, **more}.items()}
    return render_layout(sources, "entry", VALUES, salt=choose_salt(text))


@pytest.mark.parametrize("html", [True, False])
def test_braces_reach_the_reader_unchanged(html: bool) -> None:
    source = restore(BRACES, {}) if html else restore_text(BRACES, {})
    assert compile_send_template(source, html=html).render({}) == BRACES


def test_braces_beside_a_value_stay() -> None:
    marked = issue("{ {{ recipient.id }} } {{ '{' }}{{ recipient.id }}{{ '}' }}")
    assert compile_send_template(restore(marked.text, marked.tags), html=True).render(CLIENT) == "{ 42 } {42}"


def test_a_spoilt_marker_is_an_error() -> None:
    marked = issue("{{ recipient.id }}")
    with pytest.raises(CompileError, match="of a merge field was changed on its way"):
        restore(marked.text.upper(), marked.tags)


def test_values_that_no_author_wrote() -> None:
    marked = mark_values("unsubscribe_url", "view_url", salt="abcd")
    template = compile_send_template(restore_text(marked.text, marked.tags), html=False)
    assert template.render({}, unsubscribe_url="U", view_url="V") == "U\nV"


@pytest.mark.parametrize(
    "value",
    [
        "a",
        'q"\\ \n\r\t\x00\x1f',
        "{{ x }} {% raw %} {#",
        "é€😀",
        1,
        -2.5,
        True,
        [1, "a", None],
        {"a": [1], 2: "b"},
    ],
)
def test_a_value_of_the_compile_is_written_into_the_tag(value: object) -> None:
    source = f"{{{{ {literal(value)} }}}}"
    assert compile_send_template(source, html=False).render({}) == str(value)


@pytest.mark.parametrize("value", [object(), {1, 2}, print, float("nan")])
def test_what_no_literal_can_stand_for(value: object) -> None:
    with pytest.raises(NoLiteral):
        literal(value)


def test_equal_values_share_a_marker() -> None:
    marked = issue("{{ recipient.id }} {{ recipient.id }} {{ recipient.city }}")
    first, second, third = marked.text.split()
    assert first == second != third


def test_every_use_of_a_field_is_told_with_its_place() -> None:
    marked = issue(
        "{{ recipient.a }}\n{{ recipient.b | default('x') }}{% if recipient.c == 'x' %}{% endif %}\n"
        "{% if recipient.d | upper %}{% endif %}{{ recipient.e is defined }}{{ recipient.f | upper }}"
        "{% for x in recipient.g %}{% endfor %}{% if 'a' ~ recipient.h %}{% endif %}"
    )
    assert [(one.name, one.guarded) for one in marked.fields] == [
        ("a", False),
        ("b", True),
        ("c", True),
        ("d", False),
        ("e", True),
        ("f", False),
        ("g", True),
        ("h", False),
    ]
    assert marked.fields[1] == MergeField("b", guarded=True, position=Position("issue.md", 2, 1))


@pytest.mark.parametrize("name", ["a", "d", "f", "h"])
def test_a_field_that_is_not_guarded_fails_where_it_is_missing(name: str) -> None:
    text = {
        "a": "{{ recipient.a }}",
        "d": "{% if recipient.d | upper %}{% endif %}",
        "f": "{{ recipient.f | upper }}",
        "h": "{% if 'a' ~ recipient.h %}{% endif %}",
    }[name]
    template = compile_send_template(merge_sources(text).text, html=False)
    with pytest.raises(Exception, match=rf"^recipient\.{name} is missing"):
        template.render({})


def test_a_layout_marks_what_waits_and_escapes_what_does_not() -> None:
    page = layout(
        "{% extends 'base' %}{% block a %}{{ recipient.id }}{{ '<b>' }}{% endblock %}",
        base="<p>{% block a %}{% endblock %}{% include 'foot' %}</p>",
        foot="{% if recipient.city %}{{ recipient.city }}{% endif %}",
    )
    filled = compile_send_template(restore(page.text, page.tags), html=True).render(
        {"id": "<1>", "city": "B"}
    )
    assert filled == "<p>&lt;1&gt;&lt;b&gt;B</p>"
    assert [one.position.path for one in page.fields] == ["entry", "foot", "foot"]


def test_a_layout_rendered_twice_shares_nothing() -> None:
    text = "{% set x = recipient.id %}{{ x }}{{ issue.title }}"
    assert layout(text).text == layout(text).text
    with pytest.raises(LayoutError, match=r"^entry:1:4: 'x' is not defined"):
        layout("{{ x }}")


def test_two_issues_share_nothing() -> None:
    assert merged("{% set x = 1 %}[a][b]{{ recipient.id }}\n\n[b]: /x", CLIENT).text.startswith("a [1]42")
    assert merged("[a][b]{{ recipient.id }}", CLIENT).text == "[a][b]42"
    with pytest.raises(IssueError, match="'x' is not defined"):
        merged("{{ x }}", CLIENT)
