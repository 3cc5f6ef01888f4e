"""Did this reader get it? What `status ADDRESS` tells, and `build SEND --as` rebuilds."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.command import Run
from tests.cli.project import ISSUE, Project
from tests.message.dkim_keys import dkimpy_accepts, new_key, pem_of
from tests.servers.smtp import SmtpServer

SEND = ("send", "spring", "--to", "subscribers", "--yes", "--untested", "x", "--json")
DKIM = 'dkim = { domain = "example.com", selector = "autumn", key = { file = "dkim.pem" } }'


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as started:
        yield started


def configure(project: Project, server: SmtpServer, *, dkim: str) -> None:
    project.write("dkim.pem", pem_of(new_key()))
    project.configure(f'\n[transports.relay]\nurl = "{server.url}"\n{dkim}\n')


def received(server: SmtpServer, reader: str) -> bytes:
    (data,) = [message.data for message in server.messages if message.recipient == reader]
    return data


@pytest.mark.parametrize("dkim", ["", DKIM])
def test_the_very_bytes_are_rebuilt_after_everything_has_changed(
    project: Project, run: Run, server: SmtpServer, dkim: str
) -> None:
    configure(project, server, dkim=dkim)
    sent = run(*SEND, "--transport", "relay")
    assert sent.code == 0, sent
    send = sent.json()["send"]
    project.write("issues/spring.md", ISSUE.replace("Hello", "Dear"))
    project.write("recipients.csv", "email,first_name\nada@example.com,Adelheid\n")
    built = run("build", send[:6], "--as", "ADA@example.com", "--json")
    assert built.code == 0, built
    assert "the very message handed over at" in built.err
    assert "250 2.0.0 taken" in built.err
    document = built.json()
    assert (document["send"], document["exact"], document["handed_over"]) == (send, True, True)
    data = Path("build/spring.eml").read_bytes()
    assert data == received(server, "ada@example.com")
    assert dkimpy_accepts(data) is bool(dkim)
    assert "Hello Ada" in Path("build/spring.txt").read_text(encoding="utf-8")


def test_a_key_that_has_changed_is_told_and_ends_with_4(
    project: Project, run: Run, server: SmtpServer
) -> None:
    configure(project, server, dkim=DKIM)
    send = run(*SEND, "--transport", "relay").json()["send"]
    configure(project, server, dkim="")
    built = run("build", send, "--as", "ada@example.com")
    assert built.code == 4
    assert "this is not byte for byte what was handed over" in built.err


def test_a_dkim_key_that_is_gone_is_named(project: Project, run: Run, server: SmtpServer) -> None:
    configure(project, server, dkim=DKIM)
    send = run(*SEND, "--transport", "relay").json()["send"]
    (project.folder / "dkim.pem").unlink()
    refused = run("build", send, "--as", "ada@example.com")
    assert refused.code == 1
    assert "dkim.pem cannot be read" in refused.err


def test_whoever_was_not_in_the_send_is_told(project: Project, run: Run) -> None:
    send = run(*SEND).json()["send"]
    refused = run("build", send, "--as", "eve@example.com")
    assert refused.code == 1
    assert f"eve@example.com is not in send {send}" in refused.err


def test_status_of_an_address_names_what_rebuilds_it(project: Project, run: Run, server: SmtpServer) -> None:
    configure(project, server, dkim="")
    send = run(*SEND, "--transport", "relay").json()["send"]
    status = run("status", "ada@example.com")
    message_id = next(one.message_id for one in server.messages if one.recipient == "ada@example.com")
    for word in ("spring", "accepted", "250 2.0.0 taken", message_id, send):
        assert word in status.out
    assert f"`mailer build {send} --as ada@example.com` rebuilds" in status.err
