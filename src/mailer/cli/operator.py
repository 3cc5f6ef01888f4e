"""Who sits in front of a run: told what it waits for, and able to stop a countdown by any key."""

import math
import os
import select
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import click

from mailer.cli.console import is_interactive, note
from mailer.sending.hold import Operator, Wait

_CLEAR = "\r\x1b[K"


class _Seat:
    """
    A terminal while it is waited at: keys come without Enter once one is asked for.

    `hide` takes away what else is drawn on it.
    """

    def __init__(self, hide: Callable[[], None]) -> None:
        self._hide = hide
        self._told: set[Wait] = set()
        self._before: list[Any] = []

    def tell(self, wait: Wait, seconds: float, send: str) -> None:
        """Count down on a terminal; elsewhere say it once."""
        self._hide()
        left = timedelta(seconds=math.ceil(seconds))
        if sys.stderr.isatty():
            way = "any key stops it" if wait is Wait.HOLD and _has_keys() else "Ctrl-C stops waiting"
            click.echo(f"{_CLEAR}{wait} {left}: {way} ", nl=False, err=True)
        elif wait not in self._told:
            note(f"{wait} {left}: mailer pause {send} stops it")
        self._told.add(wait)

    def stopping(self) -> None:
        """Tell whoever wants a run to end that it does."""
        self._hide()
        note("stopping once what is in flight has its answer; Ctrl-C again stops at once")

    def pressed(self) -> bool:
        """Say whether a key was pressed, and take it; those from before the first question do not count."""
        if not _has_keys():
            return False
        import termios  # noqa: PLC0415 - not on Windows
        import tty  # noqa: PLC0415

        if not self._before:
            self._before = termios.tcgetattr(sys.stdin)
            tty.setcbreak(sys.stdin, termios.TCSAFLUSH)
        if not select.select([sys.stdin], [], [], 0)[0]:
            return False
        os.read(sys.stdin.fileno(), 1024)
        return True

    def leave(self) -> None:
        """Leave the terminal as it was."""
        if self._told and sys.stderr.isatty():
            click.echo(_CLEAR, nl=False, err=True)
        if self._before:
            import termios  # noqa: PLC0415

            with suppress(termios.error):  # it may be gone
                termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._before)


@contextmanager
def operator(*, hide: Callable[[], None]) -> Iterator[Operator]:
    """Give the operator at this terminal; `hide` takes away what else is drawn on it."""
    seat = _Seat(hide)
    try:
        yield Operator(seat.tell, seat.pressed, seat.stopping)
    finally:
        seat.leave()


def _has_keys() -> bool:
    return is_interactive() and os.name == "posix"
