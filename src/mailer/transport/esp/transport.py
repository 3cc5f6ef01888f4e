"""One provider's API, called for one message after another."""

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from mailer.address import Address, Mailbox
from mailer.errors import AuthError, ConfigError, MessageError, TransportError
from mailer.message.envelope import Message
from mailer.message.outcome import Outcome, Verdict
from mailer.transport.base import Ahead, Commit, nothing_ahead
from mailer.transport.esp.content import Content, content_of
from mailer.transport.esp.endpoint import Endpoint, endpoint_of
from mailer.transport.esp.exchange import Answer, Reply, Request, Silence
from mailer.transport.esp.providers import PROVIDERS
from mailer.transport.esp.replay import Clock, ask_until_clear
from mailer.transport.esp.verdict import fault_of, judge, refused_or_broken
from mailer.transport.url import TransportAddress

if TYPE_CHECKING:
    from mailer.transport.esp.adapter import Adapter, Prepared
    from mailer.transport.esp.client import Client

EXTRA = "newsletter-mailer[esp]"

_NOBODY = Mailbox("", Address("nobody", "example.com"))
_HIDDEN = "•••".encode()
_DENIED = frozenset({401, 403})

_checked: set[str] = set()
"""Digests of the keys that providers have taken in this process: each is asked about once."""


class EspTransport:
    """
    Hands messages to a provider, one request each.

    `key` says where the API key is kept, `secret` reads it. No provider is asked twice for the same message
    unless it knows an idempotency key.
    """

    rehearsal = False
    smtputf8 = False
    batch_size = 1

    def __init__(
        self, endpoint: Endpoint, secret: Callable[[], str], *, url: str, key: str, clock: Clock | None = None
    ) -> None:
        self.url = url
        self.loopback = endpoint.loopback
        self._endpoint = endpoint
        self._provider = endpoint.provider
        self._read_secret = secret
        self._key = key
        self._clock = clock or Clock(time.monotonic, time.sleep)
        self._secret = b""
        self._adapter: Adapter | None = None
        self._client: Client | None = None

    def open(self) -> None:
        """Read the key and, once in a process, have the provider look at it; no message is handed over."""
        if self._adapter is not None:
            return
        secret = self._read_secret()
        self._secret = secret.encode()
        adapter, self._client = _speaker(self._endpoint, secret)
        self._check_key(adapter)
        self._adapter = adapter

    def deliver(
        self,
        messages: Sequence[Message],
        commit: Commit,
        ahead: Ahead = nothing_ahead,  # noqa: ARG002 - an answer comes before the next request
    ) -> list[Outcome | None]:
        """Hand over each message in a request of its own; `commit` runs right before it."""
        self.open()
        return [self._deliver(message, commit) for message in messages]

    def close(self) -> None:
        """Let go of the connection and of the key."""
        if self._client is not None:
            self._client.close()
        self._client = self._adapter = None
        self._secret = b""

    def _deliver(self, message: Message, commit: Commit) -> Outcome | None:
        if refusal := self._refusal(message):
            return refusal
        try:
            prepared = self._prepare(content_of(message))
        except MessageError as error:
            return Outcome(Verdict.REFUSED, 0, str(error))
        if not commit([message]):
            return None
        return self._carry(prepared)

    def _prepare(self, content: Content) -> "Prepared":
        assert self._adapter is not None
        if content.pictures and not self._provider.pictures:
            raise TransportError(
                f"{self._provider.name} takes no pictures inside a message",
                hint="set newsletter.url or images.publish, so that pictures stay on the web",
            )
        return self._adapter.prepare(content)

    def _carry(self, prepared: "Prepared") -> Outcome:
        answered = ask_until_clear(self._ask, prepared.request, self._provider, self._clock)
        return judge(answered, self._provider, prepared.read, key=self._key, now=datetime.now(UTC))

    def _refusal(self, message: Message) -> Outcome | None:
        largest = self._provider.limits.size
        if not message.envelope.recipient.is_ascii:
            reason = f"{self._provider.name} is given no addresses with letters outside ASCII before the @"
            return Outcome(Verdict.REFUSED, 0, reason)
        if largest and len(message.data) > largest:
            reason = (
                f"the message has {len(message.data):,} bytes, and {self._provider.name} takes {largest:,}"
            )
            return Outcome(Verdict.REFUSED, 0, reason)
        return None

    def _ask(self, request: Request) -> Answer:
        """Make a request; where the answer repeats the key, nobody sees it."""
        assert self._client is not None
        answer = self._client.ask(request)
        if isinstance(answer, Reply) and self._secret in answer.body:
            return replace(answer, body=answer.body.replace(self._secret, _HIDDEN))
        return answer

    def _check_key(self, adapter: "Adapter") -> None:
        """Make a request that mails nobody; raises AuthError where the key is refused, ConnectError."""
        check, api = self._provider.check, self._endpoint.api
        mark = hashlib.sha256(f"{self._provider.scheme} {api} ".encode() + self._secret).hexdigest()
        if check is None or mark in _checked:
            return
        like = adapter.prepare(Content(_NOBODY, _NOBODY, "", "")).request
        path = check.path.format(**self._endpoint.options)
        answer = self._ask(Request(check.method, urljoin(api, path), like.headers, b""))
        denied = isinstance(answer, Reply) and answer.status in _DENIED - check.vague
        if isinstance(answer, Reply) and fault_of(answer).code in check.fine:
            denied = False
        if denied or (isinstance(answer, Silence) and not answer.begun):
            refused_or_broken(answer, self._provider, key=self._key, now=datetime.now(UTC))
        _checked.add(mark)


def create(address: TransportAddress, secret: Callable[[], str | None], _base: Path) -> EspTransport:
    """Return the transport of a provider's URL; raises ConfigError, also where the extra is not installed."""
    provider = PROVIDERS[address.scheme]
    endpoint = endpoint_of(address, provider)
    if find_spec("anymail") is None:
        raise _without_extra(address.scheme)
    key = getattr(secret, "shown", "") or f"the environment variable {provider.key}"

    def read() -> str:
        found = secret() or os.environ.get(provider.key, "")
        if not found.strip():
            raise AuthError(f"{key} is not set: {provider.name} needs an API key", hint=_how_to(provider.key))
        return found.strip()

    return EspTransport(endpoint, read, url=address.url, key=key)


def _without_extra(scheme: str, why: str = "") -> ConfigError:
    return ConfigError(f"{scheme}: needs an extra package{why}", hint=f"pip install '{EXTRA}'")


def _how_to(variable: str) -> str:
    return (
        f'export {variable}=… and try again; or name another by password = {{ env = "NAME" }} in mailer.toml'
    )


def _speaker(endpoint: Endpoint, secret: str) -> "tuple[Adapter, Client]":
    """Return what speaks to the provider; its libraries are imported here, so that nothing else waits."""
    package = "mailer.transport.esp"
    try:
        adapter = import_module(f"{package}.adapter").Adapter
        client = import_module(f"{package}.client").Client
    except ImportError as error:
        raise _without_extra(endpoint.provider.scheme, f" ({error.name or error} is missing)") from None
    return (
        adapter(endpoint.provider, endpoint.options, api=endpoint.api, secret=secret),
        client(timeout=endpoint.timeout, loopback=endpoint.loopback),
    )
