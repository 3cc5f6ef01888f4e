"""One value of mailer.toml -> its type; each function raises ValueError with what was expected."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mailer.address import parse_address, parse_mailbox
from mailer.config.dkim import DkimConfig, KeyPlace
from mailer.config.secret import Secret
from mailer.errors import MailerError
from mailer.issue.keys import LANGUAGE_TAG
from mailer.sending.domains import EVERY_OTHER
from mailer.sending.pace import Rates, parse_rates
from mailer.transport.registry import read_transport_url
from mailer.transport.url import holds_password

Parser = Callable[[Any], Any]

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d)")
_SELECTOR = re.compile(r"[A-Za-z0-9]+(?:[.-]+[A-Za-z0-9]+)*")
_KEPT_IN_ADDRESS = "%:/?#[]@!$&'()*+,;=~{}"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def yes_or_no(value: Any) -> bool:
    """Return true or false; an environment variable spells it."""
    known = {True: True, False: False, "true": True, "false": False}
    if not isinstance(value, bool | str) or value not in known:
        raise ValueError(f"expected true or false, got {_kind(value)}")
    return known[value]


def text(value: Any) -> str:
    """Return a text."""
    if not isinstance(value, str):
        raise ValueError(f"expected a text in quotes, got {_kind(value)}")  # noqa: TRY004 - told to the author
    return value


def texts(value: Any) -> tuple[str, ...]:
    """Return a list of texts."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError(f'expected a list of texts like ["issues"], got {_kind(value)}')
    return tuple(value)


def folder(value: Any) -> str:
    """Return the path of a folder, `~` written out."""
    try:
        return str(Path(text(value)).expanduser())
    except RuntimeError as error:
        raise ValueError(f"{value!r}: {error}") from None


def positive(value: Any) -> int:
    """Return a whole number of 1 or more."""
    number = int(value) if isinstance(value, str) and value.isdecimal() else value
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        got = repr(value) if type(value) in {int, float} else _kind(value)
        raise ValueError(f"expected a whole number of 1 or more, got {got}")
    return number


def share(value: Any) -> float:
    """Return a share: `"2%"` is 0.02."""
    if isinstance(value, str) and value.endswith("%"):
        try:
            percent = float(value[:-1])
        except ValueError:
            percent = -1.0
        if 0 <= percent <= 100:  # noqa: PLR2004 - percent
            return percent / 100
    raise ValueError(f'expected a share like "2%", got {_kind(value)}')


def duration(value: Any) -> float:
    """Return seconds: `"90s"`, `"2m"`, or a number."""
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
        return float(value)
    found = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f'expected a time like "30s" or "2m", got {_kind(value)}')
    return float(found[1]) * _SECONDS[found[2]]


def size(value: Any) -> int:
    """Return bytes: `"2 MB"`, `"500 kB"`; a number alone are bytes."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ?(B|kB|MB)?", str(value)) if type(value) in {int, str} else None
    if not found:
        raise ValueError(f'expected a size such as "2 MB" or "500 kB", got {_kind(value)}')
    return int(float(found[1]) * {"B": 1, "kB": 10**3, "MB": 10**6}[found[2] or "B"])


def rate(value: Any) -> Rates:
    """Return rates that hold at once: `"10/s"`, `"10/s, 5000/h"` or a list of such texts."""
    try:
        return parse_rates(", ".join(texts(value)) if isinstance(value, list) else text(value))
    except MailerError as error:
        raise ValueError(error.message) from None


def mailbox(value: Any) -> str:
    """Return `Name <address>` after checking it."""
    try:
        parse_mailbox(text(value))
    except MailerError as error:
        raise ValueError(error.message) from None
    return str(value)


def web_address(value: Any) -> str:
    """Return an http(s) URL in ASCII, because it also stands in headers."""
    parts = urlsplit(text(value))
    if parts.username or parts.password:
        raise ValueError("an address that readers see holds no user name and no password")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"expected an address like https://example.com, got {_kind(value)}")
    if not parts.netloc.isascii():
        parts = parts._replace(netloc=parts.netloc.lower().replace(parts.hostname, _domain(parts.hostname)))
    return quote(urlunsplit(parts), safe=_KEPT_IN_ADDRESS)


def view_address(value: Any) -> str:
    """Return the URL where an issue can be read; `{slug}` is all that it may leave open."""
    address = web_address(value)
    if "{" in address.replace("{slug}", "") or "}" in address.replace("{slug}", ""):
        raise ValueError(f"expected {{slug}} and no other field in braces, got {_kind(value)}")
    return address


def endpoint_address(value: Any) -> str:
    """Return the https URL of the unsubscribe endpoint (RFC 8058 §3.1); on this machine http will do."""
    address = web_address(value)
    if urlsplit(address).scheme != "https" and urlsplit(address).hostname not in _LOOPBACK:
        raise ValueError(f"expected https://, which mail programs ask for, got {_kind(value)}")
    return address


def language(value: Any) -> str:
    """Return a language tag: `de`, `pt-BR`."""
    if not LANGUAGE_TAG.fullmatch(text(value)):
        raise ValueError(f"expected a language tag such as en, de or pt-BR, got {_kind(value)}")
    return str(value)


def ledger_url(value: Any) -> str:
    """Return a ledger's URL; its scheme is looked at when it is opened."""
    if holds_password(text(value)):
        raise ValueError("a password stands in the URL: take it out, and change it, because it has been seen")
    return str(value)


