"""Second processes for the tests of the SQLite ledger."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]

Child = subprocess.Popen[str]


@contextmanager
def child(folder: Path, action: str) -> Iterator[Child]:
    """Start an action of child.py in the project at `folder`; whatever is left of it at the end is killed."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.ledger.child", str(folder), action],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def heard(process: Child) -> str:
    """Return the next line that a child says, empty when it is gone."""
    assert process.stdout
    return process.stdout.readline().strip()


def said(process: Child) -> list[str]:
    """Return whatever else a child said before it was gone."""
    assert process.stdout
    return process.stdout.read().splitlines()


def let_go(process: Child) -> None:
    """Let a child that waits go on."""
    assert process.stdin
    process.stdin.close()
