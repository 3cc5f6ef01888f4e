"""What came of a request -> Outcome, or the error that stops the run: decided here, by no library."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil
from typing import Any

from mailer.errors import AnswerError, AuthError, ConnectError, TransportError, TransportTimeout
from mailer.message.outcome import Outcome, Verdict
from mailer.transport.answer import clean_reply
from mailer.transport.esp.exchange import Answer, Reply, Silence
from mailer.transport.esp.provider import Provider

_OK = range(200, 300)
_REDIRECTS = range(300, 400)
_LOCKED_OUT = frozenset({401, 402, 403})
_NOT_NOW = frozenset({408, 425, 429})
_NOWHERE = frozenset({404, 405, 410, 501})
_CONFLICT = 409
_BROKEN_SERVER = 500

_DUPLICATE = "duplicate_parameter"
"""What Brevo says of an idempotency key that it has seen."""

_CODE_HEADER = "x-amzn-errortype"
_CODES = ("ErrorCode", "name", "code", "type")
_TEXTS = ("ErrorMessage", "Message", "message", "description", "error")
_DEEPEST = 20
"""How far into an answer it is looked for what is wrong."""

_LATEST = 10**9
"""A reset beyond this many seconds is a moment (seconds since 1970), not a span."""

_UNITS = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))

_VERDICTS = {
    "sent": Verdict.ACCEPTED,
    "queued": Verdict.ACCEPTED,
    "invalid": Verdict.REFUSED,
    "rejected": Verdict.REFUSED,
    "failed": Verdict.DEFERRED,
    "unknown": Verdict.UNKNOWN,
}
"""What django-anymail's word for one recipient means."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The last answer, and the last ambiguous one before it, if there was one."""

    answer: Answer
    doubt: Answer | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider says of one recipient, in django-anymail's words, and what it calls the message."""

    status: str
    provider_id: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What a provider says is wrong: its own code, empty where it has none, and one line of text."""

    code: str
    text: str


def is_ambiguous(answer: Answer, provider: Provider) -> bool:
    """Say whether the provider may have taken the message although it did not say so."""
    if isinstance(answer, Silence):
        return answer.begun
    if answer.status < _BROKEN_SERVER or answer.status in _NOWHERE:
        return False
    return not _is_told_apart(answer, provider)


def judge(
    answered: Answered,
    provider: Provider,
    read: Callable[[Reply], Receipt | None],
    *,
    key: str,
    now: datetime,
) -> Outcome:
    """
    Return what became of one message; `read` reads a receipt, None where it is not of the provider's form.

    Raises TransportError where nothing was handed over and the next message would fare no better.
    """
    answer, doubt = answered.answer, answered.doubt
    if isinstance(answer, Reply) and answer.status in _OK:
        # Pages of a proxy or of the wrong host are no receipt, whatever their status.
        readable = not answer.body or answer.document is not None
        if readable and (receipt := read(answer)):
            return _receipted(answer, receipt)
        if not _is_told_apart(answer, provider):
            return in_doubt(answer)
    if is_ambiguous(answer, provider):
        return in_doubt(answer)
    if provider.idempotency and is_conflict(answer):
        return _known_already(answer, doubt)
    try:
        return refused_or_broken(answer, provider, key=key, now=now)
    except TransportError:
        if doubt is None:
            raise
        return in_doubt(doubt)


def in_doubt(answer: Answer) -> Outcome:
    """Return the outcome of an ambiguous answer."""
    if isinstance(answer, Silence):
        return Outcome(Verdict.UNKNOWN, 0, f"the request went out: {answer.reason}")
    said = fault_of(answer).text
    return Outcome(Verdict.UNKNOWN, answer.status, f"unclear answer: {said}" if said else "unclear answer")


def refused_or_broken(answer: Answer, provider: Provider, *, key: str, now: datetime) -> Outcome:
    """
    Return the refusal of a recipient, or raise what is wrong with the transport.

    Only for answers that are neither taken nor ambiguous. `key` says where the API key is kept. Raises
    TransportError.
    """
    if isinstance(answer, Silence):
        raise _unreachable(answer, provider)
    fault = fault_of(answer)
    if answer.status in _NOT_NOW or fault.code in provider.busy:
        wait = wait_asked(answer.headers, now)
        asked = f" (it asks to wait {_in_words(wait)})" if wait else ""
        raise AnswerError(
            f"{provider.name} asks to slow down: {_said(answer, fault)}{asked}",
            hint="lower the rate of this transport, or go on later",
            code=answer.status,
            wait=wait,
        )
    if answer.status in _LOCKED_OUT or fault.code in provider.broken:
        raise locked_out(answer, provider, key)
    if answer.status in _NOWHERE or answer.status in _REDIRECTS or answer.status < _OK.start:
        raise AnswerError(
            f"{provider.name} knows no such address: {_said(answer, fault)}",
            hint=f"check the transport's URL; it is like {provider.example}",
        )
    return Outcome(Verdict.REFUSED, answer.status, fault.text)


def is_conflict(answer: Answer) -> bool:
    """Say whether a replay met the request that it repeats."""
    if not isinstance(answer, Reply):
        return False
    return answer.status == _CONFLICT or fault_of(answer).code == _DUPLICATE


def fault_of(reply: Reply) -> Fault:
    """Return the first code and text in an answer, wherever the provider puts them."""
    document = reply.document
    told = re.split("[:#]", reply.headers.get(_CODE_HEADER, ""))[0]
    if document is None:
        return Fault(clean_reply(told), clean_reply(reply.body[:2000]))
    code = told or next(_values(document, _CODES), "")
    text = next(_values(document, _TEXTS), "")
    return Fault(clean_reply(code), clean_reply(text or code))


def wait_asked(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return how many seconds an answer asks to wait (RFC 9110 §10.2.3), None where it does not say."""
    after = headers.get("retry-after", "").strip()
    if after and not re.fullmatch(r"\d+(\.\d+)?", after):
        return _until(after, now)
    names = ("ratelimit-reset", "x-ratelimit-reset", "x-sib-ratelimit-reset")
    text = after or next((headers[name] for name in names if name in headers), "")
    try:
        seconds = float(text)
    except ValueError:
        return None
    return max(0.0, seconds - now.timestamp() if seconds > _LATEST else seconds)


