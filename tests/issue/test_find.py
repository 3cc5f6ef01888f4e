"""find: the name an author types -> the issue's file."""

from pathlib import Path

import pytest

from mailer.errors import MailerError
from mailer.issue.find import find_issue, issue_files, slug_of_file
from mailer.issue.read import read_issue


def write(path: Path, text: str = "Hello") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "issues" / "2024" / "spring.md")
    write(tmp_path / "issues" / "other.markdown", "---\ntitle: x\nslug: 'summer' # hot\n---\nHello")
    write(tmp_path / "issues" / ".hidden" / "spring.md")
    write(tmp_path / "issues" / "notes.txt")
    return tmp_path / "issues"


def test_a_path_is_taken_as_it_is(tmp_path: Path) -> None:
    file = write(tmp_path / "x.md")
    assert find_issue(str(file), [tmp_path / "issues"]) == file


def test_a_slug_is_looked_up_in_the_folders_and_below(folder: Path) -> None:
    assert find_issue("spring", [folder]) == folder / "2024" / "spring.md"
    assert find_issue("summer", [folder]) == folder / "other.markdown"


def test_the_date_of_a_slug_may_be_left_out_where_one_issue_is_meant(folder: Path) -> None:
    first = write(folder / "2026-11-02-owls.md")
    assert find_issue("owls", [folder]) == first
    write(folder / "2026-12-02-owls.md")
    with pytest.raises(
        MailerError, match="several issues are called 'owls': 2026-11-02-owls, 2026-12-02-owls"
    ):
        find_issue("owls", [folder])
    assert find_issue("2026-11-02-owls", [folder]) == first
    plain = write(folder / "owls.md")
    assert find_issue("owls", [folder]) == plain


def test_folders_that_overlap_count_once(folder: Path) -> None:
    assert find_issue("spring", [folder, folder / "2024"]) == folder / "2024" / "spring.md"


def test_two_files_with_one_slug_are_named(folder: Path) -> None:
    twin = write(folder / "twin.md", "---\nslug: spring\n---\nHello")
    with pytest.raises(MailerError) as caught:
        find_issue("spring", [folder])
    assert str(twin) in str(caught.value)
    assert str(folder / "2024" / "spring.md") in str(caught.value)


def test_a_path_whose_slug_another_file_has_is_refused(folder: Path) -> None:
    twin = write(folder / "twin.md", "---\nslug: spring\n---\nHello")
    with pytest.raises(MailerError, match="two issues have the slug 'spring'"):
        find_issue(str(twin), [folder])


def test_a_name_of_nothing_gets_the_nearest(folder: Path) -> None:
    with pytest.raises(MailerError, match="did you mean 'spring'") as caught:
        find_issue("sprin", [folder])
    assert "summer" in caught.value.hint


def test_a_path_of_nothing_gets_the_nearest(folder: Path) -> None:
    with pytest.raises(MailerError, match=r"no file .*did you mean '.*spring\.md'"):
        find_issue(str(folder / "2024" / "sprung.md"), [folder])


def test_a_folder_is_no_issue(folder: Path) -> None:
    with pytest.raises(MailerError, match="is a folder"):
        find_issue(str(folder), [folder])


@pytest.mark.parametrize("folders", [[], ["missing"]])
def test_no_folder_at_all(tmp_path: Path, folders: list[str]) -> None:
    with pytest.raises(MailerError, match="there is no issue 'x'"):
        find_issue("x", [tmp_path / name for name in folders])


@pytest.mark.parametrize(
    "text",
    [
        "---\nslug: a\n---\nx",
        '---\r\ntitle: x\r\nslug: "a"\r\n---\r\nx',
        "---\nslug: a # comment\n---\nx",
        "+++\nslug = 'a'\n+++\nx",
        "Title: x\nSlug: a\n\nx",
        "\n---\nslug:   a  \n...\nx",
        "---\ntitle: x\n---\nslug: no\n",
        "Hello\nslug: no\n",
        "---\nslug:\n---\nx",
        "+++\nslugs = 'no'\n+++\nx",
    ],
)
def test_the_quick_look_finds_the_slug_that_reading_finds(tmp_path: Path, text: str) -> None:
    file = write(tmp_path / "name.md", text)
    assert slug_of_file(file) == read_issue(file).slug


def test_issues_come_in_the_order_of_their_paths(folder: Path) -> None:
    assert [slug for _, slug in issue_files([folder])] == ["summer", "spring"]
