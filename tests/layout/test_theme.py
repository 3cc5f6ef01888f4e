import re
from importlib.resources import files
from pathlib import Path

import pytest

from mailer.errors import LayoutError
from mailer.finding import Severity
from mailer.layout.contrast import ENOUGH, READ_ON, contrast, nearest_readable
from mailer.layout.inversion import fully_inverted, inverted, partly_inverted
from mailer.layout.palette import Change
from mailer.layout.theme import ThemeFile, read_theme

BUILTIN = ThemeFile(
    "builtin/theme.toml", (files("mailer.layout") / "builtin" / "theme.toml").read_text(encoding="utf-8")
)
GREYS = [f"#{3 * f'{step:02x}'}" for step in range(256)]


def read(text: str) -> dict[str, object]:
    return dict(read_theme(BUILTIN, ThemeFile("layouts/theme.toml", text))[0])


def refused(text: str) -> LayoutError:
    with pytest.raises(LayoutError) as caught:
        read(text)
    return caught.value


@pytest.mark.parametrize("palette", ["light", "dark"])
@pytest.mark.parametrize(("front", "back"), READ_ON)
def test_every_pair_of_built_in_colours_is_read_with_ease(palette: str, front: str, back: str) -> None:
    colours = read_theme(BUILTIN, None)[0][palette]

    assert contrast(colours[front], colours[back]) >= ENOUGH


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#ffffff", "#767676") == pytest.approx(4.54, abs=0.005)
    assert contrast("#123456", "#123456") == 1


def test_both_palettes_have_the_same_colours() -> None:
    theme = read_theme(BUILTIN, None)[0]

    assert theme["light"].keys() == theme["dark"].keys()


def test_values_are_brought_to_one_form() -> None:
    theme = read(
        """
        width = "600px"
        radius = 0
        font = "Georgia, 'Times New Roman', serif"
        [light]
        link = "#00A"
        """
    )

    assert (theme["width"], theme["radius"]) == (600, 0)
    assert theme["font"] == "Georgia, Times New Roman, serif"
    assert theme["light"]["link"] == "#0000aa"  # type: ignore[index]


def test_social_links_and_words_are_taken_over() -> None:
    theme = read(
        """
        social = [{ name = "GitHub", url = "https://github.com/example" }]
        [words]
        unsubscribe = "Abmelden"
        """
    )

    assert theme["social"] == [{"name": "GitHub", "url": "https://github.com/example"}]
    assert theme["words"]["unsubscribe"] == "Abmelden"  # type: ignore[index]
    assert theme["words"]["view"] == "View in browser"  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("\nwdth = 600", 2, "unknown key 'wdth' in the theme (did you mean 'width'?)"),
        ("[light]\n\nlnk = '#fff'", 3, "unknown key 'lnk' in [light] (did you mean 'link'?)"),
        ("[ligth]\nlink = '#fff'", 1, "unknown key 'ligth' in the theme (did you mean 'light'?)"),
        ("light.lnk = '#fff'", 1, "unknown key 'lnk' in [light] (did you mean 'link'?)"),
        ("light = '#fff'", 1, "'light' is a table"),
        ("[dark]\ntext = 'white'", 2, "'dark.text' must be a colour such as \"#1a56c4\", not 'white'"),
        ("[dark]\ntext = '#12345'", 2, "'dark.text' must be a colour"),
        ("[light]\ntext = 'red;} body{x:url(http://a)'", 2, "must be a colour"),
        ("width = 200", 1, "'width' must be a width from 320 to 900 pixels"),
        ("width = '40em'", 1, "'width' must be a width"),
        ("width = true", 1, "'width' must be a width"),
        ("radius = -1", 1, "'radius' must be a number of pixels"),
        ("radius = 1.5", 1, "'radius' must be a number of pixels"),
        ("font = 'a;b'", 1, "'font' must be font families"),
        ("font = 'Georgia, url(x)'", 1, "'font' must be font families"),
        ("font = 12", 1, "'font' must be font families"),
        ("footer = 12", 1, "'footer' must be text in quotes"),
        ("[logo]\nsrc = 'logo.svg'", 2, "'logo.src' must be an address"),
        ("[logo]\nsrc = 'javascript:alert(1)'", 2, "'logo.src' must be an address"),
        ("social = 'x'", 1, "'social' must be a list"),
        ("social = [{ name = 'x' }]", 1, "'social' must be a list"),
        ("[[social]]\nname = 'x'\nurl = 'javascript:x'", 1, "'social' must be a list"),
        ("[words]\nmonths = ['a']", 2, "'words.months' must be the names of the twelve months"),
        ("a = [", 1, "this is not TOML"),
        ("width = 600\nwidth =", 2, "this is not TOML"),
        ("width = 600\nwidth = 700\n", 2, "this is not TOML"),
    ],
)
def test_a_fault_names_its_line(text: str, line: int, message: str) -> None:
    error = refused(text)

    assert message in error.message
    assert (error.position.path, error.position.line) == ("layouts/theme.toml", line)


