"""What a template may not reach, and how much it may do."""

import time

import pytest
from tests.template.rendering import fault, place, render

from mailer.template.budget import MOST_TEXT

ESCAPES = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ lipsum.__globals__['os'] }}",
    "{{ '{0.__class__}'.format('x') }}",
    "{{ '{0.__class__}'.format_map({'0': 1}) }}",
    "{{ '{x.__class__}' | format(x=1) }}{{ ''.__class__ }}",
    "{{ namespace.__init__.__globals__ }}",
    "{{ range.__globals__ }}",
    "{{ dict.__base__ }}",
    "{{ self.__init__ }}",
    "{{ name['__class__'] }}",
    "{{ name | attr('__class__') | string }}",
    "{{ name['_' ~ '_class_' ~ '_'] }}",
    "{{ ['']|map(attribute='__class__')|first }}",
    "{{ joiner() }}",
    "{{ site.update({'a': 1}) }}",
    "{{ issue.tags.append('c') }}",
    "{{ ().__class__.__bases__ }}",
    "{% for one in (1,).__class__.mro() %}{% endfor %}",
]

BOMBS = [
    "{{ 'a' * 9999999999 }}",
    "{{ 9999999999 * 'a' }}",
    "{{ [1] * 9999999999 }}",
    "{{ 'a' * 999999 * 999999 }}",
    "{{ 10 ** (10 ** 8) }}",
    "{{ 2 ** 99999999 }}",
    "{{ 2.0 ** 99999 }}",
    "{{ range(999999999) | list }}",
    "{{ lipsum(n=99999) }}",
    "{% for i in range(99999) %}{% for j in range(99999) %}{{ j }}{% endfor %}{% endfor %}",
    "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
    "{{ '%99999999d' % 1 }}",
    "{{ '%*d' % (99999999, 1) }}",
    "{{ '%99999999d' | format(1) }}",
    "{{ '{:99999999}'.format(1) }}",
    "{{ '{:{}}'.format(1, 99999999) }}",
    "{{ 'a' | center(99999999) }}",
    "{{ 'a'.center(99999999) }}",
    "{{ 'a'.ljust(99999999) }}",
    "{{ 'a'.zfill(99999999) }}",
    "{{ 'a\t'.expandtabs(99999999) }}",
    "{{ 'a' | indent(99999999) }}",
    "{{ [1] | slice(99999999) | list }}",
    "{{ {'a': 1} | tojson(indent=99999999) }}",
    "{{ 'ab' | replace('', 'x' * 99999) | replace('', 'x' * 99999) }}",
    "{{ ('x' * 9999).replace('x', 'y' * 9999) }}",
    "{{ name.translate({65: 'y' * 999999, 100: 'y' * 999999}) }}",
    "{% set a = ['x' * 100000] * 100000 %}{{ a | join }}",
    "{% set a = 'x' * 1000 %}{{ [a] * 10000 }}",
    "{% set n = namespace(a='x' * 10) %}{% for i in range(50) %}{% set n.a = n.a ~ n.a %}{% endfor %}",
    "{% set n = namespace(a='x' * 10) %}{% for i in range(50) %}{% set n.a = n.a + n.a %}{% endfor %}",
    "{% set n = namespace(a='x' * 10) %}{% for i in range(50) %}{% set n.a = n.a | join(n.a) %}{% endfor %}",
    "{% set n = namespace(a=[1]) %}{% for i in range(50) %}{% set n.a = [n.a, n.a] %}{% endfor %}{{ n.a }}",
    "{% macro f(n) %}{{ f(n) }}{{ f(n) }}{% endmacro %}{{ f(1) }}",
    "{% for i in [1, 1] recursive %}{{ loop([1, 1]) }}{% endfor %}",
    "{{ ('x' * 99999) | list | map('center', 9999) | join }}",
    "{{ 'x' * 999999 }}{{ 'x' * 999999 }}",
]


@pytest.mark.parametrize("text", ESCAPES)
def test_a_template_reaches_its_values_and_nothing_behind_them(text: str) -> None:
    assert place(fault(f"one\n{text}\n")).startswith("issues/a.md:6")


@pytest.mark.parametrize("text", BOMBS)
def test_a_bomb_is_refused_at_its_line_within_a_second_or_so(text: str) -> None:
    start = time.process_time()
    error = fault(f"one\n{text}\n")
    assert time.process_time() - start < 2
    assert place(error).startswith("issues/a.md:6")


@pytest.mark.parametrize("text", ["{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}", "{{ [" * 3000])
def test_a_tag_nested_too_deeply_is_refused(text: str) -> None:
    assert "nested too deeply" in fault(text).message


def test_a_value_cannot_be_changed() -> None:
    assert "cannot assign" in fault("{% set site.x = 1 %}").message


def test_an_inner_name_is_pointed_at() -> None:
    error = fault("Hello {{ name.__class__ }}")
    assert str(error).startswith("issues/a.md:5:15: '__class__' is not for templates\n    Hello {{ name")
    assert error.hint


def test_usual_templates_are_not_held_up() -> None:
    text = "{% for i in range(2000) %}{{ loop.index }} {{ name | upper | center(10) }}\n{% endfor %}"
    assert len(render(text)) < MOST_TEXT


def test_each_rendering_has_a_full_allowance() -> None:
    text = "{% for i in range(90000) %}{% endfor %}"
    assert [render(text) for _ in range(4)] == [""] * 4


@pytest.mark.parametrize(
    "text", ["{{ range }}", "{{ name.upper }}", "{{ ''|map('upper') }}", "{{ site.keys() }}"]
)
def test_what_prints_differently_each_time_is_refused(text: str) -> None:
    assert place(fault(text)) == "issues/a.md:5"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{{ site.github.url }}", "https://example.github.io"),
        ("{% set n = namespace(a=1) %}{% set n.a = 2 %}{{ n.a }}", "2"),
        ("{{ dict(a=1).a }}{{ range(3) | list }}", "1[0, 1, 2]"),
        ("{{ issue.tags | join(', ') }}{{ '%05.1f' % 2.25 }}{{ '{:>3}'.format(1) }}", "a, b002.2  1"),
        ("{{ 2 ** 10 }}{{ 'ab' * 2 }}{{ [1] + [2] }}{{ 1 ~ 'x' }}", "1024abab[1, 2]1x"),
    ],
)
def test_what_issues_need_works(text: str, shown: str) -> None:
    assert render(text) == shown


def test_a_name_of_a_table_goes_before_its_methods() -> None:
    assert render("{% set t = {'items': 3} %}{{ t.items }}") == "3"
