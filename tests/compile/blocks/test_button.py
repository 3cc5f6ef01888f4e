"""`button`: links as buttons."""

import pytest
from tests.compile.blocks.stages import page, plain, tags


def test_a_link_with_the_class_alone_in_its_paragraph_is_one() -> None:
    html = page("[Read *on*](https://e.com/a){.button}")

    assert '<table class="buttons" role="presentation"' in html
    assert '<a href="https://e.com/a" class="button">Read <em>on</em></a>' in html
    assert "<p" not in html


def test_a_block_with_an_address_is_the_same() -> None:
    written = page("::: button {href=https://e.com/a}\nRead *on*\n:::")

    assert written.strip() == page("[Read *on*](https://e.com/a){.button}").strip()


def test_a_block_may_hold_the_link() -> None:
    assert 'class="button"' in page("::: button {align=center}\n[Read](https://e.com/a)\n:::")


def test_the_cell_has_the_padding_for_outlook() -> None:
    assert 'style="mso-padding-alt:12px 22px"' in page("[Read](https://e.com/a){.button}")


def test_it_stands_where_it_is_told_to() -> None:
    html = page("::: button {href=/a align=center}\nRead\n:::")

    assert 'align="center"' in html
    assert "margin-left:auto;margin-right:auto" in html


def test_several_stand_side_by_side() -> None:
    html = page("[One](/1){.button} [Two](/2){.button}")

    assert html.count("<table") == 1
    assert len(tags(html, "td")) == 3, "two, and the space between"
    assert plain("[One](https://e.com/1){.button} [Two](https://e.com/2){.button}") == (
        "One: https://e.com/1\n\nTwo: https://e.com/2"
    )


def test_its_address_is_completed() -> None:
    assert 'href="https://example.com/a"' in page("::: button /a\nRead\n:::")


@pytest.mark.parametrize(
    "source", ["See [this](/a){.button}.", "[this](/a){.button} [that](/b)", "- [this](/a){.button}"]
)
def test_a_link_among_other_words_stays_in_its_line(source: str) -> None:
    assert "<table" not in page(source)


def test_a_recipients_value_may_be_its_address_and_its_text() -> None:
    source = '::: button {href="{{ recipient.url }}"}\nHello {{ recipient.name | default("you") }}\n:::'

    assert 'href="https://e.com/?a=1&amp;b=2"' in page(source, url="https://e.com/?a=1&b=2")
    assert 'href="#"' in page(source, url="javascript:alert(1)")
    assert plain(source, url="https://e.com/u") == "Hello you: https://e.com/u"


def test_each_may_wait_for_the_recipient() -> None:
    source = "{% if recipient.a %}[One](/1){.button}{% else %}[Two](/2){.button}{% endif %}"

    assert page(source, a="x").count('class="button"') == 1
    assert "One" in page(source, a="x")
    assert "Two" in page(source)
    assert plain(source).strip() == "Two: https://example.com/2"


def test_a_mail_address_is_written_without_its_scheme() -> None:
    assert plain("[Write to us](mailto:a@e.com){.button}") == "Write to us: a@e.com"


def test_an_address_is_not_written_twice() -> None:
    assert plain("[https://e.com/](https://e.com/){.button}") == "https://e.com/"


def test_a_very_long_word_may_break_and_no_other() -> None:
    html = page(f"[{'x' * 25}](https://x.org){{.button}} [Read the log](https://y.org){{.button}}")
    long, short = tags(html, "a")

    assert "word-break:break-word" in long
    assert "word-break" not in short
