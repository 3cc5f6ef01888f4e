"""`social`: links in a row."""

import re

from tests.compile.blocks.stages import page, plain

from mailer.compile.blocks import Setting

SOURCE = "::: social\n- [A & B](https://e.com/a)\n- [C](https://e.com/c)\n:::"


def test_the_links_stand_in_one_line() -> None:
    assert re.search(
        r'<p class="social"><a [^>]*>A &amp; B</a><span>.*</span><a [^>]*>C</a></p>', page(SOURCE)
    )
    assert plain(SOURCE) == "* A & B: https://e.com/a\n* C: https://e.com/c"


def test_without_links_those_of_the_theme_are_shown() -> None:
    setting = Setting(social=[{"name": "Web", "url": "https://e.com/"}])

    assert '<p class="social"><a href="https://e.com/">Web</a></p>' in page("::: social :::", setting)


def test_a_link_may_wait() -> None:
    waiting = "{% if recipient.x %}\n- [C](https://e.com/c)\n{% endif %}"
    source = f"::: social\n- [A](https://e.com/a)\n{waiting}\n:::"

    assert page(source).count("<a ") == 1
    assert page(source).count("<span") == 0
    assert plain(source) == "* A: https://e.com/a"
    assert plain(source, x="y") == "* A: https://e.com/a\n* C: https://e.com/c"
