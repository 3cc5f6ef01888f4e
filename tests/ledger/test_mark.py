"""Copied, restored and replaced ledgers: no live send goes out from them until they are adopted."""

import errno
import os
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.ledger.conftest import URL
from tests.ledger.given import frozen

from mailer.errors import LedgerError
from mailer.ledger.registry import open_ledger
from mailer.ledger.sqlite import mark
from mailer.ledger.sqlite.mark import Home, Mark, misplaced


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A project folder whose ledger live sends have gone out from."""
    folder = tmp_path / "project"
    folder.mkdir()
    go_live(folder)
    return folder


def go_live(folder: Path) -> None:
    with closing(open_ledger(URL, base=folder)) as ledger, ledger.sender(live=True):
        pass


def why(folder: Path) -> str:
    with closing(open_ledger(URL, base=folder, read_only=True)) as ledger:
        return ledger.misplaced


def file_of(folder: Path) -> Path:
    return folder / ".mailer" / "ledger.sqlite3"


def mark_of(folder: Path) -> Path:
    return folder / ".mailer" / "ledger.sqlite3.instance"


def copied_folder(home: Path, other: Path) -> Path:
    shutil.copytree(home, other)
    return other


def copied_file(home: Path, other: Path) -> Path:
    file_of(other).parent.mkdir(parents=True)
    shutil.copy2(file_of(home), file_of(other))
    return other


def restored_folder(home: Path, other: Path) -> Path:
    shutil.copytree(home, other)
    go_live(home)
    shutil.rmtree(home)
    shutil.copytree(other, home)
    return home


def restored_over(home: Path, other: Path) -> Path:
    shutil.copytree(home, other)
    go_live(home)
    for file in (other / ".mailer").iterdir():
        shutil.copyfile(file, home / ".mailer" / file.name)
    return home


def restored_file(home: Path, other: Path) -> Path:
    earlier = file_of(home).read_bytes()
    go_live(home)
    file_of(home).write_bytes(earlier)
    return home


def restored_backup(home: Path, other: Path) -> Path:
    with closing(open_ledger(URL, base=home)) as ledger:
        ledger.back_up(other)
    shutil.copyfile(other, file_of(home))
    return home


def replaced(home: Path, other: Path) -> Path:
    file_of(home).unlink()
    return home


def brought_from_elsewhere(home: Path, other: Path) -> Path:
    go_live(other)
    shutil.copyfile(file_of(other), file_of(home))
    return home


def garbled(home: Path, other: Path) -> Path:
    mark_of(home).write_text("[]")
    return home


Case = Callable[[Path, Path], Path]

CASES: dict[Case, str] = {
    copied_folder: "copied, moved or restored since the live run of 20",
    copied_file: "brought here from another place",
    restored_folder: "copied, moved or restored",
    restored_over: "copied, moved or restored",
    restored_file: "older than the live run of 20",
    restored_backup: "a backup made on 20",
    replaced: "new, and not the one that stood here",
    brought_from_elsewhere: "not the one that stood here",
    garbled: "not the one that stood here",
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_no_live_send_goes_out_from_a_ledger_out_of_place_until_it_is_adopted(
    home: Path, tmp_path: Path, case: Case
) -> None:
    folder = case(home, tmp_path / "other")
    assert CASES[case] in why(folder)
    with closing(open_ledger(URL, base=folder)) as ledger:
        with pytest.raises(LedgerError, match="nothing was sent") as caught, ledger.sender(live=True):
            pass
        assert "mailer ledger adopt" in caught.value.hint
        for _ in range(3):  # a rehearsal goes on, and proves nothing
            with ledger.sender():
                assert ledger.misplaced
        ledger.adopt(ledger.ledger_id)
        with ledger.sender(live=True):
            assert ledger.misplaced == ""
    assert why(folder) == ""


def test_the_original_goes_on_beside_a_copy_that_was_adopted(home: Path, tmp_path: Path) -> None:
    other = copied_folder(home, tmp_path / "other")
    with closing(open_ledger(URL, base=other)) as ledger:
        ledger.adopt(ledger.ledger_id)
    go_live(home)
    go_live(other)
    assert (why(home), why(other)) == ("", "")


def test_what_was_only_rehearsed_is_free_to_travel(tmp_path: Path) -> None:
    with closing(open_ledger(URL, base=tmp_path / "one")) as ledger, ledger.sender():
        frozen(ledger)
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    assert why(tmp_path / "two") == ""


def test_a_project_may_be_renamed(home: Path, tmp_path: Path) -> None:
    moved = home.rename(tmp_path / "other name")
    assert why(moved) == ""


def test_the_same_file_on_another_machine_is_a_copy(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = home / "machine-id"
    name.write_text("0123456789abcdef0123456789abcdef\n")
    monkeypatch.setattr(mark, "MACHINE", name)
    assert "copied" in why(home)


@pytest.mark.parametrize("step", ["write_mark", "place_of"])
def test_a_kill_while_the_mark_is_written_does_not_lock_out(
    home: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(f"mailer.ledger.sqlite.ledger.{step}", killed)
        with closing(open_ledger(URL, base=home)) as ledger, pytest.raises(KeyboardInterrupt):
            ledger._mark()  # type: ignore[attr-defined]
    assert why(home) == ""
    go_live(home)
    assert why(home) == ""


def test_a_mark_that_cannot_be_read_or_written_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(open_ledger(URL, base=home)) as ledger:
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", _fails)
            with pytest.raises(LedgerError, match="cannot be written: No space") as unwritten:
                ledger.adopt("another")
        assert "make room" in unwritten.value.hint
        assert sorted(one.name for one in (home / ".mailer").glob("*.instance*")) == [mark_of(home).name]
        assert ledger.ledger_id != "another"
        mark_of(home).unlink()
        mark_of(home).mkdir()
        with pytest.raises(LedgerError, match="cannot be read") as unread, ledger.sender(live=True):
            pass
    assert str(mark_of(home)) in unread.value.hint


def _fails(_: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_the_mark_is_for_its_owner_only(home: Path) -> None:
    assert mark_of(home).stat().st_mode & 0o077 == 0


def test_a_ledger_ahead_of_its_mark_is_at_home() -> None:
    assert misplaced(Home("a", 4, ""), Mark("a", 3, "then"), "there") == ""
    assert misplaced(Home("a", 3, "here"), Mark("a", 3, "then"), "here") == ""
    assert "older" in misplaced(Home("a", 2, "here"), Mark("a", 3, "then"), "here")
