"""`mailer ledger`, and the live sends that stop before a ledger that is not the right one."""

import os
import pty
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.command import Run
from tests.cli.project import CONFIG, Project
from tests.servers.smtp import SmtpServer

SEND = ("send", "spring", "--to", "subscribers", "--yes", "--untested", "x", "--json")
NAMED = "0123456789abcdef"


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as started:
        yield started


@pytest.fixture
def live(project: Project, server: SmtpServer) -> Project:
    project.configure('[sending]\nwait = "0s"\n', transport=server.url)
    return project


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def name_ledger(project: Project, server: SmtpServer, name: str = NAMED) -> None:
    project.write("mailer.toml", f'ledger_id = "{name}"\n' + CONFIG.replace("file:outbox", server.url))


def go_back(project: Project, backup: Path) -> None:
    """Put a backup in the ledger's place."""
    shutil.copyfile(backup, project.folder / ".mailer" / "ledger.sqlite3")


def test_a_fresh_checkout_mails_nobody_until_its_ledger_is_adopted(
    project: Project, run: Run, server: SmtpServer
) -> None:
    name_ledger(project, server)
    refused = run(*SEND)
    assert (refused.code, refused.out) == (1, "")
    assert f"mailer.toml names the ledger {NAMED}, and this one is empty" in refused.err
    assert "mailer ledger adopt" in refused.err
    assert server.messages == []
    dry = run(*SEND, "--dry-run")
    assert dry.code == 0
    assert "warning: mailer.toml names the ledger" in dry.err
    assert run(*SEND, "--transport", "file:outbox").code == 0
    adopted = run("ledger", "adopt", "--yes")
    assert (adopted.code, adopted.out) == (0, "adopted: live sends go out from this ledger\n")
    assert "This ledger knows of no live send." in adopted.err
    assert "ledger_id" not in adopted.err
    assert run(*SEND).json()["accepted"] == 3


def test_a_dry_run_of_a_fresh_checkout_makes_no_ledger(
    project: Project, run: Run, server: SmtpServer
) -> None:
    name_ledger(project, server)
    dry = run(*SEND, "--dry-run")
    assert dry.code == 0
    assert "this one is empty (not made yet)" in dry.err
    assert not (project.folder / ".mailer" / "ledger.sqlite3").exists()


def test_a_copied_project_mails_nobody_and_the_original_goes_on(
    live: Project, run: Run, server: SmtpServer, tmp_path: Path
) -> None:
    assert run(*SEND).code == 0
    shutil.copytree(live.folder, tmp_path / "copy")
    live.write("issues/autumn.md", "# Autumn\n\nText.\n")
    (tmp_path / "copy" / "issues" / "autumn.md").write_text("# Autumn\n\nText.\n")
    other = ("--project", str(tmp_path / "copy"))
    refused = run(*other, "send", "autumn", *SEND[2:])
    assert refused.code == 1
    assert "copied, moved or restored" in refused.err
    assert "mailer ledger adopt" in refused.err
    assert len(server.messages) == 3
    assert run("send", "autumn", *SEND[2:]).json()["accepted"] == 3
    assert run(*other, "ledger", "adopt", "--yes").code == 0
    assert run(*other, *SEND).json()["accepted"] == 3
    assert len(server.messages) == 6


def test_neither_send_nor_resume_goes_on_with_a_restored_backup(
    live: Project, run: Run, server: SmtpServer, backups: Path
) -> None:
    server.script = type(server.script)({"RCPT bob@example.com": "451 4.2.1 later"})
    send = run(*SEND).json()["send"]
    backup = backups / "ledger.sqlite3"
    assert run("ledger", "backup", str(backup)).out == f"{backup}\n"
    server.script = type(server.script)({})
    go_back(live, backup)
    for command in (("resume", send), SEND):
        refused = run(*command)
        assert refused.code == 1, command
        assert "it is a backup made on 20" in refused.err
    unasked = run("ledger", "adopt")
    assert unasked.code == 1
    assert "add --yes" in unasked.err
    assert f"Unfinished: spring to subscribers ({send}), 1 left" in unasked.err
    assert f"mailer cancel {send}" in unasked.err
    assert run("resume", send).code == 1
    assert run("ledger", "adopt", "--yes").code == 0
    assert "paused: waiting: 1 deferred" in run("resume", send).out
    assert len(server.messages) == 2


