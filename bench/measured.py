"""Command -> what it took from its start to its end: time on the clock, of the processor, memory."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile


@dataclass(frozen=True, slots=True)
class Taken:
    """
    `seconds` on the clock, `cpu` seconds on all cores together, at its `peak` so many MiB of memory.

    A process begins with the peak of the one that started it, which is about 40 MiB.
    """

    seconds: float
    cpu: float
    peak: float


def run(command: Sequence[str], folder: Path) -> Taken:
    """Run a command in a folder to its end; one that fails ends the measurement."""
    begun = time.perf_counter()
    with TemporaryFile("w+") as told:
        with subprocess.Popen(command, cwd=folder, stdout=told, stderr=told) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - begun
        if process.returncode:
            told.seek(0)
            sys.exit(f"{command[0]} failed in {folder}:\n{told.read()}")
    return Taken(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
