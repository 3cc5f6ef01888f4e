"""Backups of the SQLite ledger: whole, checked, for their owner only, and taken while others write."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.ledger.conftest import URL
from tests.ledger.given import ACCEPTED, frozen, hand_over, sending, states
from tests.ledger.processes import child, heard, let_go

from mailer.errors import LedgerError
from mailer.ledger.base import Ledger
from mailer.ledger.registry import open_ledger


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backups" / "ledger.backup"


def restored(file: Path) -> Ledger:
    return open_ledger(f"sqlite:{file.name}", base=file.parent)


def test_a_backup_holds_what_the_ledger_holds(ledger: Ledger, file: Path) -> None:
    sending(ledger)
    hand_over(ledger, "send-1", {"a": ACCEPTED})
    ledger.back_up(file)
    with closing(restored(file)) as copy:
        assert states(copy, "send-1") == states(ledger, "send-1")
        assert copy.ledger_id == ledger.ledger_id


def test_a_backup_is_one_file_for_its_owner_only(ledger: Ledger, file: Path) -> None:
    frozen(ledger)
    ledger.back_up(file)
    assert [*file.parent.iterdir()] == [file]
    assert file.stat().st_mode & 0o077 == 0


def test_no_live_send_goes_out_from_a_backup_though_nothing_was_sent_since(
    ledger: Ledger, file: Path
) -> None:
    ledger.back_up(file)
    with closing(restored(file)) as copy:
        assert "it is a backup made on 20" in copy.misplaced
    assert ledger.misplaced == ""


def test_a_backup_is_taken_while_another_process_writes(ledger: Ledger, tmp_path: Path, file: Path) -> None:
    frozen(ledger, issue="summer", name="send-0")
    with child(tmp_path, "freeze") as other:
        assert heard(other) == "freezing"
        ledger.back_up(file)
        let_go(other)
        assert heard(other) == "frozen"
    with closing(restored(file)) as copy:
        assert [send.id for send in copy.sends()] == ["send-0"]


def test_what_was_in_flight_in_a_backup_is_in_doubt_when_it_is_adopted(
    ledger: Ledger, tmp_path: Path, file: Path
) -> None:
    sending(ledger, "abcd")
    with child(tmp_path, "settle_slowly") as other:
        assert heard(other) == "in the transaction"
        ledger.back_up(file)
    with closing(restored(file)) as copy:
        copy.adopt(copy.ledger_id)
        assert states(copy, "send-1") == {
            "a": "accepted",
            "b": "in_doubt",
            "c": "in_doubt",
            "d": "in_doubt",
        }


def test_an_older_backup_is_replaced(ledger: Ledger, file: Path) -> None:
    ledger.back_up(file)
    frozen(ledger)
    ledger.back_up(file)
    with closing(restored(file)) as copy:
        assert len(copy.sends()) == 1


def test_the_ledger_itself_and_files_of_others_are_not_replaced(
    ledger: Ledger, tmp_path: Path, path: Path
) -> None:
    with pytest.raises(LedgerError, match="the ledger itself"):
        ledger.back_up(path)
    (tmp_path / "recipients.csv").write_text("email\n")
    with pytest.raises(LedgerError, match="is there already, and is no backup"):
        ledger.back_up(tmp_path / "recipients.csv")
    with closing(open_ledger("sqlite:other.db", base=tmp_path)):
        pass
    with pytest.raises(LedgerError, match="is there already, and is no backup"):
        ledger.back_up(tmp_path / "other.db")
    assert (tmp_path / "recipients.csv").read_text() == "email\n"


def test_a_folder_that_cannot_be_made_is_told(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "backups").write_text("")
    with pytest.raises(LedgerError, match=r"the backup .* cannot be written") as caught:
        ledger.back_up(tmp_path / "backups" / "ledger.backup")
    assert "another folder" in caught.value.hint


def test_a_ledger_that_is_not_there_is_not_backed_up(tmp_path: Path, file: Path) -> None:
    reading = open_ledger(URL, base=tmp_path, read_only=True)
    with closing(reading), pytest.raises(LedgerError, match="nothing to back up"):
        reading.back_up(file)
    assert not file.exists()


def test_a_damaged_ledger_leaves_no_backup_behind(
    ledger: Ledger, tmp_path: Path, path: Path, file: Path
) -> None:
    for number in range(40):
        frozen(ledger, "abcdefghijklmnopqrstuvwxyz", name=f"send-{number}", issue=f"issue-{number}")
    ledger.back_up(file)
    before = file.read_bytes()
    ledger.close()
    with closing(sqlite3.connect(path)) as raw:
        (page,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'deliveries_key'").fetchone()
        (size,) = raw.execute("PRAGMA page_size").fetchone()
    whole = bytearray(path.read_bytes())
    whole[(page - 1) * size : page * size] = b"\xff" * size
    path.write_bytes(whole)
    with closing(open_ledger(URL, base=tmp_path)) as damaged, pytest.raises(LedgerError, match="damaged"):
        damaged.back_up(file)
    assert file.read_bytes() == before
    assert [*file.parent.iterdir()] == [file]
