"""Addresses on the web -> what their servers answer: each once, several at a time."""

import time
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from queue import Empty, Queue
from threading import Thread
from urllib.parse import urljoin

from mailer.check.exchange import NoAnswer, Reply, exchange

SILENCE = 10.0
"""Seconds that a server may take for one step."""

PATIENCE = 30.0
"""Seconds that all answers together may take."""

MOST_REDIRECTS = 5
_AT_ONCE = 8
_HEAD_IS_REFUSED = frozenset({403, 405, 501})


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What a server says of an address: `status` is that of HTTP, `kind` the media type, where it names one.

    `trouble` tells why there is no status.
    """

    status: int = 0
    kind: str = ""
    trouble: str = ""


_TOO_LATE = Answer(trouble="no answer in time")


def ask(
    urls: Iterable[str], own: AbstractSet[str], *, silence: float = SILENCE, patience: float = PATIENCE
) -> Mapping[str, Answer]:
    """
    Ask for each address once and return every answer.

    `own` are the origins that may be anywhere; a redirect to another host is followed only on to the public
    internet, at its usual port. `silence` and `patience` are seconds.
    """
    found = dict.fromkeys(urls, _TOO_LATE)
    waiting: Queue[str] = Queue()
    answers: Queue[tuple[str, Answer]] = Queue()
    for url in found:
        waiting.put(url)
    for _ in range(min(_AT_ONCE, len(found))):
        # left behind when time is up, for neither a resolver nor a slow server can be stopped
        Thread(target=_work, args=(waiting, answers, own, silence), daemon=True).start()
    end = time.monotonic() + patience
    for _ in tuple(found):
        try:
            url, answer = answers.get(timeout=max(0.0, end - time.monotonic()))
        except Empty:
            break
        found[url] = answer
    return found


def _work(
    waiting: "Queue[str]", answers: "Queue[tuple[str, Answer]]", own: AbstractSet[str], silence: float
) -> None:
    while True:
        try:
            url = waiting.get_nowait()
        except Empty:
            return
        answers.put((url, _answer(url, own, silence)))


def _answer(url: str, own: AbstractSet[str], silence: float) -> Answer:
    """Follow the redirects of an address to what it is."""
    try:
        for _ in range(MOST_REDIRECTS + 1):
            reply = _head(url, own, silence)
            if not reply.location:
                return Answer(reply.status, reply.kind)
            url = _next(url, reply.location)
    except NoAnswer as reason:
        return Answer(trouble=str(reason))
    return Answer(trouble=f"more than {MOST_REDIRECTS} redirects")


def _head(url: str, own: AbstractSet[str], silence: float) -> Reply:
    """Ask by HEAD, and where a server refuses that by a GET of one byte."""
    reply = exchange(url, "HEAD", own, silence)
    return exchange(url, "GET", own, silence) if reply.status in _HEAD_IS_REFUSED else reply


def _next(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return location
