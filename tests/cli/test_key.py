"""A ledger knows people by names made with the key: under another key nobody may be mailed from it."""

from collections.abc import Iterator

import pytest
from tests.cli.command import Run
from tests.cli.project import Project
from tests.servers.smtp import SmtpServer

SEND = ("send", "spring", "--to", "subscribers", "--untested", "tried", "--yes")
OTHER = {"MAILER_KEY": "another key, which is long enough for all that is made with it"}


@pytest.fixture
def relay(project: Project) -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        project.configure("", transport=server.url)
        yield server


@pytest.fixture
def sent(relay: SmtpServer, run: Run) -> SmtpServer:
    """Return the relay, after everybody has got the issue through it; cleo has left since."""
    assert run(*SEND).code == 0
    assert run("suppress", "add", "cleo@example.com").code == 0
    return relay


@pytest.mark.parametrize(
    "command",
    [
        SEND,
        (*SEND, "--dry-run"),
        ("test", "spring"),
        ("status", "ada@example.com"),
        ("suppress", "add", "bob@example.com"),
        ("suppress", "remove", "cleo@example.com"),
    ],
)
def test_nothing_is_done_with_people_under_another_key(
    sent: SmtpServer, run: Run, command: tuple[str, ...]
) -> None:
    count = len(sent.messages)
    refused = run(*command, env=OTHER)

    assert refused.code == 1
    assert "knows people by another key than that of MAILER_KEY, or .mailer/key" in refused.err
    assert "mailer ledger adopt" in refused.err
    assert OTHER["MAILER_KEY"] not in refused.err
    assert len(sent.messages) == count


def test_a_key_that_is_made_anew_is_another_one(sent: SmtpServer, project: Project, run: Run) -> None:
    (project.folder / ".mailer/key").unlink()

    assert run(*SEND).code == 1
    assert len(sent.messages) == 3


def test_an_adopted_key_knows_who_has_got_what_and_who_has_left(
    sent: SmtpServer, project: Project, run: Run
) -> None:
    adopted = run("ledger", "adopt", "--yes", env=OTHER)
    assert adopted.code == 0, adopted.err
    assert "Unsubscribe links in messages that were signed with the other key no longer work" in adopted.err

    assert "everybody on the list has this issue already" in run(*SEND, env=OTHER).err
    assert "accepted" in run("status", "ada@example.com", env=OTHER).out
    project.write("issues/summer.md", "# Summer\n\nIt is here.\n")
    report = run("send", "summer", *SEND[2:], "--json", env=OTHER).json()
    assert (report["accepted"], report["suppressed"]) == (2, 1)
    assert "nothing to adopt" in run("ledger", "adopt", env=OTHER).out
    assert run("status", "ada@example.com").code == 1


def test_a_backup_knows_the_key_too(sent: SmtpServer, project: Project, run: Run) -> None:
    assert run("ledger", "backup", "copy.sqlite3").code == 0

    refused = run("status", "ada@example.com", env={**OTHER, "MAILER_LEDGER": "sqlite:copy.sqlite3"})
    assert "another key" in refused.err
