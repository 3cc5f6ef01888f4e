"""
`python -m bench.sender FOLDER URL CONNECTIONS [KEY]`: one send of an audience that was frozen into a folder.

`python -m bench.sender --alone MESSAGES URL CONNECTIONS`: the same without ledger, clerk and couriers, as the
measure of what these cost: threads that build and hand over.
"""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from threading import Thread

from bench.audience import recipient
from bench.message import SECRET, person, prepared

from mailer.ledger.registry import open_ledger
from mailer.message.dkim import Signer
from mailer.message.envelope import Message
from mailer.message.signing_key import read_signing_key
from mailer.sending.clock import Stop
from mailer.sending.core import on_one_core
from mailer.sending.frozen import builder_with
from mailer.sending.run import Means, Run
from mailer.transport.base import Transport
from mailer.transport.registry import open_transport


def main() -> None:
    alone = sys.argv[1] == "--alone"
    what, url, connections, *key = sys.argv[1 + alone :]
    sign = (
        Signer("example.com", "bench", read_signing_key(Path(key[0]).read_text("ascii"), "it"))
        if key
        else None
    )
    transports = [open_transport(url) for _ in range(int(connections))]
    if alone:
        build = builder_with(prepared(sign), lambda: datetime.now(UTC))
        people = map(recipient, map(person, range(int(what))))
        hand_over(map(build, people), transports)
    else:
        send(Path(what), transports, sign)


def send(folder: Path, transports: Sequence[Transport], sign: Signer | None) -> None:
    """Run the send of a ledger from its first message to its last."""
    first, *others = transports
    ledger = open_ledger("sqlite:ledger.sqlite3", base=folder)
    build = builder_with(prepared(sign), lambda: datetime.now(UTC))
    with ledger.sender():
        Run("s1", build, Means(ledger, first, SECRET, others, sign=sign), Stop()).work()
    figures = ledger.figures("s1")
    if figures.accepted != figures.planned:
        sys.exit(f"not all were accepted: {figures}")


def hand_over(messages: Iterator[Message], transports: Sequence[Transport]) -> None:
    """Hand messages over by as many threads as there are transports, each taking the next one."""
    with on_one_core():
        threads = [Thread(target=_work, args=(messages, transport)) for transport in transports]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def _work(messages: Iterator[Message], transport: Transport) -> None:
    ahead: list[Message] = []

    def look_ahead() -> Message | None:
        ahead.extend(islice(messages, 1))
        return ahead[0] if ahead else None

    transport.open()
    while batch := [ahead.pop()] if ahead else [*islice(messages, 1)]:
        transport.deliver(batch, _all, look_ahead)
    transport.close()


def _all(ready: Sequence[Message]) -> Sequence[Message]:
    return ready


if __name__ == "__main__":
    main()
