"""Pictures on the whole road: built, tested, sent."""

from email import message_from_bytes, policy

from tests.cli.command import Run
from tests.cli.project import Project
from tests.compile.drawn import png

ISSUE = "---\nsubject: Spring\n---\n![An owl](owl.png)\n"


def draw(project: Project, width: int) -> bytes:
    data = png(width, 300)
    (project.folder / "issues/owl.png").write_bytes(data)
    return data


def test_the_built_page_shows_its_pictures(project: Project, run: Run) -> None:
    project.write("issues/spring.md", ISSUE)
    data = draw(project, 400)

    assert run("build", "spring").code == 0
    [picture] = (project.folder / "build/pictures").iterdir()
    page = (project.folder / "build/spring.html").read_text(encoding="utf-8")
    assert f'src="pictures/{picture.name}" alt="An owl" width="400" height="300"' in page
    assert picture.read_bytes() == data


def test_every_message_carries_the_picture(project: Project, run: Run) -> None:
    project.write("issues/spring.md", ISSUE)
    data = draw(project, 400)

    assert run("test", "spring").code == 0
    sent = run("send", "spring", "--to", "subscribers", "--yes", "--json")
    assert sent.json()["accepted"] == 3
    for path in (project.folder / "outbox").rglob("*.eml"):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert [part.get_content() for part in message.walk() if part.get_content_type() == "image/png"] == [
            data
        ]


def test_a_changed_picture_was_not_tested(project: Project, run: Run) -> None:
    project.write("issues/spring.md", ISSUE)
    draw(project, 400)
    run("test", "spring")
    draw(project, 401)
    result = run("send", "spring", "--to", "subscribers", "--yes")

    assert result.code == 1
    assert "test" in result.err


def test_a_missing_picture_is_told_with_its_place(project: Project, run: Run) -> None:
    project.write("issues/spring.md", ISSUE)
    result = run("build", "spring")

    assert result.code == 1
    assert "spring.md:4:11: there is no picture 'owl.png'" in result.err
