"""A test on one machine lets another one send: the lock beside the issue."""

import json
import shutil
from pathlib import Path

import pytest
from tests.cli.command import Run
from tests.cli.project import ISSUE, Project
from tests.servers.smtp import SmtpServer

SEND = ("send", "spring", "--to", "subscribers", "--yes")


@pytest.fixture
def locked(project: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The project as it comes from git to another machine, with the lock and without the ledger."""
    config = project.write("gitconfig", "[user]\nname = Ann Example\nemail = ann@example.com\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    result = run("test", "spring", "--lock")
    assert result.code == 0, result
    assert "issues/spring.lock written: commit it" in result.err
    assert "nothing but rehearsals" in result.err
    shutil.rmtree(project.folder / ".mailer")
    return project


def lock(project: Project) -> Path:
    return project.folder / "issues" / "spring.lock"


def test_the_lock_says_who_tested_what(locked: Project, run: Run) -> None:
    document = json.loads(lock(locked).read_text())
    assert document["digest"] == run("build", "spring", "--json").json()["digest"]
    assert document["tested_by"] == "Ann Example <ann@example.com>"
    assert (document["to"], document["transport"], document["rehearsal"]) == ("staff", "file:outbox", True)


def test_another_machine_sends_what_was_tested(locked: Project, run: Run) -> None:
    sent = run(*SEND, "--json")
    assert sent.code == 0, sent
    assert "tested by Ann Example <ann@example.com>" in sent.err
    assert "says its lock" in sent.err
    document = sent.json()
    assert document["tested"] is True
    assert document["tested_by"]["how"] == "lock"
    assert document["untested"] is None


def test_another_machine_refuses_what_was_changed_since(locked: Project, run: Run) -> None:
    locked.write("issues/spring.md", ISSUE.replace("# Spring", "# Spring, teh"))
    refused = run(*SEND)
    assert (refused.code, refused.out) == (1, "")
    assert "by Ann Example <ann@example.com>, 20" in refused.err
    assert "+ Spring, teh\n" in refused.err
    assert "mailer test spring" in refused.err


def test_a_rehearsed_lock_lets_no_live_send_go(locked: Project, run: Run) -> None:
    with SmtpServer() as server:
        refused = run(*SEND, "--transport", server.url)
        assert refused.code == 1
        assert "not been tested through a transport that mails it" in refused.err
        assert run("test", "spring", "--lock", "--transport", server.url).code == 0
        shutil.rmtree(locked.folder / ".mailer")
        assert run(*SEND, "--transport", server.url).code == 0


def test_a_refused_test_leaves_the_lock_as_it_was(locked: Project, run: Run) -> None:
    before = lock(locked).read_bytes()
    with SmtpServer({"RCPT": "550 5.1.1 no"}) as server:
        result = run("test", "spring", "--lock", "--transport", server.url)
    assert result.code == 4
    assert "issues/spring.lock was not written" in result.err
    assert lock(locked).read_bytes() == before


def test_a_broken_lock_is_told(locked: Project, run: Run) -> None:
    lock(locked).write_text("<<<<<<< ours\n")
    refused = run(*SEND)
    assert refused.code == 1
    assert "issues/spring.lock is no lock of mailer" in refused.err


@pytest.mark.parametrize("reason", ["", "  ", "\t"])
def test_a_blank_reason_for_not_testing_is_none(project: Project, run: Run, reason: str) -> None:
    refused = run(*SEND, "--untested", reason)
    assert refused.code == 2
    assert "say why staff need not see it" in refused.err
    assert project.outbox() == []
