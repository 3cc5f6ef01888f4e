"""Pictures of the project that a theme or a layout names."""

from pathlib import Path

import pytest
from tests.compile.drawn import png, webp
from tests.compile.newsletter import SETTINGS, compile_in, make_newsletter

from mailer.compile.compiled import CompiledIssue
from mailer.errors import LayoutError

WITHOUT_A_SITE = SETTINGS.replace('url = "https://example.com"\n', "", 1)
THEME = '[logo]\nsrc = "brand/day.png"\ndark = "brand/night.png"\n'
LAYOUT = (
    '{% extends "builtin/newsletter.mjml" %}\n{% block closing %}<mj-section><mj-column>\n'
    '<mj-image src="brand/foot.png" alt="x" /></mj-column></mj-section>{% endblock %}\n'
)


def compiled(folder: Path, settings: str = WITHOUT_A_SITE, **files: str) -> CompiledIssue:
    make_newsletter(folder, **{"settings": settings, "issue": "# Owls\n\nText", "theme": THEME, **files})
    (folder / "brand").mkdir(exist_ok=True)
    for number, name in enumerate(("day.png", "night.png", "foot.png"), start=1):
        (folder / "brand" / name).write_bytes(png(number, number))
    return compile_in(folder)


def test_without_a_site_they_travel_with_the_message(tmp_path: Path) -> None:
    found = compiled(tmp_path, layout=LAYOUT)

    assert [image.path for image in found.images] == ["brand/day.png", "brand/night.png", "brand/foot.png"]
    assert all(image.carried and f'src="cid:{image.content_id}"' in found.html for image in found.images)


def test_with_a_site_they_live_there_and_are_asked_for_where_they_are_named(tmp_path: Path) -> None:
    found = compiled(tmp_path, SETTINGS, layout=LAYOUT)
    shown = {one.url: (Path(one.position.path).name, one.position.line) for one in found.shown}

    assert not any(image.carried for image in found.images)
    assert shown == {
        "https://example.com/brand/day.png": ("theme.toml", 2),
        "https://example.com/brand/night.png": ("theme.toml", 3),
        "https://example.com/brand/foot.png": ("newsletter.mjml", 3),
    }


def test_another_picture_is_another_digest(tmp_path: Path) -> None:
    before = compiled(tmp_path, SETTINGS).digest
    (tmp_path / "brand" / "day.png").write_bytes(png(9, 9))

    assert compile_in(tmp_path).digest != before


@pytest.mark.parametrize("kind", ["theme", "layout"])
def test_one_that_is_missing_points_to_its_line(tmp_path: Path, kind: str) -> None:
    files = {"theme": THEME, "layout": LAYOUT}
    with pytest.raises(LayoutError, match="there is no picture 'brand/none") as caught:
        compiled(tmp_path, **{kind: files[kind].replace("brand/foot", "brand/none").replace("day", "none")})

    place = caught.value.position
    assert (Path(place.path).name, place.line) == {
        "theme": ("theme.toml", 2),
        "layout": ("newsletter.mjml", 3),
    }[kind]
    assert "brand/none.png" in caught.value.source_line


def test_a_webp_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "foot.webp").write_bytes(webp(3, 2))
    found = compiled(tmp_path, layout=LAYOUT.replace("brand/foot.png", "foot.webp"))

    assert [(one.rule, one.position.line) for one in found.findings] == [("IMG-01", 3)]
