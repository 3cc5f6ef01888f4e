"""Faults point at the author's line and say what is wrong and what to do."""

import pytest
from tests.template.rendering import VALUES, fault, place, render

from mailer.errors import LayoutError
from mailer.template.render import render_source
from mailer.template.source import Source


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("a\n{{ site.githb.url }}", "6:9", "'site' has no 'githb' (did you mean 'github'?)"),
        ("a\n\n  {{ isue.title }}", "7:6", "'isue' is not defined (did you mean 'issue'?)"),
        ("{{ site.github.urll }}", "5:16", "'site.github' has no 'urll' (did you mean 'url'?)"),
        ("{% if site['gitub'] %}x{% endif %}", "5:13", "'site' has no 'gitub' (did you mean 'github'?)"),
        ("{{ name\n | upper }}{{\nnothing }}", "7:1", "'nothing' is not defined"),
        ("{{ name | uper }}", "5:11", "there is no filter 'uper' (did you mean 'upper'?)"),
        ("{{ name is odds }}", "5:12", "there is no test 'odds' (did you mean 'odd'?)"),
        ("{{ 'x' if nam in name }}", "5:11", "'nam' is not defined (did you mean 'name'?)"),
        ("{{ 1 / 0 }}", "5", "division by zero"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest(text: str, at: str, message: str) -> None:
    error = fault(text)
    assert (place(error), error.message) == (f"issues/a.md:{at}", message)


@pytest.mark.parametrize(
    ("text", "at", "message", "hint"),
    [
        ("a\n{% if name %}\nb", "6:1", "{% if %} is never closed", "{% endif %}"),
        ("{% for i in name %}{% if i %}\n{% endfor %}", "5:20", "{% if %} is never closed", "{% endif %}"),
        ("{% macro f() %}\n{% set x %}", "6:1", "{% set %} is never closed", "{% endset %}"),
        ("a {% endif %}", "5:6", "{% endif %} has nothing open that it belongs to", "take it out"),
        ("a {{ name", "5:3", "'{{' is never closed", "}}"),
        ("a\n {% if name", "6:2", "'{%' is never closed", "%}"),
        ("{{ name ! }}", "5:9", "'!' is not expected in a tag", "{% raw %}"),
        ("{% iff x %}", "5:4", "there is no tag 'iff' (did you mean 'if'?)", "{% raw %}"),
        ("{{ a b }}", "5:6", "'b' is not expected in this {{ … }}", "{% raw %}"),
    ],
)
def test_wrong_syntax_is_told_where_it_begins(text: str, at: str, message: str, hint: str) -> None:
    error = fault(text)
    assert (place(error), error.message) == (f"issues/a.md:{at}", message)
    assert hint in error.hint


@pytest.mark.parametrize(
    ("text", "at", "named", "hint"),
    [
        ("a {% assign x = 1 %}", "5:3", "Liquid tag 'assign'", "{% set name = value %}"),
        ("{% highlight python %}\na\n{% endhighlight %}", "5:1", "Liquid tag 'highlight'", "```python"),
        (
            "a\n{% include foo.html a=1 %}",
            "6:1",
            "Liquid's include of 'foo.html'",
            "{% include 'foo.html' %}",
        ),
        ("{% if name %}a{% elsif name %}b{% endif %}", "5:15", "Liquid tag 'elsif'", "{% elif … %}"),
        ("{% unless name %}a{% endunless %}", "5:1", "Liquid tag 'unless'", "{% if not … %}"),
        ("\n{{< figure src='x' >}}", "6:1", "Hugo shortcode 'figure'", "Markdown"),
        ("{{% notice %}}a{{% /notice %}}", "5:1", "Hugo shortcode 'notice'", "Markdown"),
        ("{{ .Params.x }}", "5:1", "Hugo's '.Params.x'", "issue.…"),
    ],
)
def test_tags_of_other_systems_are_called_by_their_name(text: str, at: str, named: str, hint: str) -> None:
    error = fault(text)
    assert place(error) == f"issues/a.md:{at}"
    assert error.message.startswith(named)
    assert hint in error.hint
    assert "{% raw %}" in error.hint


def test_the_argument_of_a_liquid_filter_is_told() -> None:
    error = fault("{{ name | date: '%Y' }}")
    assert place(error) == "issues/a.md:5:15"
    assert "date(…)" in error.hint


def test_tags_of_other_systems_may_be_shown_raw() -> None:
    assert render("{% raw %}{{< figure >}} {% assign %}{% endraw %}") == "{{< figure >}} {% assign %}"


def test_the_line_itself_is_shown_with_a_caret() -> None:
    assert str(fault("a\nHello {{ nam }}!")) == (
        "issues/a.md:6:10: 'nam' is not defined (did you mean 'name'?)\n    Hello {{ nam }}!\n             ^"
    )


def test_lines_are_counted_with_any_line_ending() -> None:
    assert place(fault("a\r\n\r\n{{ nothing }}")) == "issues/a.md:7:4"


def test_the_fault_is_of_the_kind_that_the_source_names() -> None:
    source = Source("{{ nothing }}", "layouts/a.mjml", 1, LayoutError)
    with pytest.raises(LayoutError, match=r"^layouts/a.mjml:1:4: 'nothing'"):
        render_source(source, VALUES)


def test_braces_that_are_no_tag_stay() -> None:
    text = "a { b } {c} }} %} { { { %"
    assert render(text) == text


def test_two_renderings_share_nothing() -> None:
    assert render("{% set x = 1 %}{% macro m() %}m{% endmacro %}{{ x }}{{ m() }}") == "1m"
    assert place(fault("{{ x }}")) == "issues/a.md:5:4"
    assert place(fault("{{ m() }}")) == "issues/a.md:5:4"


def test_the_last_line_end_stays() -> None:
    assert render("{{ name }}\n\n") == "Ada\n\n"


def test_nothing_is_never_printed_as_a_word() -> None:
    error = fault("{{ name }} {{ none }}")
    assert place(error) == "issues/a.md:5"
    assert "this value is empty" in error.message
    assert "default('…', true)" in error.hint
    assert render("{{ none | default('soon', true) }}{% if none %}x{% endif %}") == "soon"
