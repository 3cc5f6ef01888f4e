"""Threads -> one processor core, where they take their turns cheaply."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def on_one_core() -> Iterator[None]:
    """
    Keep this thread, and those that it starts, on one core, where the system can do that.

    Of Python's threads only one works at a time. Where they take their turns on two cores, each turn wakes a
    core that has to fetch everything into its caches anew: a message took twice the work that way
    (docs/performance.md).
    """
    if sys.platform != "linux":
        yield
        return
    before = os.sched_getaffinity(0)
    # A system that forbids it loses nothing but speed.
    with suppress(OSError):
        os.sched_setaffinity(0, {sorted(before)[os.getpid() % len(before)]})
    try:
        yield
    finally:
        with suppress(OSError):
            os.sched_setaffinity(0, before)
