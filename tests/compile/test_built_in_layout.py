import re
from pathlib import Path

import pytest
from tests.compile.built_in import BUILT_IN, PLACEHOLDER, built_in_css, built_in_page
from tests.compile.page import read_page

from mailer.compile.newsletter import Newsletter
from mailer.layout.load import load_layout

ROOT = Path(__file__).parents[2]
LEAN = Newsletter(name="Lean", sender="Lean <news@example.com>")
GMAIL_STYLE_LIMIT = 16_000


@pytest.fixture(scope="module")
def page() -> str:
    return built_in_page()


def styles(page: str) -> str:
    return "".join(re.findall(r'<style type="text/css">(.*?)</style>', page, re.DOTALL))


def test_the_page_and_its_wrapper_tell_language_and_direction() -> None:
    page = built_in_page(lang="ar", dir="rtl")

    assert re.search(r'<html lang="ar" dir="rtl"', page)
    assert re.search(r'<div [^>]*role="article" lang="ar" dir="rtl"', page)


def test_right_to_left_turns_every_box() -> None:
    page = built_in_page(lang="ar", dir="rtl")

    assert "direction:ltr" not in page
    assert 'class="md"' in page
    assert re.search(r'<td align="right" class="md"', page)


def test_the_title_is_the_subject(page: str) -> None:
    assert "<title>Teaching &#34;machines&#34; &#38; us</title>" in page


def test_the_preheader_is_hidden_and_in_the_colour_of_text(page: str) -> None:
    theme = load_layout("newsletter", None, aliases={}).theme
    found = re.search(r'<div style="(display:none[^"]*)">What faces give away', page)

    assert found
    assert f"color:{theme['light']['text']}" in found[1]
    assert page.count("display:none") == 2, "the preheader, and the air on a phone"


def test_without_a_preheader_nothing_is_hidden() -> None:
    assert "mso-hide" not in built_in_page(preheader="")


def test_the_page_says_that_it_knows_dark_mode(page: str) -> None:
    assert '<meta name="color-scheme" content="light dark" />' in page
    assert '<meta name="supported-color-schemes" content="light dark" />' in page
    assert "[data-ogsc] .md a" in page
    assert "[data-ogsb] .sheet" in page


def test_every_light_colour_on_the_page_has_its_dark_one() -> None:
    theme = load_layout("newsletter", None, aliases={}).theme
    rules = styles(built_in_page())
    dark = rules[rules.index("prefers-color-scheme") :]

    for name, colour in theme["dark"].items():
        assert f":{colour} !important" in dark, name


def selectors_of(css: str, properties: str) -> set[str]:
    """Return the selectors, in plain form, of the rules that set one of the properties to a colour."""
    found: set[str] = set()
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", css):
        if re.search(rf"(?:^|[;\s])(?:{properties})\s*:[^;]*#", body):
            found |= {re.sub(r"\b[a-z]+(?=\.)| > tr| >", "", one.strip()) for one in selectors.split(",")}
    return found


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_coloured_element_of_the_content_has_a_dark_rule(name: str) -> None:
    rules = styles(built_in_page(name=name))
    media = rules[rules.index("prefers-color-scheme") : rules.index("[data-ogs")]

    media = media.replace(":transparent", ":#")  # of what a darker element covers
    for properties in ("color", "background-color", "border[a-z-]*"):
        assert selectors_of(built_in_css(), properties) <= selectors_of(media, properties), properties


@pytest.mark.parametrize("name", BUILT_IN)
def test_outlook_on_the_web_gets_each_dark_colour_too(name: str) -> None:
    rules = styles(built_in_page(name=name))
    outlook = rules.index("[data-ogs")
    media = rules[rules.index("prefers-color-scheme") : outlook]

    for properties in ("color", "background-color", "border[a-z-]*"):
        restored = {
            re.sub(r"\[data-ogs[bc]\] ", "", one) for one in selectors_of(rules[outlook:], properties)
        }
        assert selectors_of(media, properties) - {"body", "body div"} == restored, properties


def test_only_what_the_content_has_gets_rules() -> None:
    rules = styles(built_in_page(used=frozenset({"p", "a"})))

    rules = rules[rules.index("prefers-color-scheme") :]
    assert ".md a" in rules
    assert not re.search(r"\.md (?:h1|\.highlight|\.callout|td|\.column)", rules)


def test_dark_rules_beat_the_inline_styles(page: str) -> None:
    rules = styles(page)
    dark = rules[rules.index("prefers-color-scheme") :]
    declarations = re.findall(r"\{([^{}]*)\}", dark)

    assert declarations
    assert all("!important" in declaration for declaration in declarations)


def test_gmail_keeps_the_style_rules_for_they_are_short(page: str) -> None:
    assert len(styles(page).encode()) < GMAIL_STYLE_LIMIT
    assert "{{" not in page
    assert "&gt;" not in styles(page)


def test_the_footer_says_who_why_and_how_to_leave(page: str) -> None:
    assert "<strong>Field Notes &amp; more</strong><br />1 Main St, Springfield" in page
    assert "You get this because you subscribed to Field Notes &amp; more." in page
    assert re.search(r'<a class="link" href="zxq12340v0zx" [^>]*>Unsubscribe</a>', page)
    assert re.search(r'<a class="link" href="zxq12341v0zx" [^>]*>View in browser</a>', page)


