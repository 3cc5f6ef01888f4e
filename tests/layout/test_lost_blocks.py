"""Blocks of a layout that no template above it has a place for."""

import pytest

from mailer.errors import LayoutError
from mailer.layout.lost_blocks import refuse_lost_blocks

BASE = "{% block head %}{% endblock %}{% block sheet %}{% block closing %}{% endblock %}{% endblock %}"


def check(entry: str, **more: str) -> None:
    templates = {"a.mjml": entry, "base.mjml": BASE, **{f"{name}.mjml": text for name, text in more.items()}}
    refuse_lost_blocks("a.mjml", templates, {name: f"layouts/{name}" for name in templates})


@pytest.mark.parametrize(
    "entry",
    [
        BASE,
        '{% extends "base.mjml" %}{% block closing %}x{% endblock %}',
        "{%- extends 'base.mjml' -%}{%- block head -%}{% block own %}x{% endblock own %}{%- endblock -%}",
        '{% extends "base.mjml" %}{#* {% block closng %} *#}{% raw %}{% block closng %}{% endraw %}',
        "{% extends issue.base %}{% block anything %}{% endblock %}",
        '{% extends "none.mjml" %}{% block anything %}{% endblock %}',
        '{% extends "a.mjml" %}{% block anything %}{% endblock %}',
    ],
)
def test_what_is_shown_or_cannot_be_told_passes(entry: str) -> None:
    check(entry)


def test_a_lost_block_is_told_with_the_nearest() -> None:
    with pytest.raises(LayoutError) as caught:
        check('{% extends "base.mjml" %}\n\n  {% block closng %}x{% endblock %}')

    assert str(caught.value.position) == "layouts/a.mjml:3:3"
    assert caught.value.message.endswith("has no block 'closng' (did you mean 'closing'?)")
    assert caught.value.hint == "it would not be shown; there are closing, head, sheet"
    assert caught.value.source_line == "  {% block closng %}x{% endblock %}"


def test_a_comment_extends_nothing() -> None:
    with pytest.raises(LayoutError, match="no block 'closng'"):
        check('{#* {% extends "a.mjml" %} *#}{% extends "base.mjml" %}{% block closng %}{% endblock %}')


def test_a_lost_block_of_a_template_between_is_told_too() -> None:
    middle = '{% extends "base.mjml" %}{% block foot %}x{% endblock %}'
    with pytest.raises(LayoutError) as caught:
        check('{% extends "middle.mjml" %}{% block foot %}y{% endblock %}', middle=middle)

    assert caught.value.position.path == "layouts/middle.mjml"
