"""Sends that are stopped, doubled or may not write: nothing breaks, and the message names the way on."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.cli.command import Result, Run
from tests.cli.project import Project
from tests.servers.smtp import HANG, SmtpServer

MANY = "email\n" + "".join(f"reader{number}@example.com\n" for number in range(60))
SEND = ("send", "spring", "--to", "subscribers", "--yes")


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as started:
        yield started


@pytest.fixture
def tested(project: Project, run: Run, server: SmtpServer) -> Project:
    """A project that mails through the server ten people a second; its issue is tested."""
    project.configure('\n[sending]\nrate = "20/s"\n', transport=f"{server.url}?connections=1")
    project.write("recipients.csv", MANY)
    result = run("test", "spring")
    assert result.code == 0, result
    return project


def wait_until(condition: Callable[[], bool], process: "subprocess.Popen[str]") -> None:
    while not condition():
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)


def ended(process: "subprocess.Popen[str]") -> Result:
    out, err = process.communicate(timeout=60)
    return Result(process.returncode, out, err)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted_send_names_the_command_that_goes_on(
    tested: Project, run: Run, server: SmtpServer, number: signal.Signals
) -> None:
    process = tested.start(*SEND)
    wait_until(lambda: len(server.messages) > 5, process)
    process.send_signal(number)
    stopped = ended(process)
    assert stopped.code == 130, stopped
    assert "Traceback" not in stopped.err
    send = run("status", "--json").json()["sends"][0]
    assert (send["state"], send["in_doubt"]) == ("paused", 0)
    assert 0 < send["accepted"] < 60
    assert f"Go on with: mailer resume {send['send']}" in stopped.out + stopped.err
    tested.configure("", transport=server.url)
    again = run(*SEND, "--json")
    assert again.code == 0, again
    assert f"going on with send {send['send']}" in again.err
    assert (again.json()["accepted"], again.json()["send"]) == (60, send["send"])
    readers = [message.recipient for message in server.messages if message.recipient.startswith("reader")]
    assert len(readers) == len(set(readers)) == 60


def test_interrupted_send_with_json_tells_where_it_stands(tested: Project, server: SmtpServer) -> None:
    process = tested.start(*SEND, "--json")
    wait_until(lambda: len(server.messages) > 3, process)
    process.send_signal(signal.SIGINT)
    stopped = ended(process)
    assert stopped.code == 130, stopped
    assert stopped.json()["state"] == "paused"
    assert f"mailer resume {stopped.json()['send']}" in stopped.err


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc to see a process halted")
def test_send_that_was_halted_until_the_relay_hung_up_goes_on_where_it_was(
    tested: Project, run: Run, server: SmtpServer
) -> None:
    """A laptop that was closed, or Ctrl-Z: the relay has given up on the connection meanwhile."""
    arrived: list[float] = []
    server.on_message = lambda _: arrived.append(time.monotonic())
    process = tested.start(*SEND, "--json")
    for taken in (6, 18, 30):
        wait_until(lambda taken=taken: len(arrived) >= taken, process)  # type: ignore[misc]
        process.send_signal(signal.SIGSTOP)
        wait_until(lambda: halted(process.pid), process)
        server.drop_connections()
        process.send_signal(signal.SIGCONT)
    result = ended(process)
    report = result.json()
    assert result.code == (4 if report["in_doubt"] else 0), result
    assert (report["state"], report["accepted"] + report["in_doubt"]) == ("finished", 60)
    assert report["in_doubt"] <= 3  # where the relay had taken a message and its answer was cut off
    readers = [message.recipient for message in server.messages if message.recipient.startswith("reader")]
    assert len(readers) == len(set(readers)) >= report["accepted"]
    assert server.connections >= 4
    assert all(later - first >= 1.0 for first, later in zip(arrived, arrived[20:], strict=False))


def halted(process: int) -> bool:
    return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "T"


def test_second_send_at_once_is_refused(tested: Project, run: Run, server: SmtpServer) -> None:
    first = tested.start(*SEND)
    wait_until(lambda: len(server.messages) > 3, first)
    tested.write("issues/autumn.md", "# Autumn\n\nText.\n")
    for second in (SEND, ("send", "autumn", "--to", "staff", "--yes", "--untested", "x")):
        refused = run(*second)
        assert refused.code == 1, refused
        assert refused.out == ""
        assert f"process {first.pid}" in refused.err
        assert "is sending" in refused.err
        assert "mailer status" in refused.err
    first.send_signal(signal.SIGINT)
    assert ended(first).code == 130


def test_running_send_heeds_pause_and_suppression(tested: Project, run: Run, server: SmtpServer) -> None:
    process = tested.start(*SEND)
    wait_until(lambda: len(server.messages) > 2, process)
    send = run("status", "--json").json()["sends"][0]["send"]
    assert run("suppress", "add", "reader59@example.com").code == 0
    assert run("pause", send).code == 0
    paused = ended(process)
    assert paused.code == 4, paused
    assert f"mailer resume {send}" in paused.out
    tested.configure("", transport=server.url)
    resumed = run("resume", send, "--json")
    assert resumed.code == 0, resumed
    assert (resumed.json()["accepted"], resumed.json()["suppressed"]) == (59, 1)
    assert "reader59@example.com" not in [message.recipient for message in server.messages]


def test_running_send_heeds_cancel(tested: Project, run: Run, server: SmtpServer) -> None:
    process = tested.start(*SEND, "--json")
    wait_until(lambda: len(server.messages) > 2, process)
    send = run("status", "--json").json()["sends"][0]["send"]
    assert run("cancel", send[:6]).code == 0
    ended_send = ended(process)
    report = run("status", send, "--json").json()
    assert ended_send.code in (0, 4), ended_send
    assert report["state"] == "cancelled"
    assert report["accepted"] + report["cancelled"] == 60


def test_ledger_in_a_folder_that_may_not_be_written_to(project: Project, run: Run) -> None:
    folder = project.folder / ".mailer"
    folder.mkdir()
    folder.chmod(0o555)
    try:
        for command in (("test", "spring"), (*SEND, "--untested", "x"), ("suppress", "add", "a@example.com")):
            refused = run(*command, env={"MAILER_KEY": "0123456789abcdef" * 2})
            assert refused.code == 1, refused
            assert ".mailer may not be written to" in refused.err
            assert "make the file and its folder writable" in refused.err
            assert list(folder.iterdir()) == []
    finally:
        folder.chmod(0o755)
    assert project.outbox() == []


def test_key_in_a_folder_that_may_not_be_written_to(project: Project, run: Run) -> None:
    folder = project.folder / ".mailer"
    folder.mkdir()
    folder.chmod(0o555)
    try:
        refused = run("build", "spring")
    finally:
        folder.chmod(0o755)
    if os.geteuid() == 0 and refused.code == 0:
        return  # root writes its key anywhere
    assert refused.code == 1, refused
    assert "set MAILER_KEY" in refused.err


def test_output_folder_that_cannot_be_made(project: Project, run: Run) -> None:
    refused = run("build", "spring", "--out", "staff.csv/build")
    assert refused.code == 1, refused
    assert "staff.csv/build/spring.html cannot be written" in refused.err
    assert "choose another folder" in refused.err


def test_second_interrupt_stops_at_once_and_leaves_doubt(project: Project, run: Run) -> None:
    with SmtpServer({"DOT": HANG}) as server:
        project.configure("", transport=f"{server.url}?connections=1")
        process = project.start(*SEND, "--untested", "a relay that hangs")
        wait_until(server.hangs.is_set, process)
        process.send_signal(signal.SIGINT)
        assert process.stderr
        while "stopping once what is in flight has its answer" not in (line := process.stderr.readline()):
            assert line, process.communicate()
        process.send_signal(signal.SIGINT)
        stopped = ended(process)
    assert stopped.code == 130, stopped
    assert "interrupted; what was in flight may be in doubt; the same command goes on" in stopped.err
    told = run("status")
    document = run("status", "--json").json()["sends"][0]
    send = document["send"]
    assert f"spring to subscribers  ({send}): interrupted: no process sends it\n" in told.out
    assert f"Go on with: mailer resume {send}" in told.out
    assert f"mailer resolve {send} --accept" in told.out
    doubt = document["in_doubt"]  # the next message may have its intent already
    assert (document["state"], doubt + document["remaining"]) == ("sending", 3)
    assert 1 <= doubt <= 2
    with SmtpServer() as relay:
        assert run("test", send, "--transport", relay.url).code == 0
        again = run("resume", send, "--transport", relay.url, "--json").json()
        assert (again["in_doubt"], len(relay.messages)) == (doubt, 1 + 3 - doubt)


def test_relay_that_hangs_is_left_by_two_interrupts(project: Project, run: Run) -> None:
    with SmtpServer({"DOT": HANG}) as server:
        project.configure("", transport=server.url)
        process = project.start(*SEND, "--untested", "a relay that hangs")
        wait_until(server.hangs.is_set, process)
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.2)
        stopped = ended(process)
    # A third one that comes while Python ends kills it, for which a shell says 130 too.
    assert stopped.code in (130, -signal.SIGINT), stopped
    assert "mailer send spring --to subscribers --yes" in stopped.err
