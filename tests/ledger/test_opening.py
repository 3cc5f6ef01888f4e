"""Opening a SQLite ledger: made, read as it is, or refused with a reason."""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.ledger.conftest import URL
from tests.ledger.given import NOW, frozen, left, send_of, staff_test

from mailer.errors import LedgerError, SchemaMismatch
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Figures, SendState
from mailer.ledger.registry import open_ledger
from mailer.ledger.sqlite.ledger import SqliteLedger
from mailer.ledger.sqlite.opening import open_to_write

Open = Callable[[], Ledger]


@pytest.fixture
def reading(tmp_path: Path) -> Iterator[Open]:
    """Return a function that opens the ledger for reading only."""
    opened: list[Ledger] = []

    def read() -> Ledger:
        opened.append(open_ledger(URL, base=tmp_path, read_only=True))
        return opened[-1]

    yield read
    for one in opened:
        one.close()


def ask(path: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(statement).fetchall()


def test_a_ledger_is_made_for_its_owner_only(ledger: Ledger, path: Path) -> None:
    assert path.stat().st_mode & 0o077 == 0
    assert ask(path, "PRAGMA journal_mode") == [("wal",)]


def test_commits_reach_the_disk(tmp_path: Path) -> None:
    book = open_to_write(tmp_path / "ledger.sqlite3")
    (full,) = book._connection.execute("PRAGMA synchronous").fetchone()
    (foreign_keys,) = book._connection.execute("PRAGMA foreign_keys").fetchone()
    assert (full, foreign_keys) == (2, 1)
    book.close()


def test_a_ledger_keeps_its_name_and_its_rows(ledger: Ledger, tmp_path: Path) -> None:
    frozen(ledger)
    name = ledger.ledger_id
    ledger.close()
    again = open_ledger(URL, base=tmp_path)
    assert again.ledger_id == name
    assert again.figures("send-1") == Figures(remaining=3)
    again.close()


def test_two_ledgers_have_two_names(ledger: Ledger, tmp_path: Path) -> None:
    other = open_ledger("sqlite:other.db", base=tmp_path)
    assert other.ledger_id != ledger.ledger_id
    other.close()


def test_a_missing_ledger_reads_as_an_empty_one_and_is_not_made(reading: Open, tmp_path: Path) -> None:
    ledger = reading()
    assert ledger.ledger_id == ""
    assert ledger.sends() == []
    assert ledger.unfinished(send_of(1).identity) is None
    assert ledger.find_test("sha256:1", rehearsal=True) is None
    assert ledger.elsewhere("spring", ["a"], rehearsal=False) == frozenset()
    assert ledger.suppressed([], ["a"]) == {}
    assert [*tmp_path.iterdir()] == []


def test_a_ledger_is_read_as_it_is(ledger: Ledger, reading: Open) -> None:
    frozen(ledger)
    other = reading()
    assert other.figures("send-1") == Figures(remaining=3)
    assert other.ledger_id == ledger.ledger_id
    ledger.suppress([left("a")])
    assert other.suppressed([], ["a"])


@pytest.mark.parametrize(
    "change",
    [
        lambda ledger: ledger.freeze(send_of(0), []),
        lambda ledger: ledger.suppress([left("a")]),
        lambda ledger: ledger.record_test(staff_test("sha256:1")),
        lambda ledger: ledger.set_state("send-1", SendState.PAUSED),
        lambda ledger: ledger.begin("send-1", {}, transport="", now=NOW),
        lambda ledger: ledger.sender().__enter__(),
    ],
)
@pytest.mark.parametrize("missing", [True, False])
def test_a_ledger_open_for_reading_is_not_changed(
    reading: Open, tmp_path: Path, path: Path, change: Callable[[Ledger], object], *, missing: bool
) -> None:
    if not missing:
        open_ledger(URL, base=tmp_path).close()
    with pytest.raises((LedgerError, RuntimeError)):
        change(reading())
    assert not path.with_name(f"{path.name}.sender").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no write bits there")
@pytest.mark.parametrize("place", ["folder", "file"])
def test_what_may_not_be_written_is_told_even_to_root(
    ledger: Ledger, tmp_path: Path, path: Path, reading: Open, place: str
) -> None:
    frozen(ledger)
    ledger.close()
    locked = path if place == "file" else path.parent
    mode = locked.stat().st_mode
    locked.chmod(mode & ~0o222)
    try:
        with pytest.raises(LedgerError, match="may not be written") as caught:
            open_ledger(URL, base=tmp_path)
        assert reading().figures("send-1") == Figures(remaining=3)
    finally:
        locked.chmod(mode)
    assert str(locked) in str(caught.value)
    assert "writable" in caught.value.hint


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no write bits there")
def test_a_ledger_cannot_be_made_in_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(LedgerError, match="may not be written"):
            open_ledger(URL, base=tmp_path)
    finally:
        tmp_path.chmod(0o755)
    assert [*tmp_path.iterdir()] == []


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / ".mailer").write_text("")
    with pytest.raises(LedgerError, match="cannot be made"):
        open_ledger(URL, base=tmp_path)


