"""Order proved by the system calls of a real send: no final dot before the sync of its intent."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.sending.trace import read_trace
from tests.servers.smtp import SmtpServer

CONFIG = """\
[newsletter]
name = "Field Notes"
from = "Field Notes <news@example.com>"
postal_address = "1 Main St, Springfield"
unsubscribe_url = "https://news.example.com"

[transports]
default = "{url}?connections={connections}"
"""
RECIPIENTS = 60
CALLS = "trace=pwrite64,fdatasync,fsync,sendto,sendmsg,write,writev"


def _strace_works() -> bool:
    """Say whether strace is here and may look into processes; where tools are required, it must."""
    if os.environ.get("MAILER_TEST_TOOLS") == "required":
        return True
    if shutil.which("strace") is None:
        return False
    tried = ["strace", "-f", "-o", os.devnull, sys.executable, "-c", ""]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


needs_strace = pytest.mark.skipif(
    not _strace_works(), reason="strace (Debian: apt-get install strace) is not installed or may not trace"
)


@needs_strace
@pytest.mark.parametrize("connections", [1, 4])
def test_every_final_dot_is_written_after_the_sync_of_its_intent(tmp_path: Path, connections: int) -> None:
    with SmtpServer() as server:
        lay_out(tmp_path, server.url, connections)
        trace = tmp_path / "trace"
        strace = ["strace", "-f", "-y", "-s", "1000000", "-e", CALLS, "-o", str(trace)]
        send = ["send", "spring", "--to", "readers.csv", "--untested", "traced", "--yes"]
        done = subprocess.run(
            [*strace, sys.executable, "-m", "mailer", *send],
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    found = read_trace(trace.read_text(encoding="ascii").splitlines())
    assert found.early == []
    assert sorted(found.dots) == sorted(message.message_id.encode() for message in server.messages)
    assert len(found.dots) == RECIPIENTS
    assert RECIPIENTS / connections <= found.syncs


def lay_out(folder: Path, url: str, connections: int) -> None:
    (folder / "mailer.toml").write_text(CONFIG.format(url=url, connections=connections), encoding="utf-8")
    (folder / "issues").mkdir()
    (folder / "issues" / "spring.md").write_text("# Spring\n\nHello.\n", encoding="utf-8")
    rows = ["email", *(f"reader{number}@example.com" for number in range(RECIPIENTS))]
    (folder / "readers.csv").write_text("\n".join(rows), encoding="utf-8")


WRITTEN = r'7 pwrite64(4</p/l.sqlite3-wal>, "\0\1<a@b.c>\"", 9, 0) = 9'
SYNCED = "7 fdatasync(4</p/l.sqlite3-wal>) = 0"
BODY = r'8 sendto(5<socket:[1]>, "Subject: x\r\nMessage-ID: <a@b.c>\r\n\r\nHello.\r\n", 40, 0, NULL, 0) = 40'
DOT = r'8 sendto(5<socket:[1]>, ".\r\nMAIL FROM:<n@b.c>\r\n", 20, 0, NULL, 0) = 20'
SYNC_BEGINS = "7 fdatasync(4</p/l.sqlite3-wal> <unfinished ...>"
SYNC_ENDS = "7 <... fdatasync resumed>)       = 0"
SYNC_FAILS = "7 <... fdatasync resumed>)       = -1 EIO (Input/output error)"


@pytest.mark.parametrize(
    ("lines", "early"),
    [
        ([BODY, WRITTEN, SYNCED, DOT], 0),
        ([WRITTEN, BODY, SYNC_BEGINS, SYNC_ENDS, DOT], 0),
        ([BODY, WRITTEN, DOT, SYNCED], 1),
        ([BODY, SYNCED, WRITTEN, DOT], 1),
        ([BODY, SYNC_BEGINS, WRITTEN.replace("7 ", "9 "), SYNC_ENDS, DOT], 1),
        ([BODY, WRITTEN, SYNC_BEGINS, DOT, SYNC_ENDS], 1),
        ([BODY, WRITTEN, SYNC_BEGINS, SYNC_FAILS, DOT], 1),
    ],
)
def test_a_dot_that_is_too_early_is_seen(lines: list[str], early: int) -> None:
    found = read_trace(lines)
    assert (found.dots, len(found.early)) == ([b"<a@b.c>"], early)
