"""Pictures are handed to the author's own command."""

import sys
from pathlib import Path

import pytest
from tests.compile.drawn import png
from tests.compile.newsletter import SETTINGS, make_newsletter

from mailer.errors import ConfigError, MailerError
from mailer.message.build import prepare_messages
from mailer.project import Project, open_project

COPY = "import shutil, sys; shutil.copy(sys.argv[1], sys.argv[2])"
ISSUE = "---\nsubject: A\n---\n![An owl](owl.png)\n"


def python(code: str, *words: str) -> str:
    return " ".join([f'"{sys.executable}" -c "{code}"', *words])


def project_with(folder: Path, command: str) -> Project:
    publish = f"\n[images]\npublish = {{ command = '{command}', url = 'https://p.example.com/' }}\n"
    make_newsletter(folder, settings=SETTINGS + publish, issue=ISSUE)
    (folder / "issues/owl.png").write_bytes(png(400, 300))
    (folder / "web").mkdir()
    return open_project(folder)


def test_the_page_names_what_the_command_published(tmp_path: Path) -> None:
    project = project_with(tmp_path, python(COPY, "{file}", "web/{name}"))
    compiled = project.compile(project.issue("owls"))
    project.publish(compiled)
    [published] = (tmp_path / "web").iterdir()

    assert f'src="https://p.example.com/{published.name}"' in compiled.html
    assert published.read_bytes() == png(400, 300)


def test_published_pictures_are_not_carried(tmp_path: Path) -> None:
    project = project_with(tmp_path, "cp {file} web/{name}")
    compiled = project.compile(project.issue("owls"))

    assert prepare_messages(compiled, project.sender("owls", "x"), bytes(32)).album.parts == {}
    assert compiled.to_json()["images"][0]["data"] == ""
    assert type(compiled).from_json(compiled.to_json()).digest == compiled.digest


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (python("raise SystemExit(3)", "{file}", "{name}"), "exit code 3"),
        (python("raise SystemExit(sys)", "{file}", "{name}"), "NameError: .*"),
        ("no-such-command {file} {name}", "no-such-command: No such file or directory"),
    ],
)
def test_a_failing_command_is_told(tmp_path: Path, command: str, reason: str) -> None:
    project = project_with(tmp_path, command)
    compiled = project.compile(project.issue("owls"))

    with pytest.raises(MailerError, match=rf"'issues/owl\.png' was not published: {reason}$"):
        project.publish(compiled)


@pytest.mark.parametrize("command", ["cp {file} web/x", "cp x {name}", "{file} {name}"])
def test_a_command_without_its_places_is_refused(tmp_path: Path, command: str) -> None:
    with pytest.raises(ConfigError, match=r"needs \{file\}"):
        project_with(tmp_path, command)
