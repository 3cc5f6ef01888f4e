"""Relays that cannot be used: told before anything is frozen, and never with the password."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.cli.case import SECRET, SEND, assert_told
from tests.cli.command import Run
from tests.cli.project import Project
from tests.servers.certificate import Certificate, self_signed
from tests.servers.smtp import SmtpServer

ENVIRONMENT = {"RELAY_PASSWORD": SECRET}


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return self_signed(tmp_path)


def send_through(url: str, project: Project, run: Run, *says: str) -> None:
    project.configure(f'relay = {{ url = "{url}", password = {{ env = "RELAY_PASSWORD" }} }}\n')
    assert_told(run(*SEND, "--transport", "relay", env=ENVIRONMENT), says)
    assert run("status", "--json").json() == {"sends": []}


def test_wrong_password(project: Project, run: Run, certificate: Certificate) -> None:
    with SmtpServer(login=("news", "another"), context=certificate.context()) as server:
        url = f"smtp://news@127.0.0.1:{server.port}?tls=required&ca={certificate.path}"
        send_through(
            url, project, run, f"127.0.0.1:{server.port} refused the login of news", "535", "check user"
        )
        assert not server.messages


def test_password_that_the_relay_repeats(project: Project, run: Run, certificate: Certificate) -> None:
    script = {"AUTH": f"535 5.7.8 no such password: {SECRET}"}
    with SmtpServer(script, login=("news", "another"), context=certificate.context()) as server:
        url = f"smtp://news@127.0.0.1:{server.port}?tls=required&ca={certificate.path}"
        send_through(url, project, run, "535", "•••")


def test_relay_without_starttls(project: Project, run: Run) -> None:
    with SmtpServer() as server:
        url = f"smtp://news@127.0.0.1:{server.port}?tls=required"
        send_through(
            url, project, run, f"127.0.0.1:{server.port} offers no STARTTLS", "nothing was sent in clear"
        )
        assert not any("AUTH" in command for command in server.commands)


def test_certificate_that_nobody_trusts(project: Project, run: Run, certificate: Certificate) -> None:
    with SmtpServer(context=certificate.context(), implicit_tls=True) as server:
        url = f"smtps://news@127.0.0.1:{server.port}"
        send_through(url, project, run, "certificate", "cannot be trusted", "?ca=")


@pytest.mark.parametrize(
    ("fault", "says"),
    [({"host": "relay.example"}, "use the host name"), ({"expired": True}, "it has expired")],
)
def test_certificate_that_is_wrong(
    project: Project, run: Run, tmp_path: Path, fault: dict[str, Any], says: str
) -> None:
    wrong = self_signed(tmp_path, **fault)
    with SmtpServer(context=wrong.context()) as server:
        url = f"smtp://news@127.0.0.1:{server.port}?tls=required&ca={wrong.path}"
        send_through(url, project, run, "certificate", "cannot be trusted", says)


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (
            {"GREETING": "554 5.3.2 no service for you"},
            ["554", "no service for you", "ask who runs the relay"],
        ),
        ({"MAIL": "550 5.7.1 sender not allowed"}, ["550", "sender not allowed", "newsletter.from"]),
        ({"EHLO": "500 what", "HELO": "500 what"}, ["500", "EHLO"]),
    ],
)
def test_relay_that_refuses_the_session_takes_nobody_as_refused(
    project: Project, run: Run, script: Mapping[str, str], says: list[str]
) -> None:
    with SmtpServer(script) as server:
        result = run(*SEND, "--transport", server.url, "--json")
    assert result.code in (1, 4), result
    assert [word for word in says if word not in result.err + result.out] == [], result
    sends = run("status", "--json").json()["sends"]
    assert [(send["refused"], send["accepted"], send["state"]) for send in sends] in ([], [(0, 0, "paused")])


def test_no_secret_stands_in_a_report_of_a_bug(
    project: Project, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(_self: object, *_arguments: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("mailer.transport.smtp.transport.SmtpTransport.open", broken)
    project.configure('relay = { url = "smtps://news@127.0.0.1:9", password = { env = "RELAY_PASSWORD" } }\n')
    result = run(*SEND, "--transport", "relay", env=ENVIRONMENT)
    assert result.code == 3, result
    (log,) = tmp_path.glob("mailer-bug-*.log")
    assert SECRET not in log.read_text(encoding="utf-8") + result.err
