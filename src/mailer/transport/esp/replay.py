"""Request -> its answer, asked again as long as an idempotency key makes that safe."""

from collections.abc import Callable
from dataclasses import dataclass

from mailer.transport.esp.exchange import Answer, Reply, Request
from mailer.transport.esp.provider import Provider
from mailer.transport.esp.verdict import Answered, is_ambiguous, is_conflict

WAITS = (1.0, 5.0)
"""Seconds before the first and the second replay; after that the message stays in doubt."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds of a clock that never runs backwards, and how to let them pass."""

    monotonic: Callable[[], float]
    sleep: Callable[[float], None]


def ask_until_clear(
    ask: Callable[[Request], Answer],
    request: Request,
    provider: Provider,
    clock: Clock,
    *,
    doubt: Answer | None = None,
) -> Answered:
    """
    Make a request, and make it again while its answer is ambiguous and the provider knows its key.

    `doubt` is the ambiguous answer to the same request where it has been made before.
    """
    key, began = provider.idempotency, clock.monotonic()
    answer = ask(request)
    for wait in WAITS if key else ():
        if not _is_open(answer, provider, doubt):
            break
        if clock.monotonic() + wait - began >= (key.seconds if key else 0):
            break
        doubt = answer if is_ambiguous(answer, provider) else doubt
        clock.sleep(wait)
        answer = ask(request)
    return Answered(answer, doubt)


def _is_open(answer: Answer, provider: Provider, doubt: Answer | None) -> bool:
    """Say whether to ask again: also where the request that is repeated is still being worked on."""
    meets_itself = doubt is not None and isinstance(answer, Reply) and answer.status == 409  # noqa: PLR2004
    return is_ambiguous(answer, provider) or (meets_itself and is_conflict(answer))
