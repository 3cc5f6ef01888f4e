"""`smtp:` or `smtps:` URL -> Relay."""

from dataclasses import dataclass
from pathlib import Path

from mailer.errors import ConfigError
from mailer.transport.url import TransportAddress

SUBMISSION, SUBMISSIONS, LOCAL_RELAY = 587, 465, 25


@dataclass(frozen=True, slots=True)
class Relay:
    """
    A relay and how to talk to it.

    `starttls` and `implicit_tls` exclude each other; neither means in clear, on this machine only, and then
    there is no `user`: a login goes under TLS alone.
    `authority` is a file of certificates to trust besides the system's. `name` is what EHLO says, or empty.
    `timeout` is seconds for every answer but that to the final dot, which may take `wait` seconds. After
    `messages` messages, or `idle` seconds without one, a connection is made anew.
    """

    host: str
    port: int
    user: str
    starttls: bool
    implicit_tls: bool
    authority: Path | None
    name: str
    timeout: float
    wait: float
    messages: int
    idle: float

    def __str__(self) -> str:
        """Return `host:port`."""
        return f"{self.host}:{self.port}"


def relay_of(address: TransportAddress, base: Path) -> Relay:
    """Return the relay of an `smtp:` or `smtps:` URL; raises ConfigError."""
    if not address.host or address.path.strip("/"):
        raise ConfigError(
            f"a {address.scheme}: URL names a host",
            hint=f"write for example {address.scheme}://user@smtp.example.com",
        )
    implicit = address.scheme == "smtps"
    starttls = not implicit and _wants_tls(address)
    if address.user and not (implicit or starttls):
        raise ConfigError(
            f"the login of {address.user} at {address.host} would go in clear: there is no TLS",
            hint="write smtps://, or smtp:// with ?tls=required (and &ca=FILE for a certificate of your own);"
            " or take the user name out where the relay wants none",
        )
    authority = address.options.get("ca")
    return Relay(
        host=address.host,
        port=address.port or _usual_port(address),
        user=address.user,
        starttls=starttls,
        implicit_tls=implicit,
        authority=base / authority if authority else None,
        name=address.options.get("name", ""),
        timeout=address.timeout or 60.0,
        wait=float(address.options.get("wait", "600")),
        messages=int(address.options.get("messages", "1000")),
        idle=float(address.options.get("idle", "60")),
    )


def _usual_port(address: TransportAddress) -> int:
    if address.scheme == "smtps":
        return SUBMISSIONS
    return LOCAL_RELAY if address.loopback else SUBMISSION


def _wants_tls(address: TransportAddress) -> bool:
    wanted = address.options.get("tls", "never" if address.loopback else "required")
    if wanted not in {"never", "required"}:
        raise ConfigError(f"tls in a transport URL is 'never' or 'required', not {wanted!r}")
    if wanted == "never" and not address.loopback:
        raise ConfigError(
            "tls=never is for loopback addresses only",
            hint="take it out: your readers' addresses and your password would travel in clear",
        )
    return wanted == "required"
