"""
Sending through the whole engine, ledger and all, beside Postfix's load generator `smtp-source`.

One message is 65 KB, personalised; the ledger is on the disk, `synchronous=FULL`. The ways take turns, each
sink counts what it got, and medians of the rounds are quoted. `./run bench send` takes MESSAGES=4000 and
ROUNDS=3 from the environment; smtp-source and smtp-sink are in Debian's package `postfix`.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bench.message import Person, person, prepared, whole

from mailer.ledger.delivery import Counts, PlannedRecipient, Send, SendIdentity
from mailer.ledger.registry import open_ledger

ROOT = Path(__file__).parents[1]
CONNECTIONS = 4
REFERENCE = "smtp-source"

Result = Mapping[str, float]
"""`seconds`, and where it is known the processor's time `cpu` and the `peak` of memory in MB."""

Way = Callable[[int, int], Result]
"""Sends so many messages to a port."""


def main() -> None:
    """Print the medians, and the rates as shares of the reference's."""
    messages, rounds = int(os.environ.get("MESSAGES", "4000")), int(os.environ.get("ROUNDS", "3"))
    results: dict[tuple[str, str], list[Result]] = {}
    for _ in range(rounds):
        for sink_name, sink in sinks().items():
            for name, way in ways().items():
                with sink(messages) as port:
                    results.setdefault((sink_name, name), []).append(way(port, messages))
    print(f"{messages} messages, {CONNECTIONS} connections, medians of {rounds} rounds; share of {REFERENCE}")
    for (sink_name, name), found in results.items():
        tell(f"{name} to {sink_name}", messages, found, results.get((sink_name, REFERENCE)))


def tell(name: str, messages: int, found: list[Result], reference: list[Result] | None) -> None:
    rate, cpu = messages / median(found, "seconds"), median(found, "cpu") / messages * 1e6
    share = f"{median(reference, 'seconds') / median(found, 'seconds'):.2f}" if reference else ""
    peak = max(one.get("peak", 0.0) for one in found)
    print(f"  {name:40}{rate:8,.0f}/s {share:>6}{cpu:8,.0f} µs of CPU a message{peak:6.0f} MB")


def median(found: list[Result], name: str) -> float:
    return statistics.median(one.get(name, 0.0) for one in found)


def sinks() -> Mapping[str, Callable[[int], AbstractContextManager[int]]]:
    found = {"the fast sink": fast_sink}
    return found | {"smtp-sink": smtp_sink} if shutil.which("smtp-sink") else found


def ways() -> dict[str, Way]:
    found: dict[str, Way] = {
        "mailer": mailer,
        "mailer, RSA-2048": lambda port, messages: mailer(port, messages, "signed"),
    }
    return {REFERENCE: smtp_source, **found} if shutil.which(REFERENCE) else found


@contextmanager
def fast_sink(messages: int) -> Iterator[int]:
    """Run bench/sink.py, and require that it got every message."""
    command = [sys.executable, "-m", "bench.sink"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as sink:
        assert sink.stdin
        assert sink.stdout
        yield int(sink.stdout.readline())
        sink.stdin.close()
        counted, size = map(int, sink.stdout.readline().split())
    require(counted, messages)
    assert size > 60_000 * messages


@contextmanager
def smtp_sink(messages: int) -> Iterator[int]:
    """Run Postfix's sink, and require that it got every message."""
    port = 20_000 + os.getpid() % 10_000
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    with tempfile.TemporaryFile("w+") as log:
        sink = subprocess.Popen(["smtp-sink", *user, "-c", f"127.0.0.1:{port}", "100"], stdout=log)
        time.sleep(0.5)
        try:
            yield port
            time.sleep(0.2)
        finally:
            sink.terminate()
            sink.wait()
        log.seek(0)
        require(int(log.read().rpartition("mesg=")[2]), messages)


def require(counted: int, messages: int) -> None:
    if counted != messages:
        sys.exit(f"the sink has {counted} messages, not {messages}")


def smtp_source(port: int, messages: int) -> Result:
    """Send one constant message of the same size, as the relay's own tool does."""
    size = len(whole(prepared(), person(1)))
    options = ["-s", str(CONNECTIONS), "-m", str(messages), "-l", str(size)]
    sender, recipient = "bounces@example.com", "reader@example.org"
    started = time.perf_counter()
    subprocess.run(
        [REFERENCE, "-d", *options, "-f", sender, "-t", recipient, f"127.0.0.1:{port}"], check=True
    )
    return {"seconds": time.perf_counter() - started}


def mailer(port: int, messages: int, *signed: str) -> Result:
    """Send through the engine, in a process of its own, an audience that is frozen beforehand."""
    with tempfile.TemporaryDirectory(dir=ROOT / "bench") as folder:
        freeze(Path(folder), messages)
        url = f"smtp://127.0.0.1:{port}"
        command = [sys.executable, "-m", "bench.sender", folder, url, str(CONNECTIONS), *signed]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
    result: dict[str, float] = json.loads(done.stdout)
    require(int(result.pop("accepted")), messages)
    return result


def freeze(folder: Path, messages: int) -> None:
    ledger = open_ledger("sqlite:ledger.sqlite3", base=folder)
    send = Send(
        "s1",
        SendIdentity("hedges", "readers"),
        "sha256:0",
        "smtp:",
        datetime.now(UTC),
        counts=Counts(listed=messages),
    )
    ledger.freeze(send, (recipient(person(number)) for number in range(messages)))
    ledger.close()


def recipient(one: Person) -> PlannedRecipient:
    return PlannedRecipient(one.key, one.address, "Ada Lovelace", one.values)


if __name__ == "__main__":
    main()
