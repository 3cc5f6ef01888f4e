"""The clock of a run, and the wish to end it: both are arguments, so that no test sleeps."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

AT_ONCE = "what was in flight may be in doubt"
"""What an interruption says that did not wait for what was in flight."""


@dataclass(frozen=True, slots=True)
class Clock:
    """`now` is aware, in UTC; `monotonic` and `sleep` are in seconds."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(slots=True)
class Stop:
    """Somebody's wish that a run ends after what it has in flight."""

    requested: bool = False


@contextmanager
def stop_on_signal() -> Iterator[Stop]:
    """
    Turn the first Ctrl-C or SIGTERM into a wish to stop; the second one interrupts at once.

    Outside the main thread, where Python handles no signals, the wish is never made.
    """
    stop = Stop()

    def on_signal(*_: object) -> None:
        if stop.requested:
            raise KeyboardInterrupt(AT_ONCE)
        stop.requested = True

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
