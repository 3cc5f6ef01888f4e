"""Servers that take every message and count: the fast one of this folder, and Postfix's."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import postfix
from tests.servers.certificate import self_signed

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".venv" / "bench"
_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Sink:
    """
    What sort of server: `name` is `fast` or `smtp-sink`, `delay` in seconds before each answer.

    A message has at least `least_size` bytes, in whatever encoding.
    """

    name: str = "fast"
    delay: float = 0.0
    tls: bool = False
    least_size: int = 50_000

    def __str__(self) -> str:
        """Return it as the table has it."""
        return " ".join(
            filter(None, (self.name, "TLS" * self.tls, f"{self.delay * 1000:.0f} ms" * bool(self.delay)))
        )


@contextmanager
def running(sink: Sink, messages: int) -> Iterator[str]:
    """Run a server and yield its URL; require at the end that it got every message."""
    with _fast(sink, messages) if sink.name == "fast" else _postfix(messages) as url:
        yield url


@contextmanager
def _fast(sink: Sink, messages: int) -> Iterator[str]:
    CACHE.mkdir(parents=True, exist_ok=True)
    certificate = self_signed(CACHE) if sink.tls else None
    keys = [str(certificate.path), str(certificate.key_path)] if certificate else []
    line = [sys.executable, "-m", "bench.sink", str(sink.delay), *keys]
    with subprocess.Popen(
        line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        port = int(process.stdout.readline())
        yield f"smtps://127.0.0.1:{port}?ca={certificate.path}" if certificate else f"smtp://127.0.0.1:{port}"
        process.stdin.close()
        counted, size = map(int, process.stdout.readline().split())
    _require(counted, messages)
    if size < sink.least_size * messages:
        sys.exit(f"the sink got messages of {size // messages:,} bytes only")


@contextmanager
def _postfix(messages: int) -> Iterator[str]:
    port = _free_port()
    with postfix.sink(port) as counted:
        _wait_for(port)
        yield f"smtp://127.0.0.1:{port}"
        time.sleep(0.2)  # it writes its figures from time to time
    _require(counted[0], messages)


def _require(counted: int, messages: int) -> None:
    if counted != messages:
        sys.exit(f"the sink has {counted} messages, not {messages}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _wait_for(port: int) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    sys.exit("smtp-sink does not start")
