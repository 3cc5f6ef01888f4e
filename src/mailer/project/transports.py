"""TRANSPORT, as the user names it -> a transport and its pace."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

from mailer.config import Config, TransportConfig
from mailer.errors import ConfigError, did_you_mean
from mailer.message.dkim import Signer
from mailer.message.signing_key import read_signing_key
from mailer.sending.pace import Limiter, Rate, parse_rates
from mailer.transport.base import Transport
from mailer.transport.registry import (
    carries_bytes,
    open_transport,
    read_transport_url,
    rewritten_by,
    usual_rate,
)
from mailer.transport.url import place_of, scheme_of

DEFAULT = "default"
BUILT_IN = TransportConfig(DEFAULT, url="file:outbox")
ELSEWHERE = (Rate(10, 1.0),)
"""The pace towards another machine where nobody set one: what small relays put up with."""


@dataclass(frozen=True, slots=True)
class PacedTransport:
    """
    A transport, not yet connected.

    `others` are one more for each further connection. `limiter` keeps the pace of all (None: no limit),
    `signer` signs what they carry (None: nobody does). `name` is how the user names it.
    """

    transport: Transport
    limiter: Limiter | None
    others: Sequence[Transport] = ()
    signer: Signer | None = None
    name: str = DEFAULT


def find_transport(text: str | None, config: Config, *, rate: str = "") -> PacedTransport:
    """
    Return the transport of this name or URL, else `default` of mailer.toml, else `file:outbox`.

    The URL of one that mailer.toml names brings its password, its signature and the settings beside it along;
    options in the URL win.

    A rate given here wins over the transport's, that over `sending.rate`, that over what the provider puts up
    with; without any there is no limit on this machine and 10/s elsewhere. Raises ConfigError.
    """
    settings = _settings(text or DEFAULT, config)
    url = _with_options(settings)
    if settings.dkim:
        _require_own_bytes(url)
    transport, *others = _connections(url, settings, config)
    own = read_transport_url(url).rate
    chosen = (
        parse_rates(rate) if rate else settings.rate or (parse_rates(own) if own else config.sending.rate)
    )
    if not chosen and not (transport.loopback or transport.rehearsal):
        usual = usual_rate(url)
        chosen = parse_rates(usual) if usual else ELSEWHERE
    limiter = Limiter(*chosen) if chosen else None
    signer = _signer(settings, config.folder)
    return PacedTransport(transport, limiter, others, signer, text or DEFAULT)


def signers_of(url: str, config: Config) -> Iterator[Signer]:
    """Yield who signs for transports of this URL; ConfigError where a key cannot be read."""
    for one in _named_by(url, config):
        yield from filter(None, [_signer(one, config.folder)])


def configured_name(url: str, config: Config) -> str:
    """Return the name under which mailer.toml has this transport: its password stands there. Else the URL."""
    named = _named_by(url, config)
    return named[0].name if named else url


def _named_by(url: str, config: Config) -> list[TransportConfig]:
    """Return the transports of mailer.toml that lead where this URL leads."""
    return [one for one in config.transports.values() if place_of(one.url) == place_of(url)]


def _connections(url: str, settings: TransportConfig, config: Config) -> list[Transport]:
    """Return one transport for each connection; a rehearsal, which writes into one folder, has one."""
    first = open_transport(url, secret=_secret(settings), base=config.folder)
    wanted = 1 if first.rehearsal else read_transport_url(url).connections or config.sending.connections
    others = (open_transport(url, secret=_secret(settings), base=config.folder) for _ in range(1, wanted))
    return [first, *others]


def _settings(text: str, config: Config) -> TransportConfig:
    if text in config.transports:
        return config.transports[text]
    if text == DEFAULT:
        return BUILT_IN
    if ":" not in text:
        known = ", ".join(config.transports) or "none"
        raise ConfigError(
            f"there is no transport '{text}'{did_you_mean(text, config.transports)}",
            hint=f"[transports] in mailer.toml has: {known}; or name a URL such as file:outbox",
        )
    return _settings_of_url(text, config)


def _settings_of_url(url: str, config: Config) -> TransportConfig:
    """Return what mailer.toml has for a URL; options in the URL win. ConfigError where its names disagree."""
    named = _named_by(url, config)
    if not named:
        return TransportConfig(url, url=url)
    first = named[0]
    if any((one.password, one.dkim) != (first.password, first.dkim) for one in named):
        raise ConfigError(
            f"mailer.toml has {place_of(url)} under several names, with other passwords or signatures",
            hint=f"say which one is meant: {', '.join(f'--transport {one.name}' for one in named)}",
        )
    if "?" not in url:
        return first
    written, usual = read_transport_url(url), read_transport_url(first.url).rate
    return replace(
        first,
        url=url,
        rate=None if written.rate else first.rate or (parse_rates(usual) if usual else None),
        connections=None if written.connections else first.connections,
        timeout=None if written.timeout else first.timeout,
    )


def _with_options(settings: TransportConfig) -> str:
    """Return the URL with the options that stand beside it in mailer.toml."""
    options = {"connections": settings.connections, "timeout": settings.timeout}
    query = urlencode({key: f"{value:g}" for key, value in options.items() if value is not None})
    if not query:
        return settings.url
    return f"{settings.url}{'&' if '?' in settings.url else '?'}{query}"


def _secret(settings: TransportConfig) -> Callable[[], str | None]:
    """Return the place of the password itself, which can also say where it is."""
    return settings.password or (lambda: None)


def _require_own_bytes(url: str) -> None:
    if not carries_bytes(url):
        raise ConfigError(
            f"a signature of ours does not last through {scheme_of(url)}:",
            hint="take dkim out: the provider signs what it sends",
        )


def _signer(settings: TransportConfig, folder: Path) -> Signer | None:
    dkim = settings.dkim
    if dkim is None:
        return None
    key = read_signing_key(dkim.key.read(folder), dkim.key.shown)
    return Signer(dkim.domain, dkim.selector, key, rewritten_by(settings.url))
