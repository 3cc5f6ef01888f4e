"""`mailer init` and `mailer new`: a newsletter begins, and nothing is overwritten."""

import re
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from tests.cli.command import Run
from tests.cli.project import Project


def test_new_newsletter_goes_all_the_way(project: Project, run: Run) -> None:
    laid_out = run("init", "field-notes")
    assert laid_out.code == 0
    assert "Next: edit field-notes/mailer.toml" in laid_out.out
    inside = ("--project", "field-notes")
    issue = run(*inside, "new", "Frost: at last", "--date", "2026-11-02").out.strip()
    assert issue == "field-notes/issues/2026-11-02-frost-at-last.md"
    assert run(*inside, "build", issue, "--out", "out").code == 0
    assert "Frost: at last" in Path("out/2026-11-02-frost-at-last.txt").read_text(encoding="utf-8")
    project.write("field-notes/staff.csv", "email\neditor@example.com\n")
    assert run(*inside, "test", issue).code == 0
    assert "is a draft" in run(*inside, "send", issue, "--to", "staff", "--yes").err


def test_init_writes_the_id_of_the_ledger_it_made(project: Project, run: Run) -> None:
    assert run("init", "news").code == 0
    settings = Path("news/mailer.toml").read_text(encoding="utf-8")
    written = re.search(r'^ledger_id = "([0-9a-f]{16})"', settings, re.MULTILINE)
    assert written
    assert settings.index("ledger_id") < settings.index("[newsletter]")
    shown = {one["key"]: one["value"] for one in run("--project", "news", "config", "--json").json()}
    assert shown["ledger_id"] == written[1]


def test_init_overwrites_nothing(project: Project, run: Run) -> None:
    before = Path("mailer.toml").read_bytes()
    project.write("layouts/theme.toml", "width = 600\n")
    assert run("init").code == 0
    assert Path("mailer.toml").read_bytes() == before
    assert Path("layouts/theme.toml").read_text(encoding="utf-8") == "width = 600\n"
    again = run("init")
    assert (again.code, again.out) == (0, "everything is here already; nothing was written\n")


def test_new_overwrites_nothing(project: Project, run: Run) -> None:
    assert run("new", "Frost", "--date", "2026-11-02").out == "issues/2026-11-02-frost.md\n"
    refused = run("new", "Frost", "--date", "2026-11-02")
    assert refused.code == 1
    assert "issues/2026-11-02-frost.md is there already" in refused.err
    assert "--date" in refused.err


def test_title_of_signs_alone_is_refused(project: Project, run: Run) -> None:
    refused = run("new", "!?")
    assert refused.code == 1
    assert "no letter or digit" in refused.err


@pytest.mark.parametrize(
    "title", ["a: b # c", "'quoted'", '"q"', "no", "2026-01-01", "Grüße 🎉", "@a", "[b]"]
)
def test_title_is_the_subject_whatever_its_characters(project: Project, run: Run, title: str) -> None:
    path = run("new", title).out.strip()
    assert run("build", path).code == 0
    data = Path("build", Path(path).name).with_suffix(".eml").read_bytes()
    assert message_from_bytes(data, policy=policy.default)["Subject"] == title


def test_folder_without_settings_is_told(project: Project, run: Run) -> None:
    Path("mailer.toml").unlink()
    refused = run("build", "spring")
    assert refused.code == 1
    assert "no mailer.toml here or in a folder above" in refused.err
    assert "mailer init" in refused.err
    named = run("--project", "nowhere", "build", "spring")
    assert named.code == 1
    assert "nowhere holds no mailer.toml" in named.err


def test_settings_are_found_from_a_folder_below(project: Project, run: Run) -> None:
    assert run("--project", ".", "build", "issues/spring.md").code == 0
