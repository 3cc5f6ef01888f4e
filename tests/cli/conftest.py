"""A small project in a folder of its own, and the command line called in it."""

import os
from pathlib import Path

import pytest
from tests.cli.command import Run
from tests.cli.project import Project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Lay out a project whose issue, spring, has not been tested yet; the current folder is its folder."""
    for name in [name for name in os.environ if name.startswith("MAILER_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return Project.lay_out(folder)


@pytest.fixture
def run(project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call `mailer` with the project as the current folder."""
    assert Path.cwd() == project.folder.resolve()
    return Run(capsys, monkeypatch)
