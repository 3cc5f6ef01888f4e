"""What stands in a template is told apart from what its tags print."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.template.budget import TooMuch
from mailer.template.constants import constants_of
from mailer.template.sandbox import Sandbox
from mailer.template.source import Source

PLACES = [
    ("before {{ x }} after", ["before ", " after"]),
    ("{% if x %}yes{% else %}no{% endif %}", ["yes"]),
    ("{% for one in [1, 2] %}turn{% endfor %}", ["turn", "turn"]),
    ("{% raw %}{{ y }}{% endraw %}", ["{{ y }}"]),
    ("{% block a %}inside{% endblock %}", ["inside"]),
    ("{% if x %}{% for one in [1] %}{% if x %}deep{% endif %}{% endfor %}{% endif %}", ["deep"]),
    ("{{ 'written ' }}{{ x }}", ["written "]),
    ("Grüße 🦉\n\n{{ x }}", ["Grüße 🦉\n\n"]),
]


def chunks(source: str, *, html: bool = True, **values: object) -> tuple[list[str], frozenset[str]]:
    sandbox = Sandbox(autoescape=html)
    template = sandbox.enter(Source(source, "a.html"))
    return sandbox.chunks(template, values), constants_of(template)


@pytest.mark.parametrize("html", [True, False])
@pytest.mark.parametrize(("source", "constant"), PLACES)
def test_what_stands_between_tags_is_constant(source: str, constant: list[str], html: bool) -> None:
    found, known = chunks(source, html=html, x="a value of somebody")

    assert [chunk for chunk in found if chunk in known] == constant
    assert [chunk for chunk in found if chunk not in known] == ["a value of somebody"] * source.count("{{ x")


@given(st.text(max_size=200), st.text(min_size=1, max_size=50))
def test_all_that_a_template_without_tags_prints_is_constant(text: str, value: str) -> None:
    source = text.replace("{", "(")
    found, known = chunks(source + "{{ x }}", html=False, x=value)

    assert found[-1] == value
    assert set(found[:-1]) <= known


def test_a_large_text_is_one_constant() -> None:
    found, known = chunks("<p>" * 30_000 + "{{ x }}", x="")

    assert [len(chunk) for chunk in found] == [90_000, 0]
    assert found[0] in known


def test_chunks_stop_where_the_output_becomes_too_long() -> None:
    with pytest.raises(TooMuch, match="1,000,000"):
        chunks("{% for one in range(1000) %}{{ x }}{% endfor %}", x="&" * 5_000)
