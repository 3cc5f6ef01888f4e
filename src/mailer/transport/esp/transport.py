"""One provider's API, called for one message after another."""

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from mailer.errors import AuthError, ConfigError, MessageError, TransportError
from mailer.message.envelope import Message
from mailer.message.outcome import Outcome, Verdict
from mailer.transport.base import Ahead, Commit, nothing_ahead
from mailer.transport.esp.endpoint import Endpoint, endpoint_of
from mailer.transport.esp.exchange import Answer, Reply, Request, Silence, without
from mailer.transport.esp.prepared import Adapter, Prepared
from mailer.transport.esp.provider import Provider
from mailer.transport.esp.providers import PROVIDERS
from mailer.transport.esp.replay import Clock, ask_until_clear
from mailer.transport.esp.template_language import require_unfilled
from mailer.transport.esp.verdict import (
    Answered,
    fault_of,
    judge,
    locked_out,
    no_pictures,
    refused_or_broken,
)
from mailer.transport.url import TransportAddress

if TYPE_CHECKING:
    from mailer.message.build import MessageTemplate
    from mailer.transport.esp.client import Client

EXTRA = "newsletter-mailer[esp]"

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
        self._secrets: Sequence[str] = ()
        self._adapter: Adapter | None = None
        self._client: Client | None = None

    def open(self) -> None:
        """Read the key and, once in a process, have the provider look at it; no message is handed over."""
        if self._adapter is not None:
            return
        secret = self._read_secret()
        adapter, self._client = _speaker(self._endpoint, secret)
        self._secrets = adapter.secrets
        self._check_key(adapter)
        self._adapter = adapter

    def require(self, template: "MessageTemplate") -> None:
        """Raise TransportError where the provider can carry nobody's copy of an issue; nothing is opened."""
        if not self._provider.pictures and any(image.carried for image in template.issue.images):
            raise no_pictures(self._provider)
        require_unfilled(template, self._provider)

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
        self._secrets = ()

    def _deliver(self, message: Message, commit: Commit) -> Outcome | None:
        if refusal := self._refusal(message):
            return refusal
        try:
            prepared = self._prepare(message)
        except MessageError as error:
            return Outcome(Verdict.REFUSED, 0, str(error))
        if not commit([message]):
            return None
        return self._carry(prepared)

    def _prepare(self, message: Message) -> Prepared:
        assert self._adapter is not None
        return self._adapter.carry(message)

    def _carry(self, prepared: Prepared) -> Outcome:
        answered = self._ask_until_clear(prepared.request)
        if isinstance(answered.answer, Reply) and prepared.concerns_all(answered.answer):
            raise locked_out(answered.answer, self._provider, self._key)
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

    def _ask_until_clear(self, request: Request) -> Answered:
        return ask_until_clear(self._ask, request, self._provider, self._clock)

    def _ask(self, request: Request) -> Answer:
        """Make a request; where the answer repeats the key, nobody sees it."""
        assert self._client is not None
        answer = self._client.ask(request)
        secrets = [*self._secrets, request.credentials]
        return without(secrets, answer) if isinstance(answer, Reply) else answer

    def _check_key(self, adapter: Adapter) -> None:
        """Make a request that mails nobody; raises AuthError where the key is refused, ConnectError."""
        check = self._provider.check
        seen = [self._provider.scheme, self._endpoint.api, *self._secrets]
        mark = hashlib.sha256(" ".join(seen).encode()).hexdigest()
        if check is None or mark in _checked:
            return
        answer = self._ask(adapter.ask(check))
        denied = isinstance(answer, Reply) and answer.status in _DENIED - check.vague
        if isinstance(answer, Reply) and fault_of(answer).code in check.fine:
            denied = False
        if denied or (isinstance(answer, Silence) and not answer.begun):
            refused_or_broken(answer, self._provider, key=self._key, now=datetime.now(UTC))
        if isinstance(answer, Reply) and check.watching and _is_true(answer, check.watching):
            raise TransportError(
                f"{self._provider.name} watches who opens a message, whatever a request says",
                hint="switch off open tracking in the settings of this server with the provider",
            )
        _checked.add(mark)


def _is_true(reply: Reply, name: str) -> bool:
    return isinstance(reply.document, dict) and reply.document.get(name) is True


def read_address(
    address: TransportAddress, secret: Callable[[], str | None]
) -> tuple[Endpoint, Callable[[], str], str]:
    """Return a provider's API, what reads the key to it, and where that key is kept; raises ConfigError."""
    provider = PROVIDERS[address.scheme]
    endpoint = endpoint_of(address, provider)
    if find_spec(provider.library) is None:
        raise _without_extra(address.scheme)
    key = getattr(secret, "shown", "") or _place_of_key(provider)

    def read() -> str:
        found = secret() or os.environ.get(provider.key, "")
        if not found.strip() and not _elsewhere(provider):
            raise AuthError(f"{key} is not set: {provider.name} needs an API key", hint=_how_to(provider.key))
        if not (found.strip().isascii() and found.strip().isprintable()):
            raise AuthError(f"{key} holds what no API key does", hint="copy the key anew, all of it")
        return found.strip()

    return endpoint, read, key


def _place_of_key(provider: Provider) -> str:
    if (elsewhere := _elsewhere(provider)) and not os.environ.get(provider.key):
        return f"the place that {elsewhere} names"
    return f"the environment variable {provider.key}"


def _elsewhere(provider: Provider) -> str:
    """Return the variable that says where else the key is, or an empty string."""
    return next((name for name in provider.instead if os.environ.get(name)), "")


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
        if endpoint.provider.own_bytes:
            adapter = import_module(f"{package}.ses").SesAdapter
        else:
            adapter = import_module(f"{package}.adapter").AnymailAdapter
        client = import_module(f"{package}.client").Client
    except ImportError as error:
        raise _without_extra(endpoint.provider.scheme, f" ({error.name or error} is missing)") from None
    return adapter(endpoint, secret), client(timeout=endpoint.timeout, loopback=endpoint.loopback)
