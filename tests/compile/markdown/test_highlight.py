"""Code of a known language is coloured; nothing in it is changed."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.compile.markdown import to_html
from mailer.compile.marker import MARKER, marker
from mailer.layout.code import CODE_CLASSES

TAG = re.compile(r"<[^>]*>")
BEGIN, END, VALUE = (marker("abcd", *one) for one in ((1, "o", 1), (2, "e", 1), (3, "v", 2)))


def fence(code: str, language: str = "python") -> str:
    return to_html(f"~~~~~~ {language}\n{code}\n~~~~~~")


def text_of(html: str) -> str:
    return unescape(TAG.sub("", html)).strip("\n")


def test_tokens_stand_in_spans_with_a_class_of_the_theme() -> None:
    html = fence('def f(x):\n    return "a" + 1  # b')

    assert html == (
        '<pre class="highlight"><code class="language-python"><span class="k">def</span> '
        '<span class="na">f</span>(x):\n'
        '    <span class="k">return</span> <span class="s">&quot;a&quot;</span> + <span class="m">1</span>  '
        '<span class="c"># b</span>\n</code></pre>'
    )
    coloured = {name for names in CODE_CLASSES.values() for name in names}
    assert set(re.findall(r'span class="(\w+)"', html)) <= coloured


@pytest.mark.parametrize("language", ["", "text", "nosuchlanguage", "<b>", '"'])
def test_code_of_no_known_language_stays_plain(language: str) -> None:
    html = fence("if x: 1", language)

    assert "<span" not in html
    assert 'class="highlight"' not in html


def test_the_language_may_stand_in_an_attribute_list() -> None:
    assert to_html("    if x\n{: .language-ruby #a}").startswith(
        '<pre class="language-ruby highlight" id="a"><code><span class="k">if</span>'
    )


@pytest.mark.parametrize("language", ["python", "html", "js", "bash", "json", "yaml", "diff", "c", "console"])
@given(code=st.text(st.characters(blacklist_characters="\r\0\x02\x03~", blacklist_categories=["Cs"])))
def test_no_character_of_code_is_lost(language: str, code: str) -> None:
    assert text_of(fence(code, language)) == code.strip("\n")


@pytest.mark.parametrize("language", ["python", "html", "js", "bash", "json", "css", "sql"])
@pytest.mark.parametrize(
    "code",
    [
        f'x = "{VALUE} a"  # {VALUE}',
        f'"""\n{BEGIN}doc{END}\n"""',
        f"{BEGIN}\nif 1{VALUE}2:\n{END}",
        f"<a href='{VALUE}'>{BEGIN}b{END}</a>",
        f"#{VALUE}{BEGIN};{END} 0x{VALUE}",
    ],
)
def test_markers_survive_whole_and_pair_outside_of_spans(language: str, code: str) -> None:
    html = fence(code, language)

    assert [found[0] for found in MARKER.finditer(html)] == [found[0] for found in MARKER.finditer(code)]
    assert text_of(html) == code
    for tag in (BEGIN, END):
        before = html.partition(tag)[0]
        assert before.count("<span") == before.count("</span>")


def test_very_long_code_stays_plain() -> None:
    assert "<span" not in fence("x = 1\n" * 10_000)
