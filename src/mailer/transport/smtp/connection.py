"""Relay -> a connection that is open, safe and logged in."""

import smtplib
import socket
import ssl

from mailer.errors import AuthError, ConnectError
from mailer.transport.smtp.fault import broken, no_login, refused, wrong_login
from mailer.transport.smtp.relay import Relay


def connect(relay: Relay, password: str | None) -> smtplib.SMTP:
    """Return an open connection; raises TransportError."""
    client = _greet(relay)
    try:
        if client.sock is not None:
            client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.local_hostname = relay.name or _own_name(client)
        _say_hello(client, relay)
        if relay.starttls:
            _start_tls(client, relay)
        if relay.user:
            _log_in(client, relay, password)
    except BaseException:
        client.close()
        raise
    return client


def _greet(relay: Relay) -> smtplib.SMTP:
    try:
        if relay.implicit_tls:
            return smtplib.SMTP_SSL(
                relay.host, relay.port, "localhost", timeout=relay.timeout, context=_context(relay)
            )
        return smtplib.SMTP(relay.host, relay.port, "localhost", timeout=relay.timeout)
    except (OSError, smtplib.SMTPException) as error:
        raise broken(relay, error, "greeting") from None


def _own_name(client: smtplib.SMTP) -> str:
    """Return what EHLO says: this machine's full name, else its address (RFC 5321 §4.1.4)."""
    assert client.sock is not None
    own = client.sock.getsockname()[0]
    if not own.startswith(("127.", "::1")) and "." in (name := socket.getfqdn()) and name.isascii():
        return name
    return f"[IPv6:{own}]" if ":" in own else f"[{own}]"


def _say_hello(client: smtplib.SMTP, relay: Relay) -> None:
    try:
        code, text = client.ehlo()
    except (OSError, smtplib.SMTPException) as error:
        raise broken(relay, error, "saying EHLO") from None
    if code != 250:  # noqa: PLR2004 - RFC 5321 §4.2.3
        raise refused(relay, code, text, "saying EHLO")


def _start_tls(client: smtplib.SMTP, relay: Relay) -> None:
    if not client.has_extn("starttls"):
        raise ConnectError(
            f"{relay} offers no STARTTLS",
            hint="nothing was sent in clear; use a port that offers it, or smtps:// and port 465",
        )
    try:
        client.starttls(context=_context(relay))
    except (OSError, smtplib.SMTPException) as error:
        raise broken(relay, error, "starting TLS") from None
    _say_hello(client, relay)


def _context(relay: Relay) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if relay.authority:
        try:
            context.load_verify_locations(relay.authority)
        except OSError as error:
            reason = "holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
            raise ConnectError(f"the file of ca= in the transport URL cannot be used: {reason}") from None
    return context


def _log_in(client: smtplib.SMTP, relay: Relay, password: str | None) -> None:
    if not password:
        raise AuthError(
            f"there is no password for {relay.user} at {relay}",
            hint='name it in mailer.toml by password = { env = "SMTP_PASSWORD" }, and set that variable',
        )
    if not (relay.user + password).isascii():
        raise AuthError("user name and password for SMTP can hold ASCII only", hint="choose another password")
    try:
        client.login(relay.user, password)
    except smtplib.SMTPAuthenticationError as error:
        raise wrong_login(relay, error, password) from None
    except (smtplib.SMTPNotSupportedError, smtplib.SMTPHeloError) as error:
        raise no_login(relay, error) from None
    except smtplib.SMTPServerDisconnected as error:
        raise broken(relay, error, "logging in") from None
    except smtplib.SMTPException as error:
        raise no_login(relay, error) from None
    except OSError as error:
        raise broken(relay, error, "logging in") from None
