"""Every text on every ground: one of the pairs that a theme is judged by, in both palettes."""

import re
from pathlib import Path

import pytest
from tests.compile.newsletter import compile_in, filled, make_newsletter
from tests.compile.readable import colours_of_words

from mailer.layout.contrast import READ_ON
from mailer.layout.load import load_layout
from mailer.layout.palette import PALETTES

ROOT = Path(__file__).parents[2]
LAYOUTS = ("newsletter", "plain", "digest")
AROUND = {
    "nothing": "{}",
    "a card": ":::: card\n{}\n::::",
    "a note": ":::: callout note\n{}\n::::",
    "a warning": ":::: callout warning\n{}\n::::",
    "a quote": ":::: callout quote\n{}\n::::",
    "columns": ":::: columns\n::: column\n{}\n:::\n::: column\nTwo\n:::\n::::",
    "a hero": ":::: hero\n{}\n::::",
}


def distinct_theme() -> dict[str, dict[str, str]]:
    """Return the built-in colours, each changed so little that it passes, so much that no two are alike."""
    theme = load_layout("newsletter", None, aliases={}).theme
    return {
        palette: {
            name: f"{colour[:5]}{(int(colour[5:], 16) // 32 * 32 + number):02x}"
            for number, (name, colour) in enumerate(theme[palette].items())
        }
        for palette in PALETTES
    }


THEME = distinct_theme()


def toml() -> str:
    tables = (
        f"[{palette}]\n" + "".join(f'{name} = "{colour}"\n' for name, colour in colours.items())
        for palette, colours in THEME.items()
    )
    return 'footer = "Printed on owls"\nsocial = [{ name = "W", url = "https://e.com" }]\n' + "\n".join(
        tables
    )


def everything() -> str:
    """Return the examples of blocks, and every construct of Markdown in each block that holds text."""
    blocks = re.findall(r"(?ms)^```markdown\n(.*?)^```$", (ROOT / "docs" / "blocks.md").read_text("utf-8"))
    page = (Path(__file__).parent / "pages" / "text.md").read_text(encoding="utf-8").split("---\n", 2)[2]
    words = page.rpartition("---")[0].replace("[^1]", "") + "\n==~~gone~~ `code`==\n\n[Go](/a){.button}\n"
    text = "\n\n".join(around.format(words) for around in AROUND.values())
    quoted = "\n".join(f"> {line}" for line in words.splitlines())
    return "\n\n".join([*blocks, text, quoted, "A note[^1].\n\n[^1]: Of [last week](/b), in `code`.\n"])


@pytest.fixture(scope="module", params=LAYOUTS)
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("readable")
    front = f"---\nsubject: Owls\nlayout: {request.param}\ndate: 2026-11-02\n---\n"
    make_newsletter(folder, issue=front + everything(), theme=toml())
    (folder / "parts").mkdir()
    (folder / "parts" / "event.md").write_text("**{{ title }}** at {{ place }}.\n", encoding="utf-8")
    return filled(compile_in(folder), segment="client", country="de").html


@pytest.mark.parametrize("palette", PALETTES)
def test_every_pair_that_meets_is_judged(page: str, palette: str) -> None:
    names = {colour: name for name, colour in THEME[palette].items()}
    met = {
        (names.get(front, front), names.get(back, back)): text
        for (front, back), text in colours_of_words(page, dark=palette == "dark")
    }
    assert len(names) == len(THEME[palette])
    assert {pair: text for pair, text in met.items() if pair not in READ_ON} == {}
    assert len(met) > 20
