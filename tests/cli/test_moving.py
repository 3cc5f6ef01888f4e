"""`mailer resume SEND --transport OTHER`: the rest of a send goes through another transport."""

from collections.abc import Iterator

import pytest
from tests.cli.command import Run
from tests.cli.project import ISSUE, Project
from tests.message.dkim_keys import new_key, pem_of
from tests.servers.http import HttpServer
from tests.servers.smtp import RECORD_AND_DROP, USUAL, SmtpServer
from tests.transport.esp.batches import is_batch, seen_in, takes_batches
from tests.transport.esp.dialects import KEY

ENV = {"POSTMARK_SERVER_TOKEN": KEY}
SEND = ("send", "spring", "--to", "subscribers", "--yes", "--json")
STOPS = {
    "DOT bob@example.com": RECORD_AND_DROP,
    "MAIL": (USUAL, USUAL, *["550 5.7.1 not from you"] * 9),
}
"""Ada gets it, of Bob nobody knows, and then the relay takes nothing more."""


@pytest.fixture
def relay() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def provider() -> Iterator[HttpServer]:
    with HttpServer(takes_batches("postmark")) as server:
        yield server


@pytest.fixture
def stopped(project: Project, run: Run, relay: SmtpServer, provider: HttpServer) -> str:
    """Return a tested send that its relay left unfinished; `other` is a provider."""
    other = f'[transports.other]\nurl = "postmark://?api={provider.url}"\n'
    project.configure(other, transport=f"{relay.url}?connections=1")
    assert run("test", "spring").code == 0
    relay.messages.clear()
    relay.script = type(relay.script)(STOPS)
    report = run(*SEND, env=ENV)
    assert report.code == 4, report
    return str(run("status", "--json").json()["sends"][0]["send"])


def written_to(provider: HttpServer) -> list[str]:
    return [seen.to for seen in seen_in("postmark", provider.requests)]


def test_the_rest_moves_once_staff_have_seen_it_there(
    run: Run, stopped: str, relay: SmtpServer, provider: HttpServer
) -> None:
    refused = run("resume", stopped, "--transport", "other", env=ENV)
    assert refused.code == 1
    assert "spring has not been tested through postmark://" in refused.err
    assert "mailer test spring --transport other" in refused.err
    assert not written_to(provider)
    assert run("test", "spring", "--transport", "other", env=ENV).code == 0
    report = run("resume", stopped, "--transport", "other", "--json", env=ENV)
    told = report.json()
    assert (report.code, told["accepted"], told["in_doubt"], told["remaining"]) == (4, 2, 1, 0)
    assert [message.recipient for message in relay.messages] == ["ada@example.com", "bob@example.com"]
    assert written_to(provider) == ["editor@example.com", "cleo@example.com"]


def test_the_ledger_knows_which_transport_took_each_message(
    run: Run, stopped: str, relay: SmtpServer
) -> None:
    run("test", "spring", "--transport", "other", env=ENV)
    run("resume", stopped, "--transport", "other", env=ENV)
    took = {
        name: run("status", f"{name}@example.com", "--json").json()["issues"][0]["transport"]
        for name in ("ada", "bob", "cleo")
    }
    assert took["ada"] == took["bob"] == f"{relay.url}?connections=1"
    assert took["cleo"].startswith("postmark://")


def test_an_issue_that_has_changed_is_tested_as_it_was_frozen(
    run: Run, project: Project, stopped: str, provider: HttpServer
) -> None:
    project.write("issues/spring.md", ISSUE.replace("Hello", "Goodbye"))
    assert run("test", "spring", "--transport", "other", env=ENV).code == 0
    refused = run("resume", stopped, "--transport", "other", env=ENV)
    assert refused.code == 1
    assert f"mailer test {stopped} --transport other" in refused.err
    tested = run("test", stopped, "--transport", "other", "--json", env=ENV)
    assert tested.code == 0, tested
    assert tested.json()["digest"] == run("status", stopped, "--json").json()["digest"]
    assert run("resume", stopped, "--transport", "other", env=ENV).code == 4
    *_, changed, frozen, cleo = seen_in("postmark", provider.requests)
    assert "Goodbye" in changed.text
    assert "Hello reader" in frozen.text
    assert "Hello reader" in cleo.text


def test_the_same_command_with_another_transport_asks_for_the_same(run: Run, stopped: str) -> None:
    refused = run(*SEND, "--transport", "other", env=ENV)
    assert refused.code == 1
    assert "has not been tested through postmark://" in refused.err
    run("test", "spring", "--transport", "other", env=ENV)
    assert run(*SEND, "--transport", "other", env=ENV).json()["send"] == stopped


def test_the_transport_it_began_with_needs_no_second_test(run: Run, stopped: str, relay: SmtpServer) -> None:
    relay.script = type(relay.script)({})
    assert run("resume", stopped, "--json").json()["accepted"] == 2
    relays = [message.recipient for message in relay.messages]
    assert relays == ["ada@example.com", "bob@example.com", "cleo@example.com"]


def test_a_signature_is_that_of_the_new_transport(
    run: Run, project: Project, stopped: str, relay: SmtpServer
) -> None:
    with SmtpServer() as second:
        project.write("dkim.pem", pem_of(new_key()))
        config = (project.folder / "mailer.toml").read_text()
        dkim = '{ domain = "example.com", selector = "autumn", key = { file = "dkim.pem" } }'
        project.write("mailer.toml", f'{config}[transports.second]\nurl = "{second.url}"\ndkim = {dkim}\n')
        assert run("test", "spring", "--transport", "second").code == 0
        assert run("resume", stopped, "--transport", "second", "--json").json()["accepted"] == 2
    assert all(b"DKIM-Signature:" in message.data for message in second.messages)
    assert not any(b"DKIM-Signature:" in message.data for message in relay.messages)


def test_a_live_send_does_not_move_into_a_folder(run: Run, stopped: str) -> None:
    refused = run("resume", stopped, "--transport", "file:outbox")
    assert refused.code == 1
    assert "would only count them as accepted" in refused.err


def test_a_rehearsal_moves_without_a_test(run: Run, project: Project) -> None:
    send = run(*SEND, "--untested", "x").json()["send"]
    (project.folder / "other").mkdir()
    assert run("resume", send, "--transport", "file:other").code == 0


def test_a_lock_stands_beside_an_issue_not_a_send(run: Run, stopped: str) -> None:
    assert run("test", stopped, "--lock", env=ENV).code == 2


def test_a_batch_takes_the_rest_in_one_request(run: Run, project: Project, provider: HttpServer) -> None:
    with SmtpServer({"MAIL": "550 5.7.1 not from you"}) as relay:
        other = f'[transports.other]\nurl = "postmark://?api={provider.url}"\n'
        project.configure(other, transport=relay.url)
        assert run(*SEND, "--untested", "x").code == 4
        send = run("status", "--json").json()["sends"][0]["send"]
        run("test", "spring", "--transport", "other", env=ENV)
        assert run("resume", send, "--transport", "other", env=ENV).code == 0
    [request] = [one for one in provider.requests if is_batch("postmark", one)]
    assert len(request.json) == 3