def test_what_needs_no_adopting_is_left_alone(live: Project, run: Run) -> None:
    assert run(*SEND).code == 0
    adopted = run("ledger", "adopt")
    assert (adopted.code, adopted.out) == (0, "nothing to adopt: live sends go out from this ledger\n")
    assert re.search(r'ledger_id = "[0-9a-f]{16}"', adopted.err)


def test_adopting_is_asked_on_a_terminal(project: Project, run: Run, server: SmtpServer) -> None:
    name_ledger(project, server)
    for answer, code, says in ((b"n\n", 1, "nothing was changed"), (b"y\n", 0, "adopted")):
        ours, theirs = pty.openpty()
        os.write(ours, answer)
        process = project.start("ledger", "adopt", stdin=theirs)
        told = "".join(process.communicate(timeout=60))
        assert process.returncode == code
        assert "Let live sends go out from it? [y/N]" in told
        assert says in told
        os.close(ours)
        os.close(theirs)


def test_each_live_run_ends_with_a_backup_and_the_newest_stay(
    project: Project, run: Run, server: SmtpServer, backups: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILER_LEDGER_BACKUP", str(backups))
    monkeypatch.setenv("MAILER_LEDGER_BACKUPS_KEPT", "2")
    project.configure("", transport=server.url)
    backups.mkdir()
    (backups / "notes.sqlite3").write_text("mine")
    assert run(*SEND, "--transport", "file:outbox").code == 0
    assert run(*SEND, "--dry-run").code == 0
    assert [*backups.iterdir()] == [backups / "notes.sqlite3"]
    assert run(*SEND).code == 0
    (first,) = backups.glob("*-*-*.sqlite3")
    assert run(*SEND).code == 0
    assert len([*backups.iterdir()]) == 2
    olds = [first.with_name(first.name.replace("-20", f"-1{number}", 1)) for number in range(3)]
    for old in olds:
        shutil.copyfile(first, old)
    project.write("issues/autumn.md", "# Autumn\n\nText.\n")
    server.script = type(server.script)({"MAIL": "550 5.7.1 not from you"})
    assert run("send", "autumn", *SEND[2:]).code == 4
    kept = {*backups.iterdir()}
    assert len(kept) == 2 + 1
    assert not kept & {*olds[:2]}


def test_a_backup_that_fails_does_not_fail_the_send(
    live: Project, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MAILER_LEDGER_BACKUP", str(tmp_path / "file"))
    sent = run(*SEND)
    assert (sent.code, sent.json()["accepted"]) == (0, 3)
    assert "warning: the ledger was not backed up: the backup" in sent.err


def test_a_backup_goes_where_it_is_told(live: Project, run: Run, backups: Path) -> None:
    assert run(*SEND).code == 0
    backups.mkdir()
    named = Path(run("ledger", "backup", str(backups)).out.strip())
    assert named.parent == backups
    assert Path(run("ledger", "backup").out.strip()).parent.parts[-2:] == (".mailer", "backups")
    assert live.outbox() == []


@pytest.mark.parametrize("folder", ["backups", "~/../backups", "."])
def test_backups_inside_the_project_are_refused(
    project: Project, run: Run, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.setenv("HOME", str(project.folder / "home"))
    project.write("mailer.toml", f'ledger_backup = "{folder}"\n' + CONFIG)
    refused = run("status")
    assert refused.code == 1
    assert "mailer.toml:1: ledger_backup: a backup inside the project is lost with it" in refused.err


def test_a_send_is_not_found_by_bytes_that_are_no_text_nor_by_nothing(live: Project, run: Run) -> None:
    assert run(*SEND).code == 0
    for command in (("cancel", ""), ("cancel", "\udcff"), ("status", "\udcff")):
        refused = live.run_process(*command)
        assert refused.code == 1, refused
        assert "no send begins with" in refused.err


def test_a_missing_ledger_cannot_be_backed_up(project: Project, run: Run) -> None:
    refused = run("ledger", "backup")
    assert refused.code == 1
    assert "nothing to back up" in refused.err
