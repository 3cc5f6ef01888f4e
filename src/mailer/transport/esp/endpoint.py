"""Transport URL -> where a provider's API is, and what django-anymail has to know besides the key."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from mailer.errors import ConfigError
from mailer.transport.esp.provider import Provider
from mailer.transport.url import TransportAddress

_TIMEOUT = 60.0
"""Seconds for an answer: providers answer within a few, and without one somebody is in doubt."""

_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*|[0-9a-f:.]+")
"""A host in which nobody sees the end of another one, such as at a backslash."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A provider's API: its address with a slash at the end, and `options` in django-anymail's names."""

    provider: Provider
    api: str
    options: Mapping[str, str]
    loopback: bool
    timeout: float


def endpoint_of(address: TransportAddress, provider: Provider) -> Endpoint:
    """Return the API that a transport URL names; raises ConfigError."""
    values = {"host": address.host, "user": address.user, **address.options}
    wrong = [part for part, form in provider.forms.items() if not re.fullmatch(form, values.get(part, ""))]
    missing = [part for part in provider.required if not values.get(part)]
    if wrong or missing or address.path.strip("/") or address.port:
        raise ConfigError(f"this is no {address.scheme}: URL", hint=f"write for example {provider.example}")
    api = _api(address, provider)
    options = {name: values[part] for name, part in provider.parts.items() if values.get(part)}
    if "host" not in provider.parts.values() and address.host and "api" not in address.options:
        api = _with_host(api, address.host)
        _require_home(urlsplit(api), provider)
    host = urlsplit(api).hostname or ""
    return Endpoint(provider, api, options, _is_loopback(host), address.timeout or _TIMEOUT)


def _api(address: TransportAddress, provider: Provider) -> str:
    """Return the address of the API; a key is sent there, so it is the provider's own or this machine."""
    if "api" not in address.options:
        return provider.api.format(host=address.host) or f"https://{address.host}/"
    given = address.options["api"]
    parts = _parts(given)
    if not given or parts is None or parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigError("api= in a transport URL is an address like https://api.example.com/v3/")
    _require_home(parts, provider)
    return given if given.endswith("/") else f"{given}/"


def _parts(given: str) -> SplitResult | None:
    """Return the parts of an address, None where it has a port or a host that is none."""
    try:
        parts = urlsplit(given)
        port = parts.port
    except ValueError:
        return None
    return parts if port != 0 else None


def _with_host(api: str, host: str) -> str:
    parts = urlsplit(api)
    return parts._replace(netloc=host).geturl()


def _require_home(parts: SplitResult, provider: Provider) -> None:
    host = (parts.hostname or "").lower()
    plain = _HOST.fullmatch(host)
    if plain and _is_loopback(host) and parts.scheme in {"http", "https"}:
        return
    known = any(one in {"*", host} or host.endswith(f".{one}") for one in provider.hosts)
    if parts.scheme != "https" or not known or not plain:
        homes = f"https: and a host of {' or '.join(provider.hosts)}" if provider.hosts else "this machine"
        homes = "https:" if "*" in provider.hosts else homes
        raise ConfigError(
            f"the API of {provider.name} cannot be at {host or 'no host'}: the key would be sent there",
            hint=f"name an address with {homes}",
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
