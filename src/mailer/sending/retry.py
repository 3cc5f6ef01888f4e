"""How often something was tried -> when to try again, or not at all."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice

from mailer.errors import AnswerError, ConnectError, TransportError, TransportTimeout

DEFERRED_WAITS = (5.0, 30.0, 300.0, 1800.0, 7200.0, 21600.0)
"""Seconds after the first, second, … deferral; after the last one a deferral is a refusal."""

RECONNECT_WAITS = (1.0, 5.0, 15.0, 30.0)
"""Seconds before the first, second, … attempt to get a lost connection back; then the run stops."""

LONGEST_REQUEST = 300.0
"""Seconds that a run waits because the other side asks for it; where it asks for more, the run pauses."""


Chance = Callable[[], float]
"""Gives a number from 0 up to 1, another one each time."""


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """Return when to try a recipient again that was deferred for the `attempts`-th time; None at the cap."""
    wait = next(islice(DEFERRED_WAITS, attempts - 1, None), None)
    return None if wait is None else now + timedelta(seconds=wait)


def reconnect_wait(failures: int, chance: float = 0.0) -> float | None:
    """
    Return the seconds to wait after that many failures in a row; None when it is time to give up.

    `chance`, from 0 up to 1, makes it up to half as long again: connections that were lost together do not
    come back together.
    """
    wait = next(islice(RECONNECT_WAITS, failures - 1, None), None)
    return None if wait is None else wait * (1 + chance / 2)


def patience_after(error: TransportError, failures: int, chance: float = 0.0) -> float | None:
    """
    Return the seconds to wait before a transport that broke is tried again; None when it is time to stop.

    The other side's own figure counts where it asks for more, up to LONGEST_REQUEST.
    """
    wait = reconnect_wait(failures, chance) if is_transient(error) else None
    asked = (getattr(error, "wait", None) or 0.0) if wait is not None else 0.0
    return None if wait is None or asked > LONGEST_REQUEST else max(wait, asked)


def is_transient(error: TransportError) -> bool:
    """Say whether a broken transport may mend by itself: out of reach, silent, or "not now" (4xx)."""
    if isinstance(error, AnswerError):
        return 400 <= error.code < 500  # noqa: PLR2004 - RFC 5321 §4.2.1
    return isinstance(error, ConnectError | TransportTimeout)
