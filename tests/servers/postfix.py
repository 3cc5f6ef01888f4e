"""
A real Postfix for one test: Debian's program with a configuration, a queue and data of its own.

    with SmtpServer() as sink, Postfix(relay_to=sink.port) as relay:
        ...  # hand messages to relay.url, and wait until they are in sink.messages

It listens on this machine alone, relays everything to the port it is given, and asks no DNS.
The system's own Postfix and its configuration are never touched.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

MASTER = Path("/usr/lib/postfix/sbin/master")
OWNER = "postfix"
LONGEST_LIFE = 120
"""Seconds after which it ends by itself, should whoever started it be killed."""

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
mail_owner = {owner}
myhostname = relay.example.net
mydestination =
alias_maps =
alias_database =
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
relayhost = [127.0.0.1]:{relay_to}
disable_dns_lookups = yes
smtpd_peername_lookup = no
smtp_tls_security_level = none
smtpd_tls_security_level = none
"""

# service, type, private, unprivileged, chroot, wake-up, most processes, command
SERVICES = """\
127.0.0.1:{port} inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
"""


def _works_here() -> bool:
    """Say whether it can be started; where tools are required, it must."""
    if os.environ.get("MAILER_TEST_TOOLS") == "required":
        return True
    return MASTER.exists() and shutil.which("postfix") is not None and os.geteuid() == 0


needs_postfix = pytest.mark.skipif(
    not _works_here(),
    reason="postfix (Debian: apt-get install postfix) is not installed, or this is not root",
)


class Postfix:
    """Listens on a free port of this machine, between `__enter__` and `__exit__`."""

    def __init__(self, *, relay_to: int) -> None:
        self._relay_to = relay_to
        self._open = ExitStack()
        self.port = _free_port()

    @property
    def url(self) -> str:
        """Return the transport URL of this relay."""
        return f"smtp://127.0.0.1:{self.port}"

    def log(self) -> str:
        """Return what it wrote down, for messages of tests."""
        path = self._folder / "log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def __enter__(self) -> Self:
        with self._open:
            self._folder = self._make_folder()
            self._configure()
            process = self._start()
            self._open.callback(_end, process)
            self._wait_until_it_listens(process)
            self._open = self._open.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def _make_folder(self) -> Path:
        """Return a folder that Postfix's own user can reach: that of pytest is closed to others."""
        folder = Path(self._open.enter_context(tempfile.TemporaryDirectory(prefix="postfix-")))
        folder.chmod(0o711)
        for name in ("etc", "queue", "data"):
            (folder / name).mkdir()
        shutil.chown(folder / "data", OWNER)
        return folder

    def _configure(self) -> None:
        folder = self._folder
        main = MAIN.format(folder=folder, owner=OWNER, relay_to=self._relay_to)
        (folder / "etc/main.cf").write_text(main, encoding="ascii")
        (folder / "etc/master.cf").write_text(SERVICES.format(port=self.port), encoding="ascii")
        command = ["postfix", "-c", str(folder / "etc"), "check"]
        checked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert checked.returncode == 0, checked.stderr

    def _start(self) -> "subprocess.Popen[bytes]":
        command = [str(MASTER), "-c", str(self._folder / "etc"), "-d", "-e", str(LONGEST_LIFE)]
        quiet = subprocess.DEVNULL
        return subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)

    def _wait_until_it_listens(self, process: "subprocess.Popen[bytes]") -> None:
        while process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=10):
                return
            time.sleep(0.02)
        pytest.fail(f"postfix ended with {process.returncode}: {self.log()}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the master and, whatever it did about them, its children: they are a process group of their own."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=10)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