def transport_url(value: Any) -> str:
    """Return a transport's URL, its scheme and options checked; what is wrong never repeats a password."""
    try:
        read_transport_url(text(value))
    except MailerError as error:
        raise ValueError("; ".join(filter(None, [*str(error).splitlines(), error.hint]))) from None
    return str(value)


def timezone(value: Any) -> ZoneInfo:
    """Return the time zone of this name."""
    try:
        return ZoneInfo(text(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"no time zone {value!r}; expected a name like Europe/Berlin") from None


def secret(value: Any) -> Secret:
    """Return the place of a password: `{ env = "NAME" }` or `{ keyring = "NAME" }`."""
    if isinstance(value, dict) and len(value) == 1:
        ((kind, name),) = value.items()
        if kind in {"env", "keyring"} and isinstance(name, str) and name:
            return Secret(kind, name)
    raise ValueError('a password stands in no file: write { env = "NAME" } or { keyring = "NAME" }')


def dkim(value: Any) -> DkimConfig:
    """Return who signs: `{ domain = "…", selector = "…", key = { env = "NAME" } }`, or a file."""
    if not isinstance(value, dict) or value.keys() != {"domain", "selector", "key"}:
        raise ValueError('expected { domain = "example.com", selector = "…", key = { file = "…" } }')
    selector = text(value["selector"])
    if not _SELECTOR.fullmatch(selector):
        raise ValueError(f"{selector!r} is no selector: letters, digits and hyphens, as in DNS")
    return DkimConfig(_domain(text(value["domain"])), selector, _key_place(value["key"]))


def recipients_domain(name: str) -> str:
    """Return a domain in the form it has in addresses, or `*`."""
    return name if name == EVERY_OTHER else _domain(name)


def _domain(name: str) -> str:
    try:
        return parse_address(f"postmaster@{name}").domain
    except MailerError:
        raise ValueError(f"{name!r} is no domain: expected one like example.com") from None


def _key_place(value: Any) -> KeyPlace:
    if isinstance(value, dict) and len(value) == 1:
        ((kind, name),) = value.items()
        if kind in {"env", "file"} and isinstance(name, str) and name:
            return KeyPlace(kind, name)
    raise ValueError('a key does not stand here: write key = { file = "dkim.pem" } or { env = "NAME" }')


def publish(value: Any) -> tuple[tuple[str, ...], str]:
    """Return command and address: `{ command = "… {file} … {name}", url = "https://…" }`."""
    if not isinstance(value, dict) or value.keys() != {"command", "url"}:
        raise ValueError('expected { command = "… {file} … {name}", url = "https://…" }')
    command = tuple(shlex.split(text(value["command"])))
    if not all(any(place in word for word in command[1:]) for place in ("{file}", "{name}")):
        raise ValueError("the command needs {file}, the picture to take, and {name}, what to call it there")
    return command, web_address(value["url"]).rstrip("/")


def severity(value: Any) -> str:
    """Return error, warning, info or off."""
    if value not in {"error", "warning", "info", "off"}:
        raise ValueError(f"expected error, warning, info or off, got {_kind(value)}")
    return str(value)


def _kind(value: Any) -> str:
    shown = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a table"}
    return shown.get(type(value), repr(value))