@pytest.mark.parametrize("read_only", [True, False])
def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path, path: Path, *, read_only: bool) -> None:
    path.mkdir(parents=True)
    with pytest.raises(LedgerError, match="no ledger"):
        open_ledger(URL, base=tmp_path, read_only=read_only)


@pytest.mark.parametrize("read_only", [True, False])
def test_a_file_that_is_no_database_is_told_and_left_alone(
    tmp_path: Path, path: Path, *, read_only: bool
) -> None:
    path.parent.mkdir()
    path.write_text("email,name\n" * 200)
    with pytest.raises(LedgerError, match="not a SQLite database"):
        open_ledger(URL, base=tmp_path, read_only=read_only)
    assert path.read_text() == "email,name\n" * 200


@pytest.mark.parametrize("read_only", [True, False])
def test_the_database_of_another_program_is_told_and_left_alone(
    tmp_path: Path, path: Path, *, read_only: bool
) -> None:
    path.parent.mkdir()
    ask(path, "CREATE TABLE songs (title TEXT)")
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="another program"):
        open_ledger(URL, base=tmp_path, read_only=read_only)
    assert path.read_bytes() == before


@pytest.mark.parametrize("read_only", [True, False])
def test_a_ledger_of_a_newer_mailer_is_told(
    ledger: Ledger, tmp_path: Path, path: Path, *, read_only: bool
) -> None:
    ledger.close()
    ask(path, "PRAGMA user_version = 99")
    with pytest.raises(SchemaMismatch, match="newer mailer") as caught:
        open_ledger(URL, base=tmp_path, read_only=read_only)
    assert "newer mailer" in caught.value.hint


def test_an_older_ledger_is_read_without_changing_it(path: Path, reading: Open) -> None:
    path.parent.mkdir()
    path.touch()
    assert reading().sends() == []
    assert path.stat().st_size == 0


def test_an_older_ledger_is_brought_up_to_date_when_written(tmp_path: Path, path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    ledger = open_ledger(URL, base=tmp_path)
    assert frozen(ledger) == "send-1"
    ledger.close()


def test_a_damaged_ledger_is_told(ledger: Ledger, path: Path, reading: Open) -> None:
    for number in range(40):
        frozen(ledger, "abcdefghijklmnopqrstuvwxyz", name=f"send-{number}", issue=f"issue-{number}")
    ledger.close()
    whole = bytearray(path.read_bytes())
    whole[4096 * 2 :] = b"\xff" * len(whole[4096 * 2 :])
    path.write_bytes(whole)
    with pytest.raises(LedgerError, match="damaged") as caught:
        [*reading().deliveries("send-7")]
    assert "backup" in caught.value.hint


def test_a_full_disk_leaves_everything_before_it_whole(tmp_path: Path) -> None:
    book = open_to_write(tmp_path / "ledger.sqlite3")
    ledger = SqliteLedger(book)
    frozen(ledger)
    (pages,) = book._connection.execute("PRAGMA page_count").fetchone()
    book._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(LedgerError, match="disk is full") as caught:
        ledger.suppress(left(f"key-{number}") for number in range(5000))
    assert "make room" in caught.value.hint
    assert ledger.figures("send-1") == Figures(remaining=3)
    assert [*ledger.suppressions()] == []
    ledger.close()


def test_a_ledger_that_another_process_keeps_writing_to_is_told(tmp_path: Path) -> None:
    first = open_to_write(tmp_path / "ledger.sqlite3")
    impatient = SqliteLedger(open_to_write(tmp_path / "ledger.sqlite3", patience=0.01))
    with first.transaction(), pytest.raises(LedgerError, match="did not finish in time") as caught:
        impatient.suppress([left("a")])
    assert "again" in caught.value.hint
    assert impatient.suppress([left("a")]) == 1
    first.close()
    impatient.close()