def test_an_unknown_key_is_told_the_known_ones() -> None:
    assert "known keys: src, dark, alt, width" in refused("[logo]\nheight = 3").hint


@pytest.mark.parametrize("palette", ["light", "dark"])
def test_colours_hard_to_read_are_an_error_with_the_nearest_that_pass(palette: str) -> None:
    faint = {"light": "#99ccff", "dark": "#334455"}[palette]

    error = refused(f"[{palette}]\nborder = '#000'\nlink = '{faint}'\n")

    assert (error.position.line, error.source_line) == (3, f"link = '{faint}'")
    assert re.match(rf"\[{palette}\] link on card has a contrast of 1\.\d, text needs 4\.5", error.message)
    assert "these fail too: [" in error.hint
    suggested = re.search(r'the nearest colour that passes: link = "(#[0-9a-f]{6})"', error.hint)
    assert suggested
    assert read(f"[{palette}]\nlink = '{suggested[1]}'\n")


def test_the_colour_to_change_is_the_authors_own() -> None:
    error = refused("[light]\naccent = '#ffdd00'\n")

    assert "[light] button_text on accent" in error.message
    assert 'passes: accent = "#' in error.hint


def test_colours_that_none_can_be_read_on_are_told_to_differ() -> None:
    error = refused("[light]\ncard = '#777777'\nbackground = '#888888'\nlink = '#7f7f7f'\n")

    assert "differ more in lightness" in error.hint or "the nearest colour that passes" in error.hint


def test_the_nearest_colour_passes_by_a_hair() -> None:
    for colour, others in (
        ("#99ccff", ["#ffffff"]),
        ("#777777", ["#ffffff", "#f6f7f9"]),
        ("#181818", ["#000000"]),
    ):
        nearest = nearest_readable(colour, others)
        worst = min(contrast(nearest, other) for other in others)

        assert ENOUGH <= worst < ENOUGH + 0.1, nearest

    assert nearest_readable("#808080", ["#ffffff", "#777777", "#000000"]) == ""


@pytest.mark.parametrize("change", [fully_inverted, partly_inverted])
@pytest.mark.parametrize(("front", "back"), READ_ON)
def test_no_pair_of_built_in_colours_is_lost_where_a_program_darkens_by_force(
    change: Change, front: str, back: str
) -> None:
    light = read_theme(BUILTIN, None)[0]["light"]

    assert contrast(*change(light[front], light[back])) >= ENOUGH


def test_where_text_or_background_alone_is_darkened_only_a_middle_grey_could_be_read() -> None:
    survivors = [
        grey for grey in GREYS if min(contrast(grey, "#ffffff"), contrast(grey, "#000000")) >= ENOUGH
    ]

    assert survivors == ["#757575", "#767676"]


def test_inversion_keeps_the_hue() -> None:
    assert inverted("#ffffff") == "#000000"
    assert inverted("#1a56c4") == "#3b77e5"
    assert fully_inverted("#ffffff", "#1a56c4") == ("#000000", "#3b77e5")
    assert partly_inverted("#ffffff", "#1a56c4") == ("#ffffff", "#1a56c4")
    assert partly_inverted("#000000", "#ffffff") == ("#ffffff", "#000000")


def test_colours_that_a_forced_darkness_makes_hard_to_read_are_a_warning_at_their_line() -> None:
    file = ThemeFile("layouts/theme.toml", "[light]\naccent = '#ffdd00'\nbutton_text = '#000'\n")

    _, findings = read_theme(BUILTIN, file)

    assert [(one.rule, one.severity, one.position.line) for one in findings] == [
        ("A11Y-18", Severity.WARNING, 3)
    ]
    assert "[light] button_text on accent has a contrast of 1.3 where a mail program" in findings[0].message


def test_every_key_of_the_theme_is_documented() -> None:
    theme = read_theme(BUILTIN, None)[0]
    told = (Path(__file__).parents[2] / "docs" / "layout.md").read_text(encoding="utf-8")

    for key in {*theme, *theme["light"], *theme["logo"], *theme["words"]}:
        assert f"`{key}`" in told or f"`[{key}]`" in told, key
