"""`python -m bench.sender FOLDER URL CONNECTIONS [KEY]`: one send of a frozen audience, measured."""

import json
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.message import SECRET, new_key, prepared

from mailer.ledger.registry import open_ledger
from mailer.message.dkim import Signer
from mailer.message.signing_key import read_signing_key
from mailer.sending.clock import Stop
from mailer.sending.frozen import builder_with
from mailer.sending.run import Means, Run
from mailer.transport.registry import open_transport


def main() -> None:
    folder, url, connections, *signed = sys.argv[1:]
    signer = (
        Signer("example.com", "bench", read_signing_key(new_key(), "the measurement")) if signed else None
    )
    ledger = open_ledger("sqlite:ledger.sqlite3", base=Path(folder))
    first, *others = [open_transport(url) for _ in range(int(connections))]
    build = builder_with(prepared(signer), lambda: datetime.now(UTC))
    with ledger.sender():
        begun, used = time.perf_counter(), time.process_time()
        Run("s1", build, Means(ledger, first, SECRET, others), Stop()).work()
        seconds, cpu = time.perf_counter() - begun, time.process_time() - used
    accepted = ledger.figures("s1").accepted
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"accepted": accepted, "seconds": seconds, "cpu": cpu, "peak": peak}))


if __name__ == "__main__":
    main()
