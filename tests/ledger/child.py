"""
What a second process does with a ledger, told on standard output line by line.

Run as `python child.py FOLDER ACTION`. Where an action says `wait`, it holds until its standard input is
closed: that is when a test looks, or kills it.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Generic, TypeVar

from tests.ledger.given import ACCEPTED, NOW, begin, left, people, send_of

from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Intent, PlannedRecipient, SendState
from mailer.ledger.registry import open_ledger

SEND = "send-1"

Value = TypeVar("Value")


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - this is how the test hears of it


def wait(line: str) -> None:
    say(line)
    sys.stdin.read()


def hold(ledger: Ledger) -> None:
    with ledger.sender():
        wait("holding")


def freeze(ledger: Ledger) -> None:
    """Break off in the middle of the audience."""

    def audience() -> Iterator[PlannedRecipient]:
        yield from people(f"key-{number}" for number in range(5000))
        wait("freezing")

    ledger.freeze(send_of(5000), audience())
    say("frozen")


class Slow(Mapping[str, Value], Generic[Value]):
    """A mapping that stops before its last value is asked for: in the middle of a transaction."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values

    def __getitem__(self, key: str) -> Value:
        if key == [*self._values][-1]:
            wait("in the transaction")
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def begin_slowly(ledger: Ledger) -> None:
    with ledger.sender():
        begin(ledger, SEND, "a")
        ledger.begin(SEND, Slow({key: Intent(f"<{key}>") for key in "bcd"}), transport="t", now=NOW)
        say("begun")


def settle_slowly(ledger: Ledger) -> None:
    with ledger.sender():
        begin(ledger, SEND, "abcd")
        ledger.settle(SEND, {"a": ACCEPTED}, now=NOW)
        ledger.settle(SEND, Slow(dict.fromkeys("bcd", ACCEPTED)), now=NOW)
        say("settled")


def send_all(ledger: Ledger) -> None:
    """Hand over whatever is due, saying each intent and each outcome once it is on disk."""
    with ledger.sender():
        ledger.set_state(SEND, SendState.SENDING)
        while due := ledger.due(SEND, now=NOW, limit=3):
            keys = ledger.begin(SEND, {one.key: Intent("<id>") for one in due}, transport="t", now=NOW)
            for key in keys:
                say(f"handed {key}")
                ledger.settle(SEND, {key: ACCEPTED}, now=NOW)
                say(f"settled {key}")


def suppress(ledger: Ledger) -> None:
    for number in range(200):
        ledger.suppress([left(f"left-{number}")])
    say("suppressed")


def pause(ledger: Ledger) -> None:
    ledger.set_state(SEND, SendState.PAUSED, "by hand")
    say("paused")


ACTIONS = {
    action.__name__: action
    for action in (hold, freeze, begin_slowly, settle_slowly, send_all, suppress, pause)
}

if __name__ == "__main__":
    opened = open_ledger("sqlite:.mailer/ledger.sqlite3", base=Path(sys.argv[1]))
    ACTIONS[sys.argv[2]](opened)
    opened.close()
