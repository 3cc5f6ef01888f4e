"""Pictures are found beside the issue or in the project, and nowhere else."""

from pathlib import Path

import pytest
from tests.compile.drawn import png
from tests.compile.newsletter import SETTINGS, make_newsletter

from mailer.compile.pictures import LoadPicture, MissingPicture, PictureFault
from mailer.errors import IssueError
from mailer.project import open_project
from mailer.project.pictures import picture_loader

OFFLINE = SETTINGS.replace('url = "https://example.com"\n', "", 1)


@pytest.fixture
def load(tmp_path: Path) -> LoadPicture:
    """Return the loader of a project with pictures, and one beside it."""
    project = tmp_path / "project"
    for name in ("issues/own.png", "images/owl.png", "images/Ö 1.png", "../secret.png"):
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(30, 20))
    (project / "images/out.png").symlink_to(tmp_path / "secret.png")
    (project / "images/folder.png").mkdir()
    (project / "outside").symlink_to(tmp_path)
    (project / "within.png").symlink_to(project / "images/owl.png")
    return picture_loader(project, project / "issues")


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("own.png", "issues/own.png"),
        ("./own.png", "issues/own.png"),
        ("images/owl.png", "images/owl.png"),
        ("/images/owl.png", "images/owl.png"),
        ("../images/owl.png", "images/owl.png"),
        ("images/%C3%96%201.png?v=2#top", "images/Ö 1.png"),
        ("within.png", "within.png"),
    ],
)
def test_a_picture_is_found(load: LoadPicture, address: str, path: str) -> None:
    assert load(address).path == path


@pytest.mark.parametrize(
    "address",
    [
        "../../../etc/passwd",
        "../../secret.png",
        "%2e%2e/%2e%2e/secret.png",
        "images/../../../secret.png",
        "images/out.png",
        "outside/secret.png",
        "file:///etc/passwd",
        "C:/secret.png",
        "%5C%5Chost%5Cshare%5Cx.png",
        "own.png%00.png",
    ],
)
def test_nothing_outside_the_project_is_read(load: LoadPicture, address: str) -> None:
    with pytest.raises(PictureFault, match="lies outside the project"):
        load(address)


@pytest.mark.parametrize(
    "address", ["/etc/passwd", "//secret.png", "images", "images/folder.png", "own.png/x"]
)
def test_what_is_no_file_of_the_project_is_missing(load: LoadPicture, address: str) -> None:
    with pytest.raises(MissingPicture):
        load(address)


def test_capital_letters_count(load: LoadPicture) -> None:
    with pytest.raises(MissingPicture, match=r"but there is 'owl\.png'") as caught:
        load("images/Owl.PNG")

    assert caught.value.other_case == "owl.png"


def test_the_nearest_name_is_told(load: LoadPicture) -> None:
    with pytest.raises(MissingPicture, match=r"did you mean 'owl\.png'\?"):
        load("images/owls.png")


def test_an_issue_carries_its_picture(tmp_path: Path) -> None:
    make_newsletter(tmp_path, settings=OFFLINE, issue="---\nsubject: A\n---\n![An owl](owl.png)\n")
    (tmp_path / "issues/owl.png").write_bytes(png(1200, 600))
    project = open_project(tmp_path)
    compiled = project.compile(project.issue("owls"))
    [image] = compiled.images

    assert f'src="cid:{image.content_id}" alt="An owl" width="560" height="280"' in compiled.html
    assert "[Image: An owl]" in compiled.text


def test_a_missing_picture_stops_with_its_place(tmp_path: Path) -> None:
    make_newsletter(tmp_path, settings=OFFLINE, issue="---\nsubject: A\n---\n![An owl](owl.png)\n")
    project = open_project(tmp_path)

    with pytest.raises(IssueError, match=r"owls\.md:4:11: there is no picture 'owl\.png'"):
        project.compile(project.issue("owls"))


def test_pictures_that_make_a_message_too_heavy_are_refused(tmp_path: Path) -> None:
    settings = OFFLINE + '[images]\ncarry_limit = "200 kB"\n'
    issue = "---\nsubject: Owls\n---\n![One](one.png)\n\n![Two](two.png) ![Two again](two.png)\n"
    make_newsletter(tmp_path, settings=settings, issue=issue)
    (tmp_path / "issues/one.png").write_bytes(png(30, 20) + bytes(60_000))
    (tmp_path / "issues/two.png").write_bytes(png(30, 20) + bytes(130_000))
    project = open_project(tmp_path)
    assert len(project.compile(project.issue("owls")).images) == 2

    (tmp_path / "issues/one.png").write_bytes(png(30, 20) + bytes(90_000))
    with pytest.raises(IssueError, match="221 kB of pictures, 200 kB are the most") as caught:
        project.compile(project.issue("owls"))
    assert caught.value.position.line == 6
    assert caught.value.source_line.startswith("![Two]")


def test_pictures_on_the_web_weigh_nothing(tmp_path: Path) -> None:
    settings = SETTINGS + "[images]\ncarry_limit = 1\n"
    make_newsletter(tmp_path, settings=settings, issue="---\nsubject: Owls\n---\n![One](one.png)\n")
    (tmp_path / "issues/one.png").write_bytes(png(30, 20))
    project = open_project(tmp_path)

    assert project.compile(project.issue("owls")).images
