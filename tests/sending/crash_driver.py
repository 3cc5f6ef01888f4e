"""`python -m tests.sending.crash_driver FOLDER URL`: go on with the send in FOLDER until it is finished."""

import sys
from pathlib import Path

from tests.sending.scripted import build

from mailer.ledger.registry import open_ledger
from mailer.sending.clock import Stop
from mailer.sending.run import Means, Run
from mailer.transport.registry import open_transport

if __name__ == "__main__":
    ledger = open_ledger("sqlite:ledger.sqlite3", base=Path(sys.argv[1]))
    with ledger.sender():
        Run("s1", build, Means(ledger, open_transport(sys.argv[2]), b"k" * 32), Stop()).work()
