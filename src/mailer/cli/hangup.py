"""A terminal that goes away (its window closed, the line to it lost) -> the wish to stop, as one Ctrl-C."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

STREAMS = (0, 1, 2)


@contextmanager
def heed_hangup() -> Iterator[None]:
    """
    Turn SIGHUP into SIGTERM, which a run ends in order by, and write on to nowhere.

    Without effect where somebody has decided about SIGHUP already (nohup), and where there is none.
    """
    number = getattr(signal, "SIGHUP", None)
    aside = threading.current_thread() is not threading.main_thread()
    if number is None or aside or signal.getsignal(number) is not signal.SIG_DFL:
        yield
        return
    terminals = [stream for stream in STREAMS if os.isatty(stream)]

    def on_hangup(*_: object) -> None:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in terminals:
            os.dup2(nowhere, stream)
        os.close(nowhere)
        signal.raise_signal(signal.SIGTERM)

    signal.signal(number, on_hangup)
    try:
        yield
    finally:
        signal.signal(number, signal.SIG_DFL)
