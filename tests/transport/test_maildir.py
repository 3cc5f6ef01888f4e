import mailbox
import os
from pathlib import Path

import pytest
from tests.transport.spec import Handed, TransportSpec, let_all_go, make_message

from mailer.errors import ConfigError, ConnectError
from mailer.transport.maildir import MaildirTransport
from mailer.transport.registry import open_transport


class TestMaildir(TransportSpec):
    @pytest.fixture
    def transport(self, tmp_path: Path) -> MaildirTransport:
        return MaildirTransport(tmp_path / "box", url="maildir:box")

    @pytest.fixture
    def handed(self, tmp_path: Path) -> Handed:
        def found() -> list[bytes]:
            paths = sorted((tmp_path / "box" / "new").iterdir(), key=lambda path: path.stat().st_mtime_ns)
            return [path.read_bytes().replace(b"\n", b"\r\n") for path in paths]

        return found


@pytest.fixture
def box(tmp_path: Path) -> MaildirTransport:
    return MaildirTransport(tmp_path / "box", url="maildir:box")


def test_a_mail_reader_opens_it(box: MaildirTransport) -> None:
    box.deliver([make_message(1), make_message(2)], let_all_go)
    read = mailbox.Maildir(box.folder, create=False)
    assert len(read) == 2
    assert {message.get_subdir() for message in read} == {"new"}
    assert b"\r" not in b"".join(message.as_bytes() for message in read)


def test_nothing_is_left_aside(box: MaildirTransport) -> None:
    box.deliver([make_message(1)], lambda _: [])
    box.deliver([make_message(2)], let_all_go)
    assert [*(box.folder / "tmp").iterdir()] == []
    assert len([*(box.folder / "new").iterdir()]) == 1


def test_same_message_id_is_written_over_again(box: MaildirTransport) -> None:
    box.deliver([make_message(1)], let_all_go)
    box.deliver([make_message(1, body="again\r\n")], let_all_go)
    [path] = (box.folder / "new").iterdir()
    assert path.read_bytes().endswith(b"again\n")


@pytest.mark.skipif(os.name != "posix", reason="file modes are those of POSIX")
def test_only_the_owner_can_read_a_message(box: MaildirTransport) -> None:
    box.deliver([make_message()], let_all_go)
    [path] = (box.folder / "new").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert box.folder.stat().st_mode & 0o777 == 0o700
    assert "@" not in path.name


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "box").write_text("a file")
    with pytest.raises(ConnectError, match="cannot write messages into"):
        MaildirTransport(tmp_path / "box", url="maildir:box").open()


@pytest.mark.parametrize("url", ["maildir:", "maildir://elsewhere/box"])
def test_a_url_without_a_folder_of_this_machine_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="names a folder"):
        open_transport(url)


def test_a_url_is_relative_to_the_project(tmp_path: Path) -> None:
    transport = open_transport("maildir:box", base=tmp_path)
    transport.deliver([make_message()], let_all_go)
    assert (tmp_path / "box" / "new").is_dir()
