"""Transport URL -> TransportAddress."""

import ipaddress
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from mailer.errors import ConfigError, did_you_mean

COMMON_KEYS = ("connections", "rate", "timeout")
"""The query keys that every scheme knows."""

_SCHEME = re.compile(r"[a-z][a-z0-9+-]+", re.IGNORECASE)

_RATE = r" *[1-9][0-9]{0,8}/(s|sec|second|m|min|minute|h|hour|d|day) *"
_SECONDS = (r"[0-9]{1,5}(\.[0-9]+)?", "a number of seconds")
_COUNT = (r"[1-9][0-9]{0,3}", "a whole number of 1 or more")
_FORMS = {
    "connections": _COUNT,
    "batch": _COUNT,
    "messages": _COUNT,
    "rate": (rf"{_RATE}(,{_RATE})*", "a rate like 10/s or 10/s,5000/h"),
    "timeout": _SECONDS,
    "wait": _SECONDS,
    "idle": _SECONDS,
}


@dataclass(frozen=True, slots=True)
class TransportAddress:
    """
    Where a transport hands messages to.

    `url` is the URL as written; no password can be in it. `path` is all that stands after the scheme of a URL
    without `//`. `port` is 0 where the URL names none. `options` are the query's keys and values.
    """

    url: str
    scheme: str
    path: str = ""
    host: str = ""
    port: int = 0
    user: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def connections(self) -> int | None:
        """Return how many connections may be open at once, or None."""
        return int(self.options["connections"]) if "connections" in self.options else None

    @property
    def rate(self) -> str:
        """Return the highest rates, such as `10/s` or `10/s,5000/h`, or an empty string."""
        return self.options.get("rate", "")

    @property
    def timeout(self) -> float | None:
        """Return how many seconds an answer may take, or None."""
        return float(self.options["timeout"]) if "timeout" in self.options else None

    @property
    def loopback(self) -> bool:
        """Return whether the host is this machine, going by its name alone."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost" or self.host.endswith(".localhost")


def scheme_of(url: str) -> str:
    """Return the scheme in lower case; raises ConfigError where there is none."""
    scheme, colon, _ = url.strip().partition(":")
    if not colon or not _SCHEME.fullmatch(scheme):
        raise ConfigError(
            "a transport is a name from [transports] in mailer.toml or a URL",
            hint="write for example file:outbox or smtp://user@smtp.example.com:587",
        )
    return scheme.lower()


def parse_url(url: str, keys: Collection[str]) -> TransportAddress:
    """
    Return the parts of a transport URL; `keys` are the query keys its scheme knows besides the common ones.

    Raises ConfigError. No message repeats the URL, because a password may stand anywhere in it.
    """
    url = url.strip()
    scheme = scheme_of(url)
    rest = url[len(scheme) + 1 :]
    _refuse_password(url)
    before, _, query = rest.partition("?")
    options = _options(scheme, query, [*COMMON_KEYS, *keys])
    if not before.startswith("//"):
        return TransportAddress(url, scheme, path=unquote(before), options=options)
    parts = _split(scheme, before)
    return TransportAddress(
        url,
        scheme,
        path=unquote(parts.path),
        host=parts.hostname or "",
        port=_port(scheme, parts),
        user=unquote(parts.username or ""),
        options=options,
    )


def place_of(url: str) -> str:
    """Return where a transport URL leads, without options: two with the same place are one transport."""
    return url.partition("?")[0]


def holds_password(url: str) -> bool:
    """Say whether a URL of any kind has a colon before an at sign, wherever the two stand."""
    rest = url.partition(":")[2]
    return rest.startswith("//") and ":" in rest.rpartition("@")[0]


def _refuse_password(url: str) -> None:
    if holds_password(url):
        raise ConfigError(
            "a password stands in the transport URL",
            hint='take it out and write password = { env = "SMTP_PASSWORD" } beside the URL in mailer.toml; '
            "then change it, because it has been seen",
        )


def _split(scheme: str, before: str) -> SplitResult:
    try:
        return urlsplit(f"{scheme}:{before}")
    except ValueError:
        raise ConfigError(f"the host of a {scheme}: URL cannot be read") from None


def _port(scheme: str, parts: SplitResult) -> int:
    """Return the port, 0 where there is none."""
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise ConfigError(f"the port of a {scheme}: URL is a number from 1 to 65535")
    return port or 0


def _options(scheme: str, query: str, known: Collection[str]) -> dict[str, str]:
    options = dict(parse_qsl(query, keep_blank_values=True))
    if unknown := [key for key in options if key not in known]:
        raise ConfigError(
            f"a {scheme}: URL has options that do not exist",
            problems=[f"{key}{did_you_mean(key, known)}" for key in unknown],
            hint=f"it knows {', '.join(known)}",
        )
    for key, (form, expected) in _FORMS.items():
        if key in options and not re.fullmatch(form, options[key]):
            raise ConfigError(f"{key} in a transport URL is {expected}, not {options[key]!r}")
    return options
