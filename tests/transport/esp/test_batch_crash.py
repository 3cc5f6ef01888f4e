"""A send of 2,000 in batches through a provider that fails at random, killed three times: who got what."""

import csv
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.servers.http import HttpServer
from tests.transport.esp.batches import SCHEMES, id_of
from tests.transport.esp.dialects import KEY
from tests.transport.esp.faulty import FaultyProvider

from mailer.transport.esp.providers import PROVIDERS

RECIPIENTS = 2000
BATCH = 25
CONNECTIONS = 3
KILLED_AT = (9, 31, 58)
"""Of the requests, those whose sender is killed when they were dealt with and not answered yet."""

MOST_RUNS = 40
CONFIG = """
[newsletter]
name = "Field Notes"
from = "Field Notes <news@example.com>"
unsubscribe_url = "https://news.example.com"

[lists]
subscribers = "recipients.csv"

[transports]
default = "{scheme}://?api={api}&batch={batch}&connections={connections}&timeout=1.5"
"""


@dataclass
class Sender:
    """Runs `mailer` in a folder; whoever has its `kill` ends what runs now."""

    folder: Path
    scheme: str
    killed: int = 0
    running: "list[subprocess.Popen[str]]" = field(default_factory=list)

    def lay_out(self, api: str) -> None:
        (self.folder / "issues").mkdir()
        issue = "# Spring\n\nHello {{ recipient.first_name | default('reader') }}.\n"
        (self.folder / "issues" / "spring.md").write_text(issue, encoding="utf-8")
        config = CONFIG.format(scheme=self.scheme, api=api, batch=BATCH, connections=CONNECTIONS)
        (self.folder / "mailer.toml").write_text(config, encoding="utf-8")
        with (self.folder / "recipients.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["email", "first_name"])
            rows.writerows([address_of(number), f"R{number}"] for number in range(RECIPIENTS))

    def mailer(self, *arguments: str) -> tuple[int, str, str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "mailer", *arguments],
            cwd=self.folder,
            env={**os.environ, PROVIDERS[self.scheme].key: KEY, "MAILER_KEY": "0123456789abcdef" * 4},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.running.append(process)
        out, err = process.communicate()
        self.running.remove(process)
        return process.returncode, out, err

    def kill(self) -> None:
        for process in self.running:
            process.send_signal(signal.SIGKILL)
            self.killed += 1

    def send_until_done(self) -> dict[str, Any]:
        """Give the same command again until nobody is left, and return the report."""
        for _ in range(MOST_RUNS):
            code, out, err = self.mailer(
                "send", "spring", "--to", "subscribers", "--yes", "--untested", "faults", "--json"
            )
            if code >= 0:
                assert out, err
                report: dict[str, Any] = json.loads(out)
                if report["state"] == "finished":
                    return report
        raise AssertionError(err)

    def deliveries(self, send: str) -> dict[str, dict[str, str]]:
        """Return what the ledger has of each address."""
        _, out, _ = self.mailer("status", send, "--deliveries", "--format", "csv")
        return {row["address"]: row for row in csv.DictReader(out.splitlines())}


def address_of(number: int) -> str:
    return f"reader{number}@example.com"


TURNED_AWAY = frozenset(map(address_of, range(40, RECIPIENTS, 150)))


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_nobody_gets_two_nobody_is_lost_and_doubt_is_shown(tmp_path: Path, scheme: str) -> None:
    sender = Sender(tmp_path, scheme)
    provider = FaultyProvider(
        scheme, seed=5, turned_away=TURNED_AWAY, at=dict.fromkeys(KILLED_AT, sender.kill)
    )
    with HttpServer(provider.respond) as server:
        sender.lay_out(server.url)
        report = sender.send_until_done()
        deliveries = sender.deliveries(report["send"])
    by_state = {
        state: {address for address, row in deliveries.items() if row["state"] == state}
        for state in ("accepted", "refused", "in_doubt")
    }
    assert sender.killed == len(KILLED_AT)
    assert len(provider.mishaps) >= 3
    assert max(provider.taken.values()) == 1, "nobody gets two"
    assert provider.taken.keys() == deliveries.keys() - TURNED_AWAY - (
        by_state["in_doubt"] - provider.taken.keys()
    )
    assert by_state["accepted"] <= provider.taken.keys()
    assert by_state["refused"] <= TURNED_AWAY
    assert all(deliveries[one]["provider_id"] == id_of(one) for one in by_state["accepted"])
    assert report["planned"] == RECIPIENTS == report["accepted"] + report["refused"] + report["in_doubt"]
    assert {state: len(found) for state, found in by_state.items()} == {
        state: report[state] for state in by_state
    }
    by_kills = by_state["in_doubt"] - provider.unclear
    assert len(by_kills) <= (len(KILLED_AT) * CONNECTIONS * BATCH if scheme == "postmark" else 0)
