"""What the README shows is what happens: its transcript is run line by line."""

import csv
import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.cli import main

if os.name == "nt":
    pytest.skip("the transcript needs a pseudo-terminal and SIGKILL", allow_module_level=True)
import pty

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")

CONFIG = """
[newsletter]
name = "Field Notes"
from = "Field Notes <news@example.com>"
[lists]
staff = "staff.csv"
subscribers = "recipients.csv"
[transports]
default = "smtp://127.0.0.1:{port}"
"""
ISSUE = '# The owls are back\n\nHello {{ recipient.first_name | default("there") }}, teh owls are back.\n'


def transcript() -> Iterator[tuple[str, list[str]]]:
    """Yield each command of the README's transcript and the lines below it."""
    block = re.search(r"```console\n(.*?)```", README, re.DOTALL)
    assert block
    for step in re.split(r"^\$ ", block[1], flags=re.MULTILINE)[1:]:
        command, *lines = step.rstrip("\n").split("\n")
        yield command, lines


def as_pattern(lines: list[str]) -> str:
    """Return what matches the lines, `…` standing for anything."""
    return "".join(re.escape(line).replace("…", ".*?") + r"\s*\n" for line in lines)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.servers.smtp", "--port", "0", "--log", str(tmp_path / "log")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().split()[1]
        server.terminate()


@pytest.fixture
def project(tmp_path: Path, port: str) -> Path:
    (tmp_path / "mailer.toml").write_text(CONFIG.format(port=port), encoding="utf-8")
    (tmp_path / "issues").mkdir()
    (tmp_path / "issues" / "owls.md").write_text(ISSUE, encoding="utf-8")
    (tmp_path / "staff.csv").write_text("email\nerin@example.com\n", encoding="utf-8")
    with (tmp_path / "recipients.csv").open("w", encoding="utf-8", newline="") as file:
        rows = ([f"reader{number}@example.com", "Robin"] for number in range(300))
        csv.writer(file).writerows([["email", "first_name"], *rows])
    return tmp_path


def run_at_terminal(command: str, folder: Path, *, typed: str, kill_after: int) -> str:
    """Run a command on a pseudo-terminal, type when asked, kill it in the middle; return what it showed."""
    terminal, its_side = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "mailer", *command.split()[1:]],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "200"},
        stdin=its_side,
        stdout=its_side,
        stderr=its_side,
        start_new_session=True,
    )
    os.close(its_side)
    shown, deadline = b"", time.monotonic() + 60
    while b"Type " not in shown and time.monotonic() < deadline:
        shown += read(terminal)
    os.write(terminal, typed.encode() + b"\n")
    while (folder / "log").read_bytes().count(b"\n") < kill_after and time.monotonic() < deadline:
        shown += read(terminal)
    process.kill()
    process.wait()
    while more := read(terminal):
        shown += more
    os.close(terminal)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode()).replace("\r\n", "\n")


def read(terminal: int) -> bytes:
    ready, _, _ = select.select([terminal], [], [], 0.02)
    try:
        return os.read(terminal, 65536) if ready else b""
    except OSError:  # the other side is gone
        return b""


def run(command: str, folder: Path) -> str:
    words = command.split() if command.startswith("mailer") else ["sh", "-c", command]
    arguments = [sys.executable, "-m", "mailer", *words[1:]] if words[0] == "mailer" else words
    done = subprocess.run(
        arguments,
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return done.stdout


def test_transcript_is_what_happens(project: Path, port: str) -> None:
    run("mailer test owls", project)
    for command, lines in transcript():
        expected = [line.replace("127.0.0.1:2525", f"127.0.0.1:{port}") for line in lines]
        if expected and expected[-1] == "Killed":
            shown = run_at_terminal(command, project, typed="300", kill_after=60)
            expected = expected[:-1]
        else:
            shown = run(command, project)
        assert re.search(as_pattern(expected), shown, re.DOTALL), f"$ {command}\n{shown}"


def test_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_readme_is_short() -> None:
    assert len(README.splitlines()) <= 150


def test_markdown_of_the_readme_compiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mailer.toml").write_text(CONFIG.format(port=1), encoding="utf-8")
    example = re.search(r"```markdown\n(.*?)```", README, re.DOTALL)
    assert example
    (tmp_path / "owls.md").write_text(example[1], encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["build", "owls.md"])
    assert ended.value.code == 0
    assert "* Tuesday, at ten to six" in (tmp_path / "build" / "owls.txt").read_text(encoding="utf-8")
