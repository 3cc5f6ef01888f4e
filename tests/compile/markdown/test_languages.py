"""Quotation marks, spaces and dashes follow the language of the issue."""

import pytest

from mailer.compile.markdown import to_html

NESTED = "\"a 'b'\" it's"
QUOTED = {
    "en": "\u201ca \u2018b\u2019\u201d",
    "fr": "«\u202fa \u201cb\u201d\u202f»",
    "fr-CH": "«\u202fa \u2039b\u203a\u202f»",
    "de": "\u201ea \u201ab\u2018\u201c",
    "de-AT": "\u201ea \u201ab\u2018\u201c",
    "de-CH": "«a \u2039b\u203a»",
    "es": "«a \u201cb\u201d»",
    "it": "«a \u201cb\u201d»",
    "pt": "«a \u201cb\u201d»",
    "pt-BR": "\u201ca \u2018b\u2019\u201d",
    "nl": "\u201ca \u2018b\u2019\u201d",
    "sv": "\u201da \u2019b\u2019\u201d",
    "da": "\u201da \u2019b\u2019\u201d",
    "nb": "«a \u2018b\u2019»",
    "nb_NO": "«a \u2018b\u2019»",
    "fi": "\u201da \u2019b\u2019\u201d",
    "pl": "\u201ea «b»\u201d",
    "cs": "\u201ea \u201ab\u2018\u201c",
    "ru": "«a \u201eb\u201c»",
    "ja": "「a 『b』」",
    "zh": "\u201ca \u2018b\u2019\u201d",
    "zh-Hant-TW": "「a 『b』」",
    "zh-TW": "「a 『b』」",
    "xx": "\u201ca \u2018b\u2019\u201d",
    "": "\u201ca \u2018b\u2019\u201d",
}


@pytest.mark.parametrize(("lang", "expected"), QUOTED.items())
def test_quotes_follow_the_language(lang: str, expected: str) -> None:
    assert to_html(NESTED, lang=lang) == f"<p>{expected} it\u2019s</p>"


def test_quotes_need_no_spaces_between_wide_characters() -> None:
    assert to_html('彼は"はい"と言った', lang="ja") == "<p>彼は「はい」と言った</p>"


def test_a_question_in_spanish_opens_its_quotes() -> None:
    assert to_html('¿"Sí"? ¡"no"!', lang="es") == "<p>¿«Sí»? ¡«no»!</p>"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Bonjour ! Ça va ?", "Bonjour_! Ça va_?"),
        ("Bonjour! Ça va?!", "Bonjour_! Ça va_?!"),
        ("un ; deux : trois", "un_; deux_: trois"),
        ("« mot » et «mot»", "«_mot_» et «_mot_»"),
        ('"mot" !', "«_mot_»_!"),
        ('(vraiment ?) "Où ?"', "(vraiment_?) «_Où_?_»"),
        ("*oui*! **non** ?", "<em>oui</em>_! <strong>non</strong>_?"),
        ("**(oui)** !", "<strong>(oui)</strong>_!"),
        ("10:30 a:b", "10:30 a:b"),
        ("`a !` \\!", "<code>a !</code> !"),
        ("! seul ?", "! seul_?"),
        ("http://a.fr/b?c:", '<a href="http://a.fr/b?c">http://a.fr/b?c</a>_:'),
        ("&nbsp;!", "\N{NO-BREAK SPACE}!"),
        ("déjà\N{NO-BREAK SPACE}!", "déjà_!"),
    ],
)
def test_french_has_narrow_spaces_beside_its_signs(source: str, expected: str) -> None:
    spaced = expected.replace("_", "\N{NARROW NO-BREAK SPACE}")

    assert to_html(source, lang="fr") == f"<p>{spaced}</p>"
    assert to_html(source, lang="fr-CA") == f"<p>{spaced}</p>"


def test_other_languages_keep_their_spaces() -> None:
    assert to_html("a ! « b » c?", lang="de") == "<p>a ! « b » c?</p>"