def _is_told_apart(reply: Reply, provider: Provider) -> bool:
    """Say whether the provider's own code tells what its status does not."""
    return fault_of(reply).code in provider.broken | provider.refused


def _receipted(reply: Reply, receipt: Receipt) -> Outcome:
    verdict = _VERDICTS.get(receipt.status, Verdict.UNKNOWN)
    said = fault_of(reply).text if reply.document is not None else ""
    return Outcome(verdict, reply.status, said or receipt.status, receipt.provider_id)


def _known_already(answer: Answer, doubt: Answer | None) -> Outcome:
    """
    Return the outcome where the provider knows the key.

    It took the message where it gave no answer before; else it may have stumbled over it, then or in
    another run.
    """
    duplicate = isinstance(answer, Reply) and fault_of(answer).code == _DUPLICATE
    if not (duplicate and isinstance(doubt, Silence)):
        return in_doubt(doubt or answer)
    return Outcome(Verdict.ACCEPTED, 200, "taken when it was handed over before")


def _until(date: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def _values(document: Any, names: tuple[str, ...], depth: int = _DEEPEST) -> Iterator[str]:
    """Yield the plain values under these names, the outer ones first."""
    inner: Iterable[Any] = ()
    if isinstance(document, list):
        inner = document
    elif isinstance(document, dict):
        plain = (document[name] for name in names if isinstance(document.get(name), str | int))
        yield from (str(value) for value in plain if value != "")
        inner = document.values()
    for one in inner if depth else ():
        yield from _values(one, names, depth - 1)


def _in_words(seconds: float) -> str:
    """Return a span in the largest unit that it fills twice, rounded up."""
    unit, size = next((one for one in _UNITS if seconds >= 2 * one[1]), _UNITS[-1])
    count = ceil(seconds / size)
    return f"{count} {unit}{'' if count == 1 else 's'}"


def _unreachable(silence: Silence, provider: Provider) -> TransportError:
    kind = TransportTimeout if silence.timeout else ConnectError
    return kind(f"{provider.name}: {silence.reason}", hint="nothing was handed over; check the network")


def no_pictures(provider: Provider) -> TransportError:
    """Return what to say where a provider takes no pictures inside a message."""
    return TransportError(
        f"{provider.name} takes no pictures inside a message",
        hint="set newsletter.url or images.publish, so that pictures stay on the web",
    )


def locked_out(reply: Reply, provider: Provider, key: str) -> AuthError:
    """Return what to say where a provider takes nothing from us; `key` says where the API key is kept."""
    return AuthError(
        f"{provider.name} does not let us send with the key in {key}: {_said(reply, fault_of(reply))}",
        hint=f"check {key}, and with {provider.name} what this key and the sender's domain may do",
    )


def _said(reply: Reply, fault: Fault) -> str:
    return f"{reply.status} {fault.text}".strip()
