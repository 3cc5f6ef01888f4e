"""What failed before the point of no return -> an error that says what to do."""

import base64
import smtplib
import socket
import ssl

from mailer.address import Address
from mailer.errors import AnswerError, AuthError, ConnectError, TransportError, TransportTimeout
from mailer.transport.answer import clean_reply
from mailer.transport.smtp.relay import SUBMISSIONS, Relay

_LOWEST_CODE = 200
_LOGIN_NEEDED = 530
_PERMANENT = 5


def broken(relay: Relay, error: Exception, doing: str) -> TransportError:
    """Return the error for a connection that failed before the point of no return."""
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return TransportTimeout(
            f"{relay} did not answer in {relay.timeout:g} seconds while {doing}", hint=_timeout_hint(relay)
        )
    if isinstance(error, ssl.SSLError):
        return _tls_error(relay, error)
    if isinstance(error, smtplib.SMTPResponseException):
        return refused(relay, error.smtp_code, error.smtp_error, doing)
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return ConnectError(
            f"{relay} closed the connection while {doing}", hint="run the same command again; it goes on"
        )
    return _unreachable(relay, error)


def refused(relay: Relay, code: int, text: bytes | str, doing: str) -> AnswerError:
    """Return the error for an answer that ends the session."""
    said = clean_reply(text)
    if code < _LOWEST_CODE:
        return AnswerError(
            f"{relay} does not speak SMTP: it said {said!r} while {doing}", hint="check host and port"
        )
    permanent = code // 100 == _PERMANENT
    hint = "ask who runs the relay what it takes from you" if permanent else "try again later"
    return AnswerError(f"{relay} answered {code} while {doing}: {said}", hint=hint, code=code)


def sender_refused(relay: Relay, sender: Address, code: int, text: bytes) -> TransportError:
    """Return the error for a refused MAIL FROM, which every other message would meet too."""
    if code == _LOGIN_NEEDED:
        return AuthError(
            f"{relay} wants a login: {code} {clean_reply(text)}",
            hint="put the user name into the URL, smtp://user@host, and name the password beside it",
        )
    error = refused(relay, code, text, f"taking mail from {sender}")
    if code // 100 == _PERMANENT:
        error.hint = "check newsletter.from and newsletter.return_path in mailer.toml"
    return error


def wrong_login(relay: Relay, error: smtplib.SMTPAuthenticationError, password: str) -> TransportError:
    """Return the error for a refused login; a reply that repeats the password is shown without it."""
    said = _without(clean_reply(error.smtp_error), relay.user, password)
    if error.smtp_code // 100 != _PERMANENT:
        return refused(relay, error.smtp_code, said, "logging in")
    return AuthError(
        f"{relay} refused the login of {relay.user}: {error.smtp_code} {said}",
        hint="check user name and password; some providers want one made for programs",
    )


def no_login(relay: Relay, error: smtplib.SMTPException) -> AuthError:
    """Return the error for a relay without a usable AUTH."""
    return AuthError(
        f"{relay} offers no login that mailer knows ({type(error).__name__})",
        hint="take the user name out of the URL, or use the port for logged-in users, usually 587 or 465",
    )


def _without(text: str, user: str, password: str) -> str:
    """Return a reply without the password, plain or as AUTH sends it, that it may repeat."""
    secrets = [password, f"\0{user}\0{password}"]
    for secret in [*secrets, *(base64.b64encode(one.encode()).decode() for one in secrets)]:
        text = text.replace(secret, "•••")
    return text


def _unreachable(relay: Relay, error: Exception) -> ConnectError:
    hint = "check host and port of the transport in mailer.toml, and that the relay runs; nothing was sent"
    if isinstance(error, socket.gaierror):
        return ConnectError(f"no machine is known by the name {relay.host}", hint=hint)
    if isinstance(error, ConnectionRefusedError):
        return ConnectError(f"nothing answers at {relay}", hint=hint)
    reason = getattr(error, "strerror", None) or type(error).__name__
    return ConnectError(f"cannot connect to {relay}: {reason}", hint=hint)


def _timeout_hint(relay: Relay) -> str:
    if relay.port == SUBMISSIONS and not relay.implicit_tls:
        return "port 465 speaks TLS from the first byte: write smtps:// in place of smtp://"
    return "check host and port, or allow more time by ?timeout=120"


def _tls_error(relay: Relay, error: ssl.SSLError) -> ConnectError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return ConnectError(
            f"the certificate of {relay} cannot be trusted: {error.verify_message}",
            hint=_certificate_hint(error.verify_code),
        )
    if error.reason == "WRONG_VERSION_NUMBER" and relay.implicit_tls:
        return ConnectError(
            f"{relay} does not speak TLS from the first byte",
            hint="write smtp:// in place of smtps://: it starts TLS by STARTTLS",
        )
    return ConnectError(f"no TLS connection to {relay}: {error.reason}", hint="mailer needs TLS 1.2 or later")


def _certificate_hint(code: int) -> str:
    """Return what to do about a fault of OpenSSL's X509_V_ERR list."""
    expired, self_signed, own_authority, name = 10, 18, (19, 20, 21), (62, 64)
    if code == expired:
        return "it has expired; whoever runs the relay must renew it"
    if code == self_signed or code in own_authority:
        return "if the relay is yours, trust its certificate by ?ca=relay.pem in the URL, or by SSL_CERT_FILE"
    if code in name:
        return "use the host name that the certificate is for"
    return "nothing was sent; ask who runs the relay"
