import os
from pathlib import Path

import pytest
from tests.transport.spec import Handed, TransportSpec, let_all_go, make_message, verdicts

from mailer.errors import ConfigError, ConnectError
from mailer.message.outcome import Verdict
from mailer.transport.file import FileTransport
from mailer.transport.registry import open_transport


class TestFile(TransportSpec):
    @pytest.fixture
    def transport(self, tmp_path: Path) -> FileTransport:
        return FileTransport(tmp_path / "outbox", url="file:outbox")

    @pytest.fixture
    def handed(self, tmp_path: Path) -> Handed:
        return lambda: [path.read_bytes() for path in sorted((tmp_path / "outbox").glob("*.eml"))]


@pytest.fixture
def outbox(tmp_path: Path) -> FileTransport:
    return FileTransport(tmp_path / "outbox", url="file:outbox")


def test_only_the_owner_can_read_a_message(outbox: FileTransport) -> None:
    outbox.deliver([make_message()], let_all_go)
    [path] = outbox.folder.glob("*.eml")
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
        assert outbox.folder.stat().st_mode & 0o777 == 0o700


def test_file_name_holds_no_address(outbox: FileTransport) -> None:
    outbox.deliver([make_message()], let_all_go)
    [path] = outbox.folder.iterdir()
    assert path.name.startswith("000001-")
    assert "reader" not in path.name
    assert "@" not in path.name


def test_same_message_id_writes_its_file_over_again(outbox: FileTransport, tmp_path: Path) -> None:
    outbox.deliver([make_message(1)], let_all_go)
    outbox.deliver([make_message(2)], let_all_go)
    again = FileTransport(tmp_path / "outbox", url="file:outbox")
    again.deliver([make_message(1, body="again\r\n")], let_all_go)
    again.deliver([make_message(3)], let_all_go)
    first, _second, third = sorted(outbox.folder.iterdir())
    assert first.read_bytes() == make_message(1, body="again\r\n").data
    assert third.name.startswith("000003-")


def test_other_files_in_the_folder_are_left_alone(outbox: FileTransport) -> None:
    outbox.folder.mkdir()
    (outbox.folder / "notes.txt").write_text("mine")
    assert verdicts(outbox.deliver([make_message()], let_all_go)) == [Verdict.ACCEPTED]
    assert (outbox.folder / "notes.txt").read_text() == "mine"


def test_what_cannot_be_a_folder_is_told_when_opened(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file")
    with pytest.raises(ConnectError, match="outbox") as refused:
        FileTransport(tmp_path / "outbox", url="file:outbox").open()
    assert refused.value.hint


def test_path_counts_from_the_project_folder(tmp_path: Path) -> None:
    transport = open_transport("file:mail/out", base=tmp_path)
    transport.open()
    assert (tmp_path / "mail/out").is_dir()
    assert transport.rehearsal


def test_url_without_a_folder_is_refused() -> None:
    for url in ("file:", "file://host/path", "file:?timeout=3"):
        with pytest.raises(ConfigError, match="folder"):
            open_transport(url)
