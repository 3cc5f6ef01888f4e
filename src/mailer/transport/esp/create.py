"""Provider URL -> its transport: for one message after another, for many at once, with or without marks."""

from collections.abc import Callable
from pathlib import Path

from mailer.errors import ConfigError
from mailer.transport.esp.batch import BatchTransport
from mailer.transport.esp.marked import MarkedBatchTransport
from mailer.transport.esp.provider import Place, Provider
from mailer.transport.esp.transport import EspTransport, read_address
from mailer.transport.url import TransportAddress


def create(address: TransportAddress, secret: Callable[[], str | None], _base: Path) -> EspTransport:
    """
    Return the transport of a provider's URL; `?batch=10` is the most messages that a request has.

    Raises ConfigError, also where the extra is not installed.
    """
    endpoint, read, key = read_address(address, secret)
    provider = endpoint.provider
    most = _most(address, provider)
    if provider.batch is None or most == 1:
        return EspTransport(endpoint, read, url=address.url, key=key)
    keyed = provider.idempotency and provider.idempotency.place is Place.REQUEST
    kind = MarkedBatchTransport if keyed else BatchTransport
    return kind(endpoint, read, url=address.url, key=key, form=provider.batch, most=most)


def _most(address: TransportAddress, provider: Provider) -> int:
    most = int(address.options.get("batch", provider.limits.batch))
    if most > provider.limits.batch:
        raise ConfigError(f"{provider.name} takes no more than {provider.limits.batch} messages at once")
    return most
