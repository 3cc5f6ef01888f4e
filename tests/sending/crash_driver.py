"""
`python -m tests.sending.crash_driver FOLDER URL CONNECTIONS`: a nest of senders that may be killed.

Each line on standard input hatches a child that goes on with the send in FOLDER: an empty line one that lives
until it is killed, else the name of a POINT and how often it is passed before the child kills itself there.
Written are the child's process id and, when it has ended, how.
"""
# ruff: noqa: T201 - standard output is how it answers

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.sending.scripted import build

from mailer.ledger.registry import open_ledger
from mailer.sending.batch import Batch
from mailer.sending.clerk import Clerk
from mailer.sending.clock import Stop
from mailer.sending.courier import Courier
from mailer.sending.run import Means, Run
from mailer.transport.registry import open_transport
from mailer.transport.smtp.session import Session
from mailer.transport.smtp.wire import Wire

POINTS: dict[str, tuple[type, str, bool]] = {
    "intent asked for": (Courier, "_ask", False),
    "envelope answered": (Session, "_open", False),
    "body written": (Courier, "_look_ahead", True),
    "in the transaction": (Clerk, "_begin", False),
    "transaction written": (Clerk, "_record", False),
    "intent known": (Batch, "commit", False),
    "before the dot": (Session, "_finish", True),
    "something written": (Wire, "write", False),
    "something read": (Wire, "read", False),
    "outcome known": (Courier, "_carry", False),
    "outcome handed in": (Courier, "_tell_finished", False),
}
"""Where a child may die: at a method's begin (true) or end."""


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            send(line.strip())
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def send(point: str) -> None:
    """Go on with the send until it is finished, or the point is reached."""
    folder, url, connections = sys.argv[1:]
    if point:
        name, _, count = point.rpartition(" ")
        die_at(*POINTS[name], times=int(count))
    ledger = open_ledger("sqlite:ledger.sqlite3", base=Path(folder))
    first, *others = [open_transport(url) for _ in range(int(connections))]
    with ledger.sender():
        Run("s1", build, Means(ledger, first, b"k" * 32, others), Stop()).work()
    os._exit(0)


def die_at(kind: type, method: str, at_begin: bool, *, times: int) -> None:
    """Let the process kill itself when it passes a method for the last of so many times."""
    usual: Callable[..., Any] = getattr(kind, method)
    left = [None] * times

    def deadly(*arguments: Any, **named: Any) -> Any:
        if left:
            left.pop()
        if at_begin and not left:
            os.kill(os.getpid(), signal.SIGKILL)
        found = usual(*arguments, **named)
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    setattr(kind, method, deadly)


if __name__ == "__main__":
    main()
