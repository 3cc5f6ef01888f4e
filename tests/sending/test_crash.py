import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from tests.sending.scripted import freeze, states
from tests.servers.smtp import SmtpServer

from mailer.ledger.base import Ledger
from mailer.ledger.delivery import DeliveryState, SendState

PROJECT = Path(__file__).parents[2]
RECIPIENTS = 300
DEADLINE = 60.0


def test_killed_at_any_instant_it_writes_to_nobody_twice_and_loses_nobody(
    ledger: Ledger, tmp_path: Path
) -> None:
    names = [f"r{number}" for number in range(RECIPIENTS)]
    freeze(ledger, *names)
    with SmtpServer() as server:
        kills = _run_until_done(tmp_path, server)
        received = Counter(message.recipient for message in server.messages)
    ended = states(ledger)
    doubtful = [name for name, state in ended.items() if state is DeliveryState.IN_DOUBT]
    assert ledger.find_send("s1").state is SendState.FINISHED
    assert set(ended) == set(names)
    assert set(ended.values()) <= {DeliveryState.ACCEPTED, DeliveryState.IN_DOUBT}
    assert set(received.values()) == {1}
    accepted = {f"{name}@x.test" for name, state in ended.items() if state is DeliveryState.ACCEPTED}
    assert accepted <= received.keys()
    assert kills >= 3
    assert len(doubtful) <= kills


def _run_until_done(folder: Path, server: SmtpServer) -> int:
    """Start the sender again and again, kill it at a random instant each time; return the number of kills."""
    kills, deadline = 0, time.monotonic() + DEADLINE
    command = [sys.executable, "-m", "tests.sending.crash_driver", str(folder), server.url]
    while time.monotonic() < deadline:
        with subprocess.Popen(command, cwd=PROJECT) as child:
            _wait_for(child, server, len(server.messages) + random.randint(1, RECIPIENTS // 4))
            if child.poll() is None:
                time.sleep(random.uniform(0, 0.005))
                child.send_signal(signal.SIGKILL)
        if child.returncode == 0:
            return kills
        assert child.returncode == -signal.SIGKILL
        kills += 1
    raise AssertionError("not done in time")


def _wait_for(child: "subprocess.Popen[bytes]", server: SmtpServer, messages: int) -> None:
    while child.poll() is None and len(server.messages) < messages:
        time.sleep(0.0005)
