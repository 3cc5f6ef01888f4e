from pathlib import Path

import pytest

from mailer.errors import LayoutError
from mailer.layout.load import FILE_LIMIT, FILES_LIMIT, load_layout
from mailer.position import Position

ROOT = Path(__file__).parents[2]


def load(folder: Path | None, name: str = "newsletter", **aliases: str) -> object:
    return load_layout(name, folder, aliases=aliases)


def refused(folder: Path, name: str = "newsletter", **aliases: str) -> LayoutError:
    with pytest.raises(LayoutError) as caught:
        load(folder, name, **aliases)
    return caught.value


def test_without_a_folder_the_built_in_layout_is_used() -> None:
    layout = load_layout("newsletter", None, aliases={})

    assert layout.entry == "builtin/newsletter.mjml"
    assert layout.content_css == "builtin/content.css"
    assert layout.theme["width"] == 640
    assert layout.findings == ()
    assert set(layout.paths) == set(layout.templates)


def test_a_folder_that_is_not_there_is_like_none(tmp_path: Path) -> None:
    assert load(tmp_path / "layouts") == load(None)


def test_the_projects_own_layout_comes_before_the_built_in(tmp_path: Path) -> None:
    (tmp_path / "newsletter.mjml").write_text('{% extends "builtin/newsletter.mjml" %}\n')
    (tmp_path / "content.css").write_text(".md p { color:#123456; }\n")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "sponsor.mjml").write_text("<mj-section></mj-section>\n")

    layout = load_layout("newsletter", tmp_path, aliases={})

    assert layout.entry == "newsletter.mjml"
    assert layout.paths["newsletter.mjml"] == str(tmp_path / "newsletter.mjml")
    assert layout.content_css == "content.css"
    assert {"builtin/newsletter.mjml", "parts/sponsor.mjml"} <= set(layout.templates)


def test_an_alias_leads_to_a_layout() -> None:
    layout = load_layout("post", None, aliases={"post": "newsletter"})

    assert (layout.name, layout.entry) == ("post", "builtin/newsletter.mjml")


@pytest.mark.parametrize("name", ["newslettr", "../newsletter", "/etc/passwd", "a\0b", ""])
def test_an_unknown_layout_names_what_was_tried(tmp_path: Path, name: str) -> None:
    (tmp_path / "other.mjml").write_text("<mjml></mjml>")

    error = refused(tmp_path, name)

    assert f"there is no layout '{name}'" in error.message
    assert f"tried {tmp_path / f'{name}.mjml'} and builtin/{name}.mjml" in error.hint
    assert ("did you mean 'newsletter'" in error.message) == (name in {"newslettr", "../newsletter"})


def test_an_unknown_layout_is_an_error_where_it_was_named() -> None:
    with pytest.raises(LayoutError) as caught:
        load_layout("x", None, aliases={}, position=Position("issues/a.md", 3))

    assert str(caught.value).startswith("issues/a.md:3: there is no layout 'x'")


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.mjml"
    secret.write_text("secret")
    folder = tmp_path / "layouts"
    folder.mkdir()
    (folder / "newsletter.mjml").symlink_to(secret)

    error = refused(folder)

    assert "leads out of the layouts folder" in error.message
    assert "secret" not in error.message


def test_a_link_within_the_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "one.mjml").write_text("<mjml></mjml>")
    (tmp_path / "two.mjml").symlink_to(tmp_path / "one.mjml")

    assert load_layout("two", tmp_path, aliases={}).templates["two.mjml"] == "<mjml></mjml>"


def test_a_link_to_nowhere_and_one_to_itself_are_refused(tmp_path: Path) -> None:
    link = tmp_path / "newsletter.mjml"
    link.symlink_to(tmp_path / "gone.mjml")
    assert "not a file" in refused(tmp_path).message

    link.unlink()
    link.symlink_to(link)
    assert "not a file" in refused(tmp_path).message


def test_text_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "newsletter.mjml").write_bytes(b"<mjml>\n<!-- caf\xe9 -->\n</mjml>")

    error = refused(tmp_path)

    assert (error.position.line, error.message) == (2, "this is not UTF-8 text")


def test_a_nul_is_refused(tmp_path: Path) -> None:
    (tmp_path / "newsletter.mjml").write_bytes(b"<mjml>\0</mjml>")

    assert "NUL" in refused(tmp_path).message


def test_a_file_too_large_and_too_many_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "large.mjml").write_bytes(b" " * (FILE_LIMIT + 1))
    assert "larger than" in refused(tmp_path).message

    (tmp_path / "large.mjml").unlink()
    for number in range(FILES_LIMIT + 1):
        (tmp_path / f"{number}.mjml").touch()
    assert "more than" in refused(tmp_path).message


def test_the_name_of_the_built_in_folder_is_kept_for_it(tmp_path: Path) -> None:
    (tmp_path / "builtin").mkdir()
    (tmp_path / "builtin" / "newsletter.mjml").write_text("<mjml></mjml>")

    assert "kept for the built-in templates" in refused(tmp_path).message


def test_line_endings_and_a_byte_order_mark_make_no_difference(tmp_path: Path) -> None:
    (tmp_path / "newsletter.mjml").write_bytes(b"\xef\xbb\xbf<mjml>\r\n</mjml>\r")

    layout = load_layout("newsletter", tmp_path, aliases={})

    assert layout.templates["newsletter.mjml"] == "<mjml>\n</mjml>\n"


def test_hidden_files_and_pictures_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".newsletter.mjml").write_bytes(b"\xff")
    (tmp_path / "logo.png").write_bytes(b"\x89PNG")

    assert load(tmp_path) == load(None)


def test_the_projects_theme_lies_over_the_built_in(tmp_path: Path) -> None:
    (tmp_path / "theme.toml").write_text('width = 600\n[light]\nlink = "#036"\n')

    theme = load_layout("newsletter", tmp_path, aliases={}).theme

    assert (theme["width"], theme["light"]["link"]) == (600, "#003366")
    assert theme["light"]["text"] == load_layout("newsletter", None, aliases={}).theme["light"]["text"]


def test_this_projects_own_layout_loads() -> None:
    layout = load_layout("newsletter", ROOT / "layouts", aliases={})

    assert layout.entry == "newsletter.mjml"
    assert layout.findings == ()
