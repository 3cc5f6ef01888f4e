"""
A send that is killed again and again, and the sums that must come out.

`python -m tests.sending.crash` is the long one: 20,000 messages and more than 200 kills.
"""
# ruff: noqa: T201 - a command of its own

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.sending.crash_driver import POINTS
from tests.sending.scripted import freeze, states
from tests.servers.smtp import SmtpServer

from mailer.ledger.base import Ledger
from mailer.ledger.delivery import DeliveryState, SendState
from mailer.ledger.registry import open_ledger

PROJECT = Path(__file__).parents[2]
KILLED = -9
LEAST_KILLS, LEAST_MESSAGES = 200, 20_000


@dataclass(frozen=True, slots=True)
class Tale:
    """
    What became of everybody: `delivered` of those in doubt had got the message.

    `most` is how many one kill left in doubt at the most, `points` are those at which a sender was killed.
    """

    messages: int
    kills: int
    in_doubt: int
    delivered: int
    most: int
    points: frozenset[str] = frozenset()

    def __str__(self) -> str:
        """Tell it in a line."""
        points = f" at {len(self.points)} points" if self.points else ""
        return (
            f"{self.messages:,} messages, {self.kills} kills{points}: {self.in_doubt} in doubt,"
            f" at most {self.most} by one kill, {self.delivered} of them delivered"
        )


class Nest:
    """The process that hatches senders (crash_driver)."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdin
        assert process.stdout
        self._process, self._orders, self._answers = process, process.stdin, process.stdout

    def hatch(self, point: str = "") -> int:
        """Start a sender and return its process id."""
        self._orders.write(f"{point}\n")
        self._orders.flush()
        return int(self._answers.readline())

    def ended(self) -> int:
        """Return how the sender ended, once it has."""
        return int(self._answers.readline())


@contextmanager
def nest(folder: Path, server: SmtpServer, connections: int) -> Iterator[Nest]:
    command = [sys.executable, "-m", "tests.sending.crash_driver", str(folder), server.url, str(connections)]
    with subprocess.Popen(
        command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Nest(process)
        assert process.stdin
        process.stdin.close()


def kill_at_random(
    ledger: Ledger, folder: Path, *, messages: int, kills: int, connections: int, seed: int
) -> Tale:
    """Kill senders at random instants, so many times or until all is done, then let one finish."""
    chance = random.Random(seed)
    names = _frozen(ledger, messages)
    doubts: list[int] = []
    with SmtpServer() as server, nest(folder, server, connections) as hatchery:
        for number in range(kills):
            _started_and_killed(hatchery, server, messages * (number + 1) // (kills + 1), chance)
            if hatchery.ended() == KILLED:
                doubts.append(_in_flight(ledger, connections))
        _finish(hatchery)
        return _tale(ledger, names, server, doubts)


def kill_at_points(
    ledger: Ledger, folder: Path, *, messages: int, points: Iterable[str], connections: int
) -> Tale:
    """Let senders kill themselves at named points, then one finish."""
    names = _frozen(ledger, messages)
    doubts: list[int] = []
    reached: set[str] = set()
    with SmtpServer() as server, nest(folder, server, connections) as hatchery:
        for point in points:
            hatchery.hatch(point)
            if hatchery.ended() == KILLED:
                doubts.append(_in_flight(ledger, connections))
                reached.add(point.rpartition(" ")[0])
        _finish(hatchery)
        return replace(_tale(ledger, names, server, doubts), points=frozenset(reached))


def _finish(hatchery: Nest) -> None:
    hatchery.hatch()
    assert hatchery.ended() == 0


def _in_flight(ledger: Ledger, connections: int) -> int:
    """Return how many a kill has left in doubt: two of each connection, the second one still on its way."""
    number = sum(1 for _ in ledger.deliveries("s1", (DeliveryState.SENDING,)))
    assert number <= 2 * connections
    return number


def _frozen(ledger: Ledger, messages: int) -> list[str]:
    names = [f"r{number}" for number in range(messages)]
    freeze(ledger, *names)
    return names


def _started_and_killed(hatchery: Nest, server: SmtpServer, wanted: int, chance: random.Random) -> None:
    """Start a sender, and kill it some instants after the server has so many messages."""
    child = hatchery.hatch()
    while len(server.messages) < wanted and _lives(child):
        time.sleep(0.0005)
    time.sleep(chance.uniform(0, 0.005))
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)


def _lives(child: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(child, 0)
        return True
    return False


def _tale(ledger: Ledger, names: list[str], server: SmtpServer, doubts: list[int]) -> Tale:
    """Require that nobody got two, nobody is lost and every doubt has its kill: `doubts` has one by one."""
    received = Counter(message.recipient.removesuffix("@x.test") for message in server.messages)
    ended = states(ledger)
    accepted = {name for name, state in ended.items() if state is DeliveryState.ACCEPTED}
    doubtful = {name for name, state in ended.items() if state is DeliveryState.IN_DOUBT}
    assert ledger.find_send("s1").state is SendState.FINISHED
    assert set(ended) == set(names) == accepted | doubtful
    assert max(received.values()) == 1
    assert accepted <= received.keys() <= accepted | doubtful
    assert len(doubtful) == sum(doubts)
    delivered = len(doubtful & received.keys())
    return Tale(len(names), len(doubts), len(doubtful), delivered, max(doubts, default=0))


def main() -> None:
    """Tell the long tale: 1, 4 and 16 connections, random instants and every named point."""
    tales = []
    for connections in (1, 4, 16):
        with _empty_ledger() as (ledger, folder):
            tale = kill_at_random(
                ledger, folder, messages=7000, kills=80, connections=connections, seed=connections
            )
        tales.append(tale)
        print(f"{connections:2} connections, random instants: {tale}", flush=True)
        with _empty_ledger() as (ledger, folder):
            points = [f"{name} {times}" for name in POINTS for times in (1, 7, 50)]
            tale = kill_at_points(ledger, folder, messages=4000, points=points, connections=connections)
        assert tale.points == POINTS.keys(), f"never reached: {POINTS.keys() - tale.points}"
        print(f"{connections:2} connections, named points:    {tale}", flush=True)
    messages, kills = sum(tale.messages for tale in tales), sum(tale.kills for tale in tales)
    assert messages >= LEAST_MESSAGES
    assert kills >= LEAST_KILLS
    print(f"{kills} kills at random instants over {messages:,} messages: nobody twice, nobody lost")


@contextmanager
def _empty_ledger() -> Iterator[tuple[Ledger, Path]]:
    with TemporaryDirectory() as place:
        ledger = open_ledger("sqlite:ledger.sqlite3", base=Path(place))
        with closing(ledger):
            yield ledger, Path(place)


if __name__ == "__main__":
    main()
