"""A ledger that fails in the middle of a run: no dot after that, the reason told, nobody lost or twice."""

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.sending.scripted import build, freeze
from tests.sending.test_order import lay_out
from tests.servers.smtp import Received, SmtpServer

from mailer.errors import LedgerError
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Figures
from mailer.ledger.registry import open_ledger
from mailer.sending.clock import Stop
from mailer.sending.run import Means, Run
from mailer.transport.registry import open_transport

PEOPLE = [f"r{number}" for number in range(450)]
CONNECTIONS = 4
BEFORE = 30


def run(ledger: Ledger, server: SmtpServer) -> None:
    first, *others = [open_transport(f"{server.url}?timeout=5") for _ in range(CONNECTIONS)]
    with ledger.sender():
        Run("s1", build, Means(ledger, first, b"k" * 32, others), Stop()).work()


def took(server: SmtpServer) -> list[str]:
    return sorted(message.recipient.removesuffix("@x.test") for message in server.messages)


def connection_of(ledger: Ledger) -> sqlite3.Connection:
    found: Any = ledger
    connection: sqlite3.Connection = found._book._connection
    return connection


@contextmanager
def read_only(ledger: Ledger, _: Path) -> Iterator[None]:
    connection_of(ledger).execute("PRAGMA query_only = ON")
    yield
    connection_of(ledger).execute("PRAGMA query_only = OFF")


@contextmanager
def full(ledger: Ledger, _: Path) -> Iterator[None]:
    connection_of(ledger).execute("PRAGMA max_page_count = 1")  # as many as there are
    yield
    connection_of(ledger).execute("PRAGMA max_page_count = 1000000")


@contextmanager
def locked(ledger: Ledger, file: Path) -> Iterator[None]:
    connection_of(ledger).execute("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("PRAGMA busy_timeout = 10000")
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


Fault = Callable[[Ledger, Path], Any]
FAULTS: dict[Fault, str] = {
    read_only: "may not be written to",
    full: "the disk is full",
    locked: "did not finish in time",
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_ledger_that_fails_stops_the_run_before_the_next_dot_and_is_gone_on_with_when_mended(
    ledger: Ledger, tmp_path: Path, fault: Fault
) -> None:
    few = PEOPLE[:150]
    freeze(ledger, *few)
    broken = fault(ledger, tmp_path / "ledger.sqlite3")
    once = threading.Lock()

    def look(_: Received) -> None:
        if len(server.messages) >= BEFORE and once.acquire(blocking=False):
            broken.__enter__()

    with SmtpServer(on_message=look) as server:
        with pytest.raises(LedgerError, match=FAULTS[fault]) as caught:
            run(ledger, server)
        assert caught.value.hint
        stopped = len(server.messages)
        broken.__exit__(None, None, None)
        # Answers that came while nothing could be written, and intents that could not be given back.
        with ledger.sender():
            figures = ledger.figures("s1")
        assert stopped <= figures.accepted + figures.in_doubt <= stopped + CONNECTIONS
        assert figures.in_doubt <= 2 * CONNECTIONS
        assert figures.remaining == len(few) - figures.accepted - figures.in_doubt
        run(ledger, server)
    delivered = took(server)
    assert len({*delivered}) == len(delivered) >= len(few) - CONNECTIONS
    assert ledger.figures("s1") == Figures(accepted=150 - figures.in_doubt, in_doubt=figures.in_doubt)


def test_a_damaged_page_stops_the_run_and_its_repair_lets_it_go_on(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite3"
    with closing(open_ledger("sqlite:ledger.sqlite3", base=tmp_path)) as ledger:
        freeze(ledger, *PEOPLE)
    place, page = page_of(file, PEOPLE[400])
    with SmtpServer() as server:
        overwrite(file, place, b"\xff" * len(page))
        with closing(open_ledger("sqlite:ledger.sqlite3", base=tmp_path)) as ledger:
            with pytest.raises(LedgerError, match="the file is damaged") as caught:
                run(ledger, server)
            assert "backup" in caught.value.hint
            stopped = len(server.messages)
            assert ledger.figures("s1") == Figures(accepted=stopped, remaining=450 - stopped)
            assert 0 < stopped < 450
        overwrite(file, place, page)
        with closing(open_ledger("sqlite:ledger.sqlite3", base=tmp_path)) as ledger:
            run(ledger, server)
            assert ledger.figures("s1") == Figures(accepted=450)
    assert took(server) == sorted(PEOPLE)


def page_of(file: Path, key: str) -> tuple[int, bytes]:
    """Return the place and the bytes of the page that holds a recipient's row."""
    whole = file.read_bytes()
    size = int.from_bytes(whole[16:18], "big")
    found = whole.index(f"{key}{key}@x.test".encode())
    place = found // size * size
    return place, whole[place : place + size]


def overwrite(file: Path, place: int, page: bytes) -> None:
    with file.open("rb+") as opened:
        opened.seek(place)
        opened.write(page)


def test_a_real_process_whose_disk_has_no_room_stops_and_goes_on_when_there_is(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="no limits of that kind here")

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))

    with SmtpServer() as server:
        lay_out(tmp_path, server.url, CONNECTIONS)
        stopped = send(tmp_path, no_room)
        assert stopped.returncode == 1, stopped.stderr
        assert "the disk did not read or write what it should" in stopped.stderr
        assert "run the same command again" in stopped.stderr
        assert len(server.messages) < 60
        done = send(tmp_path)
        assert done.returncode in {0, 4}, done.stderr
    recipients = [message.recipient for message in server.messages]
    assert len(set(recipients)) == len(recipients) == 60


def send(folder: Path, before: Callable[[], None] | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "mailer", "send", "spring", "--to", "readers.csv", "--untested", "x", "--yes"],
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=before,
    )
