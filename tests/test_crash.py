"""A send of 2,000 to a real SMTP server, killed with SIGKILL at random moments and run again until done."""

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RECIPIENTS = 2000
KILLS = 8
CONNECTIONS = 4

CONFIG = """
[newsletter]
name = "Field Notes"
from = "Field Notes <news@example.com>"
unsubscribe_url = "https://news.example.com"

[lists]
staff = "staff.csv"
subscribers = "recipients.csv"

[transports]
default = "smtp://127.0.0.1:{port}?connections={connections}"
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MAILER_KEY", "0123456789abcdef" * 4)
    (tmp_path / "issues").mkdir()
    issue = "# Spring\n\nHello {{ recipient.first_name | default('reader') }}.\n"
    (tmp_path / "issues" / "spring.md").write_text(issue, encoding="utf-8")
    (tmp_path / "staff.csv").write_text("email\nstaff@example.com\n", encoding="utf-8")
    with (tmp_path / "recipients.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["email", "first_name"])
        rows.writerows([f"reader{number}@example.com", f"R{number}"] for number in range(RECIPIENTS))
    return tmp_path


def start_server(log: Path) -> tuple[subprocess.Popen[str], int]:
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.servers.smtp", "--port", "0", "--log", str(log)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    return server, int(server.stdout.readline().split()[1])


def mailer(*arguments: str, folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "mailer", *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def accepted(log: Path) -> list[str]:
    """Return the recipients whose message the server logged; its last line may be cut short."""
    if not log.exists():
        return []
    lines = log.read_text(encoding="utf-8").split("\n")[:-1]
    return [json.loads(line)["to"] for line in lines]


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX")
@pytest.mark.timeout(300)
def test_killed_send_goes_on_and_reaches_everybody_once(project: Path, tmp_path: Path) -> None:
    log = tmp_path / "server.jsonl"
    server, port = start_server(log)
    try:
        (project / "mailer.toml").write_text(
            CONFIG.format(port=port, connections=CONNECTIONS), encoding="utf-8"
        )
        test = mailer("test", "spring", folder=project)
        told = test.communicate()
        assert test.returncode == 0, told
        killed = kill_and_repeat(project, log)
        last = mailer("send", "spring", "--to", "subscribers", "--yes", "--json", folder=project)
        out, err = last.communicate()
    finally:
        server.terminate()
        server.communicate()
    report = json.loads(out)
    assert report["state"] == "finished", err
    assert last.returncode == (4 if report["in_doubt"] else 0), err
    assert report["planned"] == RECIPIENTS == report["accepted"] + report["in_doubt"]
    # The message in flight and the next one, whose commands have left with its dot.
    assert report["in_doubt"] <= killed * CONNECTIONS * 2
    counted = Counter(accepted(log))
    del counted["staff@example.com"]
    assert max(counted.values()) == 1
    assert report["accepted"] <= len(counted) <= RECIPIENTS
    assert killed >= KILLS // 2


def kill_and_repeat(project: Path, log: Path) -> int:
    """Start the same command again and again and kill it at random moments; return the number of kills."""
    moments = random.Random(20191117)
    killed = 0
    for _ in range(KILLS):
        before = len(accepted(log))
        process = mailer("send", "spring", "--to", "subscribers", "--yes", folder=project)
        wait_for_more(process, log, before + moments.randint(1, RECIPIENTS // KILLS - 50))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.communicate()
    return killed


def wait_for_more(process: "subprocess.Popen[str]", log: Path, wanted: int) -> None:
    """Wait until the server has logged that many messages, or the process has ended."""
    while process.poll() is None and log.read_bytes().count(b"\n") < wanted:
        time.sleep(0.002)
