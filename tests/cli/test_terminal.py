"""What people see at a terminal, and what a file gets instead."""

import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Mapping

import pytest
from tests.cli.command import Run
from tests.cli.project import Project
from tests.servers.smtp import SmtpServer

pty = pytest.importorskip("pty", reason="pseudo-terminals are POSIX")

SEND = ("send", "spring", "--to", "subscribers")


def at_terminal(
    project: Project,
    *arguments: str,
    types: str = "",
    when: str = ":",
    interrupts: bytes = b"",
    env: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    """
    Run `mailer` at a terminal, type once the screen ends so, and return its exit code and the screen.

    Once `interrupts` is on the screen, it is interrupted as by Ctrl-C.
    """
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "mailer", *arguments],
        cwd=project.folder,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "60", **(env or {})},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    screen = b""
    while select.select([ours], [], [], 30)[0]:
        try:
            read = os.read(ours, 4096)
        except OSError:
            break  # Linux ends a terminal that nobody holds with EIO
        if not read:
            break
        screen += read
        if interrupts and interrupts in screen:
            process.send_signal(signal.SIGINT)
            interrupts = b""
        if types and screen.rstrip().endswith(when.rstrip().encode()):
            os.write(ours, f"{types}\n".encode())
            types = ""
    code = process.wait(timeout=30)
    os.close(ours)
    return code, screen.decode().replace("\r\n", "\n")


@pytest.fixture
def tested(project: Project, run: Run) -> Project:
    assert run("test", "spring").code == 0
    return project


@pytest.mark.parametrize("typed", ["3", " 3 "])
def test_number_of_recipients_typed_right_sends(tested: Project, run: Run, typed: str) -> None:
    code, screen = at_terminal(tested, *SEND, types=typed)
    assert code == 0, screen
    assert "Type 3 to send" in screen
    assert run("status", "--json").json()["sends"][0]["accepted"] == 3


@pytest.mark.parametrize("typed", ["4", "yes", "y", "03"])
def test_number_of_recipients_typed_wrong_sends_nothing(tested: Project, run: Run, typed: str) -> None:
    code, screen = at_terminal(tested, *SEND, types=typed)
    assert code == 1, screen
    assert f"{typed} is not 3; nothing was sent" in screen
    assert run("status", "--json").json() == {"sends": []}


def test_question_left_unanswered_sends_nothing(tested: Project, run: Run) -> None:
    code, screen = at_terminal(tested, *SEND, types="\x04")  # Ctrl-D
    assert code == 130, screen
    assert "mailer send spring --to subscribers" in screen
    assert run("status", "--json").json() == {"sends": []}


def test_question_that_is_interrupted_keeps_its_line(tested: Project, run: Run) -> None:
    code, screen = at_terminal(tested, *SEND, interrupts=b"Type 3 to send")
    assert code == 130, screen
    assert "\ninterrupted; the same command goes on: mailer send spring --to subscribers" in screen
    assert run("status", "--json").json() == {"sends": []}


def test_progress_is_drawn_and_taken_away(tested: Project, run: Run) -> None:
    tested.write("recipients.csv", "email\n" + "".join(f"r{number}@example.com\n" for number in range(30)))
    code, screen = at_terminal(tested, *SEND, "--rate", "20/s", types="30")
    assert code == 0, screen
    assert re.search(r"\d+ of 30", screen)
    assert re.search(r"\d+ accepted, 0 deferred, 0 refused, 0 in doubt", screen)
    report = screen[screen.index("Written to outbox/") :]
    assert "30 accepted, 0 deferred" not in report


def test_interrupted_send_says_that_it_stops(tested: Project) -> None:
    tested.write("recipients.csv", "email\n" + "".join(f"r{number}@example.com\n" for number in range(60)))
    code, screen = at_terminal(tested, *SEND, "--rate", "20/s", types="60", interrupts=b" of 60")
    assert code == 130, screen
    assert "stopping once what is in flight has its answer; Ctrl-C again stops at once" in screen
    assert "Go on with: mailer resume" in screen


def test_a_terminal_that_goes_away_stops_the_send_in_order(tested: Project, run: Run) -> None:
    tested.write("recipients.csv", "email\n" + "".join(f"r{number}@example.com\n" for number in range(60)))
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "mailer", *SEND, "--rate", "20/s", "--yes"],
        cwd=tested.folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    screen = b""
    while b" of 60" not in screen:
        screen += os.read(ours, 4096)
    process.send_signal(signal.SIGHUP)
    os.close(ours)

    assert process.wait(timeout=30) == 130
    send = run("status", "--json").json()["sends"][0]
    assert (send["state"], send["in_doubt"]) == ("paused", 0)
    assert send["remaining"] > 0


def test_colour_is_for_terminals_that_want_it(project: Project, run: Run) -> None:
    escape = "\x1b["
    assert escape in at_terminal(project, "build", "nothing")[1]
    assert escape not in at_terminal(project, "build", "nothing", env={"NO_COLOR": "1"})[1]
    assert escape not in run("build", "nothing").err
    assert escape not in run("build", "nothing", env={"FORCE_COLOR": "1"}).err


def test_nothing_is_wrapped_off_a_terminal(tested: Project, run: Run) -> None:
    reason = "asked for it " * 30
    assert run("suppress", "add", "ada@example.com", "--reason", reason).code == 0
    listed = run("suppress", "list", env={"COLUMNS": "40"})
    assert len(listed.out.splitlines()) == 2
    assert reason.strip() in listed.out
    told = run("build", "x" * 300, env={"COLUMNS": "40"})
    assert len(told.err.splitlines()) == 2


def test_no_progress_bar_off_a_terminal(tested: Project, run: Run) -> None:
    sent = run(*SEND, "--yes")
    assert not re.search(r"[━▏█\x1b\r]", sent.err + sent.out)


def test_any_key_stops_the_countdown_after_the_seeds(project: Project, run: Run) -> None:
    with SmtpServer() as server:
        project.configure('\n[sending]\nseeds = "staff"\nhold = "5m"\n', transport=server.url)
        assert run("test", "spring").code == 0
        code, screen = at_terminal(project, *SEND, "--yes", types="x", when="any key stops it ")
        assert code == 4
        assert "paused: stopped by a key after the seeds had got it" in screen
        assert len(server.messages) == 2
