"""The fixed words of a page and its text part (`Unsubscribe`, the months) in the language of an issue."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from mailer.layout.layout import Layout
from mailer.layout.theme import parse_theme

_ENGLISH = "en"


def in_language(layout: Layout, lang: str) -> Layout:
    """
    Return the layout whose theme has the words of a language (BCP 47), English where there are none.

    What the project's theme says for all languages goes before what ships, and what it says for one
    language before that.
    """
    own = {name.lower(): value for name, value in _own(layout).items()}
    words = {name: value for name, value in layout.theme["words"].items() if not isinstance(value, dict)}
    for tag in _tags(lang):
        shipped = {} if tag == _ENGLISH else _shipped().get(tag, {})
        words |= {name: value for name, value in shipped.items() if name not in own}
    for tag in _tags(lang):
        words |= own.get(tag, {})
    return replace(layout, theme={**layout.theme, "words": words})


def _own(layout: Layout) -> Mapping[str, Any]:
    own: Mapping[str, Any] = parse_theme(layout.theme_file).get("words", {}) if layout.theme_file else {}
    return own


def _tags(lang: str) -> tuple[str, ...]:
    """Return the language and, after it, its form in a country: `pt`, `pt-br`."""
    tag = lang.lower()
    return tuple(dict.fromkeys((tag.partition("-")[0], tag)))


@cache
def _shipped() -> Mapping[str, Mapping[str, Any]]:
    text = (files("mailer.layout") / "builtin" / "words.toml").read_text(encoding="utf-8")
    return {tag.lower(): words for tag, words in tomllib.loads(text).items()}
