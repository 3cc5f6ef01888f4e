"""What typesetters do in which language: quotation marks, and spaces beside punctuation."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

Entry = TypeVar("Entry")

NARROW = "\N{NARROW NO-BREAK SPACE}"


class Quotes(NamedTuple):
    """Opening and closing quotation marks, and those within quotations."""

    opening: str
    closing: str
    inner_opening: str
    inner_closing: str


ENGLISH = Quotes(*"\u201c\u201d\u2018\u2019")
GERMAN = Quotes(*"\u201e\u201c\u201a\u2018")
GUILLEMETS = Quotes(*"\u00ab\u00bb\u2039\u203a")
SOUTHERN = Quotes(*"\u00ab\u00bb\u201c\u201d")
NORTHERN = Quotes(*"\u201d\u201d\u2019\u2019")
NORWEGIAN = Quotes(*"\u00ab\u00bb\u2018\u2019")
EASTERN = Quotes(*"\u00ab\u00bb\u201e\u201c")
CORNERS = Quotes(*"\u300c\u300d\u300e\u300f")

QUOTES: Mapping[str, Quotes] = {
    "bg": GERMAN,
    "cs": GERMAN,
    "da": NORTHERN,
    "de": GERMAN,
    "de-ch": GUILLEMETS,
    "de-li": GUILLEMETS,
    "el": SOUTHERN,
    "es": SOUTHERN,
    "fi": NORTHERN,
    "fr": Quotes(f"\u00ab{NARROW}", f"{NARROW}\u00bb", "\u201c", "\u201d"),
    "fr-ch": Quotes(f"\u00ab{NARROW}", f"{NARROW}\u00bb", "\u2039", "\u203a"),
    "hu": Quotes(*"\u201e\u201d\u00bb\u00ab"),
    "it": SOUTHERN,
    "it-ch": GUILLEMETS,
    "ja": CORNERS,
    "nb": NORWEGIAN,
    "nl": ENGLISH,
    "nn": NORWEGIAN,
    "no": NORWEGIAN,
    "pl": Quotes(*"\u201e\u201d\u00ab\u00bb"),
    "pt": SOUTHERN,
    "pt-br": ENGLISH,
    "ro": Quotes(*"\u201e\u201d\u00ab\u00bb"),
    "ru": EASTERN,
    "sk": GERMAN,
    "sl": GERMAN,
    "sv": NORTHERN,
    "uk": EASTERN,
    "zh": ENGLISH,
    "zh-hant": CORNERS,
    "zh-hk": CORNERS,
    "zh-tw": CORNERS,
}
"""By language, a region or script where it differs (BCP 47, lower case); English for all others."""

BEFORE_SIGN = re.compile(
    r"(?:(?<=[^\W_])|(?<=[)\]\u00bb\u201d\u2019'\"\u2026%€$])|\A)"
    r"[ \N{NO-BREAK SPACE}]?(?=[;:!?]+(?:[\s)\]\u00bb\u201d\"]|\Z))"
)
AFTER_OPENING = re.compile(r"«[ \N{NO-BREAK SPACE}]?(?=\S|\Z)")
BEFORE_CLOSING = re.compile(r"(?<=[^\s\N{NARROW NO-BREAK SPACE}])[ \N{NO-BREAK SPACE}]?»")

Space = Callable[[str, str], str]
"""Returns a text with the spaces of a language, given the character before it."""


def space_french(text: str, before: str) -> str:
    """Return a text with narrow spaces before `;:!?` and inside «…»; a line is never broken there."""

    def spaced(found: re.Match[str]) -> str:
        alone = found.start() == 0 and before.isspace()
        return found[0] if alone else NARROW

    if any(sign in text for sign in ";:!?"):
        text = BEFORE_SIGN.sub(spaced, text)
    if "«" in text or "»" in text:
        text = AFTER_OPENING.sub(f"«{NARROW}", text)
        text = BEFORE_CLOSING.sub(f"{NARROW}»", text)
    return text


SPACES: Mapping[str, Space] = {"fr": space_french}


def quotes_of(lang: str) -> Quotes:
    """Return the quotation marks of a language such as `de` or `pt-BR`."""
    return _look_up(QUOTES, lang) or ENGLISH


def spaces_of(lang: str) -> Space | None:
    """Return what puts the spaces of a language into a text, nothing where it has none of its own."""
    return _look_up(SPACES, lang)


def _look_up(table: Mapping[str, Entry], lang: str) -> Entry | None:
    """Return the entry of a tag, or of the nearest shorter one."""
    tag = lang.lower().replace("_", "-")
    while tag and tag not in table:
        tag = tag.rpartition("-")[0]
    return table.get(tag)
