"""jailed_loader: what `{% include %}` may read."""

from pathlib import Path

import pytest
from tests.template.rendering import fault, place, render

from mailer.errors import IssueError
from mailer.template.loader import jailed_loader
from mailer.template.source import Load


@pytest.fixture
def load(tmp_path: Path) -> Load:
    inside = tmp_path / "parts"
    (inside / "deep").mkdir(parents=True)
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    (inside / "hello.md").write_text("Hello {{ name }}", encoding="utf-8")
    (inside / "deep" / "er.md").write_text("{% include 'hello.md' %}!", encoding="utf-8")
    (inside / "bad.md").write_text("one\n{{ nothing }}\n", encoding="utf-8")
    (inside / "unclosed.md").write_text("{% if name %}", encoding="utf-8")
    (inside / "self.md").write_text("{% include 'self.md' %}", encoding="utf-8")
    (inside / "latin.md").write_bytes(b"caf\xe9")
    (inside / "marked.md").write_bytes(b"\xef\xbb\xbfmarked")
    (inside / "large.md").write_text("x" * 1_000_001, encoding="utf-8")
    (inside / "link.md").symlink_to(tmp_path / "secret")
    (inside / "out").symlink_to(tmp_path)
    (inside / "alias.md").symlink_to(inside / "hello.md")
    return jailed_loader(inside, shown="parts", error=IssueError)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hello.md", "Hello Ada"),
        ("deep/er.md", "Hello Ada!"),
        ("alias.md", "Hello Ada"),
        ("marked.md", "marked"),
    ],
)
def test_files_in_the_folder_are_taken_in(load: Load, name: str, text: str) -> None:
    assert render(f"{{% include '{name}' %}}", load) == text


@pytest.mark.parametrize(
    "name",
    [
        "../secret",
        "/etc/passwd",
        "deep/../../secret",
        "link.md",
        "out/secret",
        "C:/secret",
        "//host/share",
        "file:///etc/passwd",
        "https://example.com/x",
        r"..\\secret",
        r"a\x00b",
        ".",
        "",
        "..",
    ],
)
@pytest.mark.parametrize("tag", ["include", "extends", "import"])
def test_names_out_of_the_folder_are_refused(load: Load, name: str, tag: str) -> None:
    more = " as x" if tag == "import" else ""
    error = fault(f"one\n{{% {tag} '{name}'{more} %}}", load)
    assert "lies outside the folder" in error.message
    assert place(error).startswith("issues/a.md:6")
    assert error.hint == "name a file inside parts/"


def test_a_name_put_together_is_checked_too(load: Load) -> None:
    assert "lies outside" in fault("{% include 'deep' ~ '/../../secret' %}", load).message


def test_what_is_not_there_is_told(load: Load) -> None:
    error = fault("{% include 'none.md' %}", load)
    assert (place(error), error.message) == ("issues/a.md:5:13", "there is no template 'none.md' to take in")


@pytest.mark.parametrize(
    ("name", "at"), [("bad.md", "parts/bad.md:2:4"), ("unclosed.md", "parts/unclosed.md:1:1")]
)
def test_a_fault_in_an_included_file_is_placed_there(load: Load, name: str, at: str) -> None:
    assert place(fault(f"{{% include '{name}' %}}", load)) == at


def test_a_file_that_includes_itself_is_refused(load: Load) -> None:
    error = fault("{% include 'self.md' %}", load)
    assert "does one include itself?" in error.message
    assert place(error) == "parts/self.md:1"


def test_a_file_that_cannot_be_read_is_refused(load: Load) -> None:
    assert "cannot be read" in fault("{% include 'latin.md' %}", load).message
    assert "larger than" in fault("{% include 'large.md' %}", load).message


def test_without_a_loader_nothing_is_taken_in() -> None:
    assert "there is no template '/etc/passwd'" in fault("{% include '/etc/passwd' %}").message


def test_what_lies_in_the_folder_that_one_stands_in_is_called_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "part.md").write_text("one", encoding="utf-8")
    source = jailed_loader(tmp_path, shown=".")("part.md")

    assert source is not None
    assert source.path == "part.md"


def test_what_is_included_is_read_anew(tmp_path: Path) -> None:
    load = jailed_loader(tmp_path)
    part = tmp_path / "part.md"
    for text in ("one", "two"):
        part.write_text(text, encoding="utf-8")
        assert render("{% include 'part.md' %}", load) == text
