"""The fixed words of a layout are in the language of the issue."""

import re
import tomllib
from pathlib import Path

import pytest
from tests.compile.newsletter import compile_in, filled, make_newsletter

from mailer.errors import LayoutError
from mailer.layout.load import load_layout
from mailer.layout.words import in_language

ROOT = Path(__file__).parents[2]
SHIPPED = tomllib.loads((ROOT / "src/mailer/layout/builtin/words.toml").read_text(encoding="utf-8"))
ENGLISH = load_layout("newsletter", None, aliases={}).theme["words"]


def words(lang: str, folder: Path | None = None, theme: str = "") -> dict[str, object]:
    if folder:
        (folder / "theme.toml").write_text(theme, encoding="utf-8")
    return dict(in_language(load_layout("newsletter", folder, aliases={}), lang).theme["words"])


@pytest.mark.parametrize("lang", SHIPPED)
def test_a_language_has_every_word(lang: str) -> None:
    shipped = SHIPPED[lang]

    assert list(shipped) == list(ENGLISH)
    assert all(shipped.values())
    assert shipped["reason"].count("{newsletter}") == 1
    assert sorted(re.findall(r"\{\w+\}", shipped["date"])) == ["{day}", "{month}", "{year}"]
    assert len(shipped["months"]) == len(set(shipped["months"])) == 12
    assert "[" not in "".join(shipped[name] for name in ("footnote", "image", "video"))


def test_the_documentation_names_every_language() -> None:
    page = (ROOT / "docs" / "layout.md").read_text(encoding="utf-8")
    listed = re.search(r"^ar, bg, .*$", page, re.MULTILINE)

    assert listed
    assert re.split(r", | and ", listed[0].rstrip(".")) == list(SHIPPED)


@pytest.mark.parametrize(
    ("lang", "unsubscribe"),
    [
        ("en", "Unsubscribe"),
        ("en-GB", "Unsubscribe"),
        ("de", "Abmelden"),
        ("de-AT", "Abmelden"),
        ("PT-br", "Cancelar inscrição"),
        ("pt", "Cancelar a subscrição"),
        ("xx", "Unsubscribe"),
    ],
)
def test_words_are_found_by_language_and_country(lang: str, unsubscribe: str) -> None:
    assert words(lang)["unsubscribe"] == unsubscribe


def test_a_project_goes_before_what_ships_and_one_language_before_all(tmp_path: Path) -> None:
    theme = '[words]\nunsubscribe = "Leave"\nview = "Look"\n'
    theme += '[words.de]\nview = "Ansehen"\n[words.de-AT]\nnote = "Schau"\n'

    assert words("en", tmp_path, theme)["unsubscribe"] == "Leave"
    german = words("de", tmp_path, theme)
    assert (german["unsubscribe"], german["view"], german["note"]) == ("Leave", "Ansehen", "Hinweis")
    assert words("de-at", tmp_path, theme)["note"] == "Schau"
    assert "de" not in german


@pytest.mark.parametrize(
    ("theme", "line", "message"),
    [
        (
            '[words.de]\nunsubscibe = "x"\n',
            2,
            "unknown key 'unsubscibe' in [words.de] (did you mean 'unsubscribe'?)",
        ),
        ("[words.de]\nview = 1\n", 2, "'words.de.view' must be text in quotes"),
        ('[words]\nlink = "x"\n', 2, "unknown key 'link' in [words]"),
    ],
)
def test_a_wrong_word_is_told_with_its_line(tmp_path: Path, theme: str, line: int, message: str) -> None:
    with pytest.raises(LayoutError) as refused:
        words("de", tmp_path, theme)

    assert message in refused.value.message
    assert refused.value.position.line == line


ISSUE = """\
---
subject: Die Eulen
lang: de
date: 2026-03-04
---
Gesehen[^1] im [Dorf](https://example.com/dorf).

::: callout warning
Glatt.
:::

![Eine Eule](https://example.com/owl.png)

[^1]: Am Abend.
"""


def test_page_and_text_of_an_issue_speak_its_language(tmp_path: Path) -> None:
    make_newsletter(tmp_path, issue=ISSUE)
    done = filled(compile_in(tmp_path))

    for word in ("Abmelden", "Im Browser ansehen", "Achtung", "4. März 2026"):
        assert word in done.html
    for word in (
        "Abmelden: ",
        "Achtung: Glatt.",
        "Anmerkungen\n-----------",
        "[Anm. 1] Am Abend.",
        "Gesehen [Anm. 1]",
    ):
        assert word in done.text
    assert "[Bild: Eine Eule]" in done.text
    assert "Links\n-----" in done.text
    assert not re.search(
        r"Unsubscribe|View in|\[note|Image:|Warning", done.text + done.html[done.html.index("<body") :]
    )
