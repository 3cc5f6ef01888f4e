"""`callout`: notes, warnings and quotes."""

import pytest
from tests.compile.blocks.stages import page, plain

from mailer.compile.blocks import Setting


@pytest.mark.parametrize("kind", ["note", "warning", "quote"])
def test_its_kind_is_its_class(kind: str) -> None:
    assert f'<table class="callout {kind}" role="presentation"' in page(f"::: callout {kind}\nText\n:::")


def test_without_a_kind_it_is_a_note() -> None:
    assert "callout note" in page("::: callout\nText\n:::")
    assert plain("::: callout\nText\n:::") == "Note: Text"


def test_its_title_is_the_word_for_its_kind() -> None:
    setting = Setting(words={"warning": "Achtung"})

    assert "<strong>Achtung</strong>" in page("::: callout warning\nText\n:::", setting)
    assert plain("::: callout warning\nText\n:::", setting) == "Achtung: Text"


def test_its_author_may_title_it_or_leave_the_title_out() -> None:
    assert "<strong>Mind &lt; step</strong>" in page('::: callout {title="Mind < step"}\nText\n:::')
    assert plain('::: callout {title="Mind the step"}\n- one\n:::') == "Mind the step:\n\n* one"
    assert plain('::: callout {title=""}\nText\n:::') == "Text"


def test_a_quote_says_who_said_it() -> None:
    source = '::: callout {kind=quote by="Ada Ash"}\nOwls.\n:::'

    assert "<strong>" not in page(source)
    assert "\N{EM DASH} Ada Ash" in page(source)
    assert plain(source) == "> Owls.\n>\n> -- Ada Ash"


def test_a_title_may_be_a_recipients() -> None:
    source = """::: callout {title="{{ recipient.name | default('You') }}"}\nText\n:::"""

    assert "<strong>A &amp; B</strong>" in page(source, name="A & B")
    assert plain(source) == "You: Text"