def test_a_newsletter_with_little_to_tell_shows_little() -> None:
    page = built_in_page(newsletter=LEAN, issue={"date": None})

    assert "View in browser" not in page
    assert "Unsubscribe" in page
    assert "2019" not in page
    assert "<br />1 Main" not in page


def test_the_date_is_written_out(page: str) -> None:
    assert ">17 April 2019</td>" in page


def test_layout_tables_are_no_tables_to_a_screen_reader(page: str) -> None:
    tables = re.findall(r"<table[^>]*>", page)

    assert tables
    assert all('role="presentation"' in table for table in tables)


def test_nothing_on_the_page_comes_from_elsewhere(page: str) -> None:
    addresses = set(re.findall(r'(?:src|href)="([^"]*)"', page))

    assert addresses == {"https://example.com", "zxq12340v0zx", "zxq12341v0zx"}
    assert "url(" not in page


def test_conditions_for_outlook_are_whole(page: str) -> None:
    assert page.count("<!--[if") == page.count("<![endif]-->")


def test_a_logo_and_social_links_take_their_places(tmp_path: Path) -> None:
    (tmp_path / "theme.toml").write_text(
        'footer = "Printed <nowhere>"\nsocial = [{ name = "A & B", url = "https://x.org/?a=1&b=2" }]\n'
        '[logo]\nsrc = "https://x.org/logo.png"\nwidth = 120\n'
    )

    page = built_in_page(tmp_path)

    assert re.search(r'<img src="https://x.org/logo.png" alt="Field Notes &#38; more" width="120"', page)
    assert re.search(r'href="https://x.org/\?a=1&#38;b=2" [^>]*>A &amp; B</a>', page)
    assert "Printed &lt;nowhere&gt;" in page


def test_this_projects_own_layout_extends_the_built_in_one() -> None:
    page = built_in_page(ROOT / "layouts")

    assert "Liked this? Forward it to a friend." in page
    assert len((ROOT / "layouts" / "newsletter.mjml").read_text(encoding="utf-8").splitlines()) <= 10


def test_words_that_may_be_in_another_script_keep_their_own_order() -> None:
    page = built_in_page(lang="ar", dir="rtl")

    assert '<span dir="auto">17 April 2019</span>' in page
    assert '<span dir="auto">1 Main St, Springfield</span>' in page


@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize(("lang", "direction", "side"), [("en", "ltr", "left"), ("ar", "rtl", "right")])
def test_every_layout_turns_with_the_direction(name: str, lang: str, direction: str, side: str) -> None:
    page = built_in_page(name=name, lang=lang, dir=direction)
    other = {"ltr": "rtl", "rtl": "ltr"}[direction]

    assert f'<html lang="{lang}" dir="{direction}"' in page
    assert f"direction:{other}" not in page
    assert re.search(rf'<td align="{side}" class="md"', page)


@pytest.mark.parametrize("name", BUILT_IN)
def test_lines_break_where_the_language_breaks_them(name: str) -> None:
    assert "line-break:strict" in styles(built_in_page(name=name, lang="ja"))
    assert "keep-all" in styles(built_in_page(name=name, lang="ko-KR"))
    assert "keep-all" not in styles(built_in_page(name=name, lang="ja"))


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_layout_is_whole(name: str) -> None:
    page = built_in_page(name=name)

    assert page.count(PLACEHOLDER) == 1
    assert page.count("<!--[if") == page.count("<![endif]-->")
    assert "Unsubscribe" in page
    assert "1 Main St, Springfield" in page
    assert read_page(page).faults == []
    assert len(styles(page).encode()) < GMAIL_STYLE_LIMIT


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_projects_layout_extends_each_in_a_few_lines(tmp_path: Path, name: str) -> None:
    head = "<mj-section><mj-column><mj-text>Own head</mj-text></mj-column></mj-section>"
    (tmp_path / f"{name}.mjml").write_text(
        f'{{% extends "builtin/{name}.mjml" %}}\n'
        f"{{% block masthead %}}{head}{{% endblock %}}\n"
        "{% block reason %}Own reason{% endblock %}\n"
    )

    page = built_in_page(tmp_path, name=name)

    assert "Own head" in page
    assert "Own reason" in page
    assert "You get this because" not in page


def test_a_letter_has_neither_card_nor_head() -> None:
    page = built_in_page(name="plain")
    theme = load_layout("plain", None, aliases={}).theme

    assert 'class="sheet"' not in page
    assert 'class="name"' not in page
    assert f'<body style="word-spacing:normal;background-color:{theme["light"]["card"]};"' in page
    assert f"body, body > div {{ background-color:{theme['dark']['card']} !important; }}" in page


def test_a_logo_has_its_dark_form(tmp_path: Path) -> None:
    (tmp_path / "theme.toml").write_text(
        '[logo]\nsrc = "https://x.org/day.png"\ndark = "https://x.org/night.png"\n'
    )

    page = built_in_page(tmp_path)

    assert re.search(r'<img class="logo-light" src="https://x.org/day.png" [^>]*style="display:block;', page)
    night = (
        r'<!--\[if !mso\]><!--><img class="logo-dark" src="https://x.org/night.png" [^>]*style="display:none;'
    )
    assert re.search(night, page)
    for prefix in ("", "[data-ogsc] "):
        assert f"\n{prefix}.logo-light {{ display:none !important; }}" in styles(page)
        assert f"\n{prefix}.logo-dark {{ display:block !important; }}" in styles(page)


def test_without_a_dark_logo_nothing_is_swapped() -> None:
    assert "logo-" not in built_in_page()
