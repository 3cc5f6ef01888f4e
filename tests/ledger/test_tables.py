"""What the tables themselves forbid, and how statements find their rows."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.ledger.given import ACCEPTED, frozen, hand_over, left, send_of, sending, staff_test

from mailer.ledger.base import Ledger
from mailer.ledger.delivery import PlannedRecipient
from mailer.ledger.sqlite.statement import migrations, split, statements

ABOUT_ALL = {"people"}
"""Statements that ask for everybody in the book, and are run when it changes its key."""


@pytest.fixture
def raw(ledger: Ledger, path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def test_nobody_can_hold_an_issue_twice_even_by_a_fault(ledger: Ledger, raw: sqlite3.Connection) -> None:
    sending(ledger, "a")
    hand_over(ledger, "send-1", {"a": ACCEPTED})
    frozen(ledger, "b", name="send-2", to="clients")
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute("UPDATE deliveries SET key = 'a' WHERE key = 'b'")


def test_a_content_is_kept_once(ledger: Ledger, raw: sqlite3.Connection) -> None:
    frozen(ledger, "a")
    frozen(ledger, "b", name="send-2", to="clients")
    ledger.record_test(staff_test("sha256:1"))
    ledger.record_test(staff_test("sha256:1"))
    assert raw.execute("SELECT count(*) FROM contents").fetchone() == (2,)


def test_the_log_of_suppressions_keeps_what_was_added_and_removed(
    ledger: Ledger, raw: sqlite3.Connection
) -> None:
    ledger.suppress([left("a", "clients")])
    ledger.suppress([left("a", "clients")])
    ledger.unsuppress("a", "clients")
    log = raw.execute("SELECT change, key, list, reason FROM suppression_changes").fetchall()
    assert log == [("added", "a", "clients", "unsubscribed"), ("removed", "a", "clients", "unsubscribed")]


@pytest.mark.parametrize(
    "statement", ["DELETE FROM suppression_changes", "UPDATE suppression_changes SET reason = ''"]
)
def test_the_log_of_suppressions_is_append_only(
    ledger: Ledger, raw: sqlite3.Connection, statement: str
) -> None:
    ledger.suppress([left("a")])
    with pytest.raises(sqlite3.IntegrityError, match="log of suppressions"):
        raw.execute(statement)


def test_a_row_that_breaks_a_rule_is_not_mistaken_for_one_left_out(ledger: Ledger) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        ledger.freeze(send_of(1), [PlannedRecipient(key="", address="a@example.com")])
    assert ledger.sends() == []


@pytest.mark.parametrize(
    "name", [name for name, text in statements().items() if " deliveries" in text and name not in ABOUT_ALL]
)
def test_no_statement_goes_through_all_deliveries(raw: sqlite3.Connection, name: str) -> None:
    statement = _without_comments(statements()[name])
    values: dict[str, Any] = {
        value: "[]" if value in {"keys", "rows", "states"} else 1
        for value in re.findall(r":(\w+)", statement)
    }
    given = values or [1] * statement.count("?")
    plan = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", given)]
    assert not [step for step in plan if step.startswith("SCAN deliveries")]
    if "rows" in values or not values:
        assert [step for step in plan if step.startswith("SEARCH deliveries USING INTEGER PRIMARY KEY")]
    if "keys" in values:
        assert [step for step in plan if "key=?" in step]


def test_a_script_is_cut_into_whole_statements() -> None:
    statements_of_tables = [*split(migrations()[0])]
    assert sqlite3.complete_statement(statements_of_tables[-1])
    assert "".join(statements_of_tables) == migrations()[0]
    assert sum("CREATE TRIGGER" in one for one in statements_of_tables) == 4


def _without_comments(statement: str) -> str:
    return re.sub(r"^--.*$", "", statement, flags=re.MULTILINE)
