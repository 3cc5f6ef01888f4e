"""How much a message costs, counted in statements, transactions and writes, never in time."""

import os
import sys
from collections import Counter
from typing import Any

import pytest
from tests.sending.scripted import build, freeze
from tests.servers.smtp import SmtpServer

from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Figures
from mailer.sending.clock import Stop
from mailer.sending.core import on_one_core
from mailer.sending.run import CHUNK, Means, Run
from mailer.transport.registry import open_transport
from mailer.transport.smtp.wire import Wire

PEOPLE = 2 * CHUNK
FEW = 30
"""Statements that a run has however many people it writes to."""


def run(ledger: Ledger, *, connections: int) -> Counter[str]:
    """Send to everybody; return how often each kind of statement ran."""
    freeze(ledger, *(f"r{number}" for number in range(PEOPLE)))
    statements: Counter[str] = Counter()
    found: Any = ledger
    found._book._connection.set_trace_callback(lambda text: statements.update([kind_of(text)]))
    with SmtpServer() as server:
        first, *others = [open_transport(server.url) for _ in range(connections)]
        with ledger.sender():
            Run("s1", build, Means(ledger, first, b"k" * 32, others), Stop()).work()
    assert ledger.figures("s1") == Figures(accepted=PEOPLE)
    return statements


def kind_of(statement: str) -> str:
    words = [line for line in statement.split("\n") if line and not line.startswith("--")]
    return " ".join(" ".join(words).split()[:2])


@pytest.mark.parametrize("connections", [1, 4])
def test_a_message_takes_two_changes_and_at_most_a_transaction(ledger: Ledger, connections: int) -> None:
    statements = run(ledger, connections=connections)
    transactions = statements["BEGIN IMMEDIATE"]
    assert statements["COMMIT"] == transactions <= PEOPLE + FEW
    assert 2 * PEOPLE <= statements["UPDATE deliveries"] <= 2 * PEOPLE + FEW
    assert statements.total() <= 2 * PEOPLE + 3 * transactions + FEW


def test_of_one_send_nothing_is_read_for_each_message_but_whether_it_may_go(ledger: Ledger) -> None:
    statements = run(ledger, connections=4)
    looks = {kind: number for kind, number in statements.items() if kind.startswith("SELECT")}
    assert sum(looks.values()) <= statements["BEGIN IMMEDIATE"] + FEW


def test_a_pipelined_message_takes_two_writes_and_a_look_before_the_dot(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: Counter[str] = Counter()

    def count(name: str) -> None:
        usual = getattr(Wire, name)

        def counting(*arguments: Any) -> Any:
            counted[name] += 1
            return usual(*arguments)

        monkeypatch.setattr(Wire, name, counting)

    count("write")
    count("is_quiet")
    run(ledger, connections=1)
    assert counted["write"] <= 2 * PEOPLE + FEW
    assert counted["is_quiet"] <= PEOPLE + FEW


@pytest.mark.skipif(sys.platform != "linux", reason="no other system keeps threads on one core")
def test_a_run_keeps_to_one_core_and_goes_back_to_all() -> None:
    before = os.sched_getaffinity(0)
    with on_one_core():
        assert len(os.sched_getaffinity(0)) == 1
        assert os.sched_getaffinity(0) <= before
    assert os.sched_getaffinity(0) == before


def test_a_system_that_forbids_to_choose_a_core_is_no_hindrance(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbid(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "sched_setaffinity", forbid, raising=False)
    with on_one_core():
        pass
