"""Transports of providers, pointed at a server on this machine."""

from collections.abc import Callable, Sequence

from tests.servers.http import Answer, HttpServer, Recorded, Reply
from tests.transport.esp.dialects import DIALECTS, KEY
from tests.transport.spec import let_all_go

from mailer.message.envelope import Message
from mailer.message.outcome import Outcome
from mailer.transport.base import Transport
from mailer.transport.esp.providers import PROVIDERS
from mailer.transport.registry import open_transport

SCHEMES = sorted(PROVIDERS)
BY_PARTS = [scheme for scheme in SCHEMES if not PROVIDERS[scheme].own_bytes]
"""The providers that are given the parts of a message and put it together themselves."""


def url_of(scheme: str, api: str, query: str = "", *, batch: int = 1) -> str:
    """Return the example of a provider's URL, its API at `api`; `batch` is the most that a request has."""
    example = PROVIDERS[scheme].example
    options = [f"api={api}", f"batch={batch}" if PROVIDERS[scheme].batch else "", query]
    return f"{example}{'&' if '?' in example else '?'}{'&'.join(filter(None, options))}"


def transport_to(
    scheme: str,
    api: str,
    query: str = "timeout=30",
    *,
    secret: Callable[[], str | None] = lambda: KEY,
    batch: int = 1,
) -> Transport:
    return open_transport(url_of(scheme, api, query, batch=batch), secret=secret)


def takes_all(scheme: str) -> Callable[[Recorded], Reply]:
    """Answer as the provider does where all is well."""
    return scripted(scheme)


def scripted(scheme: str, *replies: Reply) -> Callable[[Recorded], Reply]:
    """Answer one message after another with `replies`, then take all; every key is right."""
    dialect, left = DIALECTS[scheme], list(replies)

    def respond(request: Recorded) -> Reply:
        if not dialect.is_message(request):
            return Answer(200, {})
        if left:
            return left.pop(0)
        return dialect.taken(dialect.see(request).to.rpartition("<")[2].rstrip(">"))

    return respond


def sent_to(server: HttpServer, scheme: str) -> list[Recorded]:
    """Return the requests that hand over messages, without those about the key."""
    found = [one for one in server.requests if one.method == "POST" and one.path == DIALECTS[scheme].path]
    return [one for one in found if one.headers.get("content-length") != "0"]


def deliver(transport: Transport, *messages: Message) -> Sequence[Outcome | None]:
    transport.open()
    try:
        return [transport.deliver([message], let_all_go)[0] for message in messages]
    finally:
        transport.close()
