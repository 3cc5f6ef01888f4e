"""Every scheme a transport URL can have."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from mailer.errors import ConfigError, did_you_mean
from mailer.transport.base import Transport
from mailer.transport.esp.providers import PROVIDERS
from mailer.transport.url import TransportAddress, parse_url, scheme_of

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

Secret = Callable[[], str | None]
"""Looks up the password, only when it is needed; None where there is none."""

Factory = Callable[[TransportAddress, Secret, Path], Transport]
"""Makes a transport without connecting; relative paths count from the folder."""

ENTRY_POINTS = "mailer.transports"
"""
The entry-point group of others' transports: the name is the scheme, the object a Factory.

Its attribute `keys`, where it has one, names the query keys that it knows.
"""


@dataclass(frozen=True, slots=True)
class Scheme:
    """
    Where a transport is made (`module:function`), and the query keys it knows besides the common ones.

    `rate` is the highest that the other side puts up with by default, such as `10/s`, empty where that is not
    known. `own_bytes` says whether readers get our very bytes: else no signature of ours holds. `rewritten`
    are the headers that even then are written over: none of ours may cover them.
    """

    factory: str
    keys: tuple[str, ...] = ()
    rate: str = ""
    own_bytes: bool = True
    rewritten: tuple[str, ...] = ()


_SMTP_KEYS = ("tls", "ca", "name", "wait", "messages", "idle")

SCHEMES = {
    "file": Scheme("mailer.transport.file:create"),
    "maildir": Scheme("mailer.transport.maildir:create"),
    "memory": Scheme("mailer.transport.memory:create", ("batch",)),
    "smtp": Scheme("mailer.transport.smtp.transport:create", _SMTP_KEYS),
    "smtps": Scheme("mailer.transport.smtp.transport:create", _SMTP_KEYS),
    **{
        name: Scheme(
            "mailer.transport.esp.create:create",
            ("api", *provider.keys),
            provider.rate,
            provider.own_bytes,
            provider.rewritten,
        )
        for name, provider in PROVIDERS.items()
    },
}


def read_transport_url(url: str) -> TransportAddress:
    """Return the parts of a transport URL, its scheme and options checked; raises ConfigError."""
    scheme = scheme_of(url)
    if scheme in SCHEMES:
        return parse_url(url, SCHEMES[scheme].keys)
    others = _others()
    if scheme not in others:
        known = [*SCHEMES, *others]
        raise ConfigError(
            f"no transport is called {scheme}:{did_you_mean(scheme, known)}",
            hint=f"there are {', '.join(f'{one}:' for one in known)}",
        )
    return parse_url(url, getattr(_load(others[scheme]), "keys", ()))


def usual_rate(url: str) -> str:
    """Return the rate that the other side of a transport URL puts up with, empty where that is not known."""
    scheme = scheme_of(url)
    if scheme in PROVIDERS and (batch := read_transport_url(url).options.get("batch")):
        return PROVIDERS[scheme].rate_of(int(batch))
    return SCHEMES[scheme].rate if scheme in SCHEMES else ""


def carries_bytes(url: str) -> bool:
    """Say whether readers get the very bytes of a message that the transport of this URL is given."""
    scheme = scheme_of(url)
    return scheme not in SCHEMES or SCHEMES[scheme].own_bytes


def rewritten_by(url: str) -> tuple[str, ...]:
    """Return the headers that whom this URL names writes over, so that no signature may cover them."""
    scheme = scheme_of(url)
    return SCHEMES[scheme].rewritten if scheme in SCHEMES else ()


def open_transport(url: str, *, secret: Secret = lambda: None, base: Path = Path()) -> Transport:
    """Return the transport that a URL names, not yet connected; raises ConfigError."""
    address = read_transport_url(url)
    if address.scheme in SCHEMES:
        module, _, function = SCHEMES[address.scheme].factory.partition(":")
        factory: Factory = getattr(import_module(module), function)
    else:
        factory = _load(_others()[address.scheme])
    return factory(address, secret, base)


def _others() -> "dict[str, EntryPoint]":
    from importlib.metadata import entry_points  # noqa: PLC0415 - only a scheme of a third party needs it

    return {point.name: point for point in entry_points(group=ENTRY_POINTS)}


def _load(point: "EntryPoint") -> Factory:
    """Return the factory of somebody else's package; whatever goes wrong in there, its name is told."""
    try:
        factory: Factory = point.load()
    except Exception as error:  # noqa: BLE001 - it is others' code
        package = point.dist.name if point.dist else point.module
        raise ConfigError(
            f"{point.name}: comes from the package {package}, which cannot be loaded: {error}",
            hint=f"pip install --upgrade {package}, or take it out",
        ) from None
    return factory
