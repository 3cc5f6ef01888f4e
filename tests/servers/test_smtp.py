import json
import smtplib
import subprocess
import sys
from pathlib import Path

import pytest
from tests.servers.smtp import DROP, RECORD_AND_DROP, SmtpServer

PROJECT = Path(__file__).parents[2]
MAIL = b"Message-ID: <1@example.com>\r\n\r\n.dotted\r\nbody\r\n"


def client(server: SmtpServer) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", server.port, timeout=10)


def test_records_what_it_takes() -> None:
    with SmtpServer() as server, client(server) as smtp:
        smtp.sendmail("a@example.com", ["b@example.org"], MAIL)
    [message] = server.messages
    assert (message.sender, message.recipient, message.data) == ("a@example.com", "b@example.org", MAIL)
    assert message.message_id == "<1@example.com>"


def test_answers_by_its_script() -> None:
    script = {"RCPT bob@example.org": "550 5.1.1 no such user", "MAIL": ["451 4.3.0 busy"]}
    with SmtpServer(script) as server, client(server) as smtp:
        smtp.ehlo()
        assert smtp.mail("a@example.com")[0] == 451
        assert smtp.mail("a@example.com")[0] == 250
        assert smtp.rcpt("bob@example.org")[0] == 550
        assert smtp.rcpt("eve@example.org")[0] == 250
    assert server.messages == []


@pytest.mark.parametrize(("action", "recorded"), [(DROP, 0), (RECORD_AND_DROP, 1)])
def test_drops_at_the_dot(action: str, recorded: int) -> None:
    with SmtpServer({"DOT": action}) as server:
        smtp = client(server)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            smtp.sendmail("a@example.com", ["b@example.org"], MAIL)
        smtp.close()
    assert len(server.messages) == recorded


def test_refuses_a_script_for_a_step_there_is_not() -> None:
    with pytest.raises(ValueError, match="no such step"):
        SmtpServer({"RECIPIENT": "550 no"})


def test_serves_and_logs_as_a_process(tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = [
        sys.executable,
        "-m",
        "tests.servers.smtp",
        "--log",
        str(log),
        "--reply",
        "RCPT x@example.org=550 no",
    ]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline().split()[1])
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as smtp:
            refused = smtp.sendmail("a@example.com", ["b@example.org", "x@example.org"], MAIL)
            assert list(refused) == ["x@example.org"]
            line = json.loads(log.read_text())
        process.kill()
    assert line == {"to": "b@example.org", "from": "a@example.com", "message_id": "<1@example.com>"}
