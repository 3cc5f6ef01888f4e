"""One SMTP connection, used for one message after another."""

import smtplib
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from mailer.errors import TransportError, TransportTimeout
from mailer.message.envelope import Message
from mailer.message.outcome import Outcome, Verdict
from mailer.transport.base import Commit
from mailer.transport.smtp.connection import connect
from mailer.transport.smtp.fault import broken, refused, sender_refused
from mailer.transport.smtp.relay import Relay, relay_of
from mailer.transport.smtp.reply import CLOSING, clean_reply, outcome_of
from mailer.transport.url import TransportAddress

_OK, _START_INPUT = 250, 354
_GOOD_BYE_SECONDS = 5.0


class _Lost(Exception):
    """The connection is gone, before the final dot; `begun` where the relay had taken the sender already."""

    def __init__(self, error: TransportError, *, begun: bool) -> None:
        super().__init__(str(error))
        self.error = error
        self.begun = begun


class SmtpTransport:
    """
    Hands messages to a relay, one at a time.

    A connection that is lost before the final dot is opened again once for the same message, without a word.
    """

    rehearsal = False
    batch_size = 1

    def __init__(self, relay: Relay, secret: Callable[[], str | None], *, url: str, loopback: bool) -> None:
        self.url = url
        self.loopback = loopback
        self._relay = relay
        self._secret = secret
        self._client: smtplib.SMTP | None = None
        self._busy = False

    @property
    def smtputf8(self) -> bool:
        """Return whether the relay takes addresses outside ASCII; false while not open."""
        return self._client is not None and self._client.has_extn("smtputf8")

    def open(self) -> None:
        """Connect and log in, unless a connection stands that the relay has not closed meanwhile."""
        if self._client is not None and not _is_quiet(self._client):
            self._drop()
        if self._client is None:
            self._client = connect(self._relay, self._secret() if self._relay.user else None)

    def deliver(self, messages: Sequence[Message], commit: Commit) -> list[Outcome | None]:
        """Hand over the messages; `commit` runs when the body is written and the final dot is not."""
        return [self._deliver(message, commit) for message in messages]

    def close(self) -> None:
        """Say QUIT, without waiting long for the answer; a connection that another thread uses is cut."""
        if self._busy:
            self._cut()
            return
        if self._client is not None and self._client.sock is not None:
            self._client.sock.settimeout(_GOOD_BYE_SECONDS)
            with suppress(OSError, smtplib.SMTPException):
                self._client.quit()
        self._drop()

    def _deliver(self, message: Message, commit: Commit, *, again: bool = True) -> Outcome | None:
        self.open()
        self._busy = True
        try:
            return self._transact(message, commit)
        except _Lost as lost:
            self._drop()
            if not again or isinstance(lost.error, TransportTimeout):
                return _given_up(lost)
        except BaseException:
            self._drop()  # it stands in the middle of something: nothing else may be written on it
            raise
        finally:
            self._busy = False
        return self._deliver(message, commit, again=False)

    def _transact(self, message: Message, commit: Commit) -> Outcome | None:
        """Run one transaction; raises _Lost where it broke before the final dot."""
        if _needs_smtputf8(message) and not self.smtputf8:
            return Outcome(Verdict.REFUSED, 0, "the relay takes no addresses outside ASCII (SMTPUTF8)")
        self._mail(message)
        if outcome := self._rcpt(message) or self._data():
            return outcome
        self._body(message)
        if not commit([message]):
            self._drop()
            return None
        if not _is_quiet(self._connected()):
            self._drop()
            return Outcome(Verdict.DEFERRED, 0, "the relay broke off before the final dot")
        return self._dot()

    def _mail(self, message: Message) -> None:
        options = ["SMTPUTF8", "BODY=8BITMIME"] if _needs_smtputf8(message) else []
        code, text = self._ask(lambda client: client.mail(str(message.envelope.sender), options), begun=False)
        if code != _OK:
            raise sender_refused(self._relay, message.envelope.sender, code, text)

    def _rcpt(self, message: Message) -> Outcome | None:
        code, text = self._ask(lambda client: client.rcpt(str(message.envelope.recipient)))
        return None if code in {250, 251} else self._not_taken(code, text)

    def _data(self) -> Outcome | None:
        code, text = self._ask(lambda client: client.docmd("DATA"))
        return None if code == _START_INPUT else self._not_taken(code, text)

    def _body(self, message: Message) -> None:
        """Write all but the final dot."""
        try:
            self._connected().send(_stuffed(message.data))
        except (OSError, smtplib.SMTPException) as error:
            raise self._lost(error) from None

    def _dot(self) -> Outcome:
        """Write the final dot and wait for what it brings: from here on, silence is doubt."""
        client = self._connected()
        assert client.sock is not None
        try:
            client.sock.settimeout(self._relay.wait)
            client.send(b".\r\n")
            code, text = client.getreply()
            client.sock.settimeout(self._relay.timeout)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Outcome(Verdict.UNKNOWN, 0, f"no answer to the final dot ({type(error).__name__})")
        outcome = outcome_of(code, text)
        if outcome is None or code == CLOSING:
            self._drop()
        return outcome or Outcome(Verdict.UNKNOWN, 0, f"unclear answer to the final dot: {clean_reply(text)}")

    def _not_taken(self, code: int, text: bytes) -> Outcome:
        """Return the outcome of a refused RCPT or DATA, the connection ready for the next message."""
        outcome = outcome_of(code, text)
        if outcome is None or outcome.verdict is Verdict.ACCEPTED:
            raise refused(self._relay, -1, text, "handing over a message")
        try:
            if self._connected().rset()[0] != _OK:
                self._drop()
        except (OSError, smtplib.SMTPException):
            self._drop()
        return outcome

    def _ask(
        self, command: Callable[[smtplib.SMTP], tuple[int, bytes]], *, begun: bool = True
    ) -> tuple[int, bytes]:
        """Return the reply to a command; a connection that closes, with 421 or without a word, is _Lost."""
        try:
            code, text = command(self._connected())
        except (OSError, smtplib.SMTPException) as error:
            raise self._lost(error, begun=begun) from None
        if code == CLOSING:
            raise _Lost(refused(self._relay, code, text, "handing over a message"), begun=begun)
        return code, text

    def _lost(self, error: Exception, *, begun: bool = True) -> _Lost:
        return _Lost(broken(self._relay, error, "handing over a message"), begun=begun)

    def _connected(self) -> smtplib.SMTP:
        assert self._client is not None
        return self._client

    def _cut(self) -> None:
        """End a connection without touching what its thread may be waiting in."""
        client = self._client
        if client is not None and client.sock is not None:
            with suppress(OSError):
                client.sock.shutdown(socket.SHUT_RDWR)

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None


def create(address: TransportAddress, secret: Callable[[], str | None], base: Path) -> SmtpTransport:
    """Return the transport of an `smtp:` or `smtps:` URL."""
    return SmtpTransport(relay_of(address, base), secret, url=address.url, loopback=address.loopback)


def _given_up(lost: _Lost) -> Outcome:
    """Return the outcome of a message that twice lost its connection: it may be this message that does it."""
    if not lost.begun:
        raise lost.error from None
    code = getattr(lost.error, "code", 0)
    return Outcome(Verdict.DEFERRED, code, lost.error.message)


def _needs_smtputf8(message: Message) -> bool:
    envelope = message.envelope
    return not (envelope.sender.local + envelope.recipient.local).isascii()


def _stuffed(data: bytes) -> bytes:
    """Return the body as it goes over the wire: dots doubled (RFC 5321 §4.5.2), a line end at its end."""
    if data.startswith(b"."):
        data = b"." + data
    data = data.replace(b"\r\n.", b"\r\n..")
    return data if data.endswith(b"\r\n") else data + b"\r\n"


def _is_quiet(client: smtplib.SMTP) -> bool:
    """Return whether a connection stands and nothing unasked has come in on it."""
    if client.sock is None:
        return False
    timeout = client.sock.gettimeout()
    client.sock.setblocking(False)
    try:
        if client.file is not None and client.file.peek(1):
            return False
        client.sock.recv(1)
    except (BlockingIOError, ssl.SSLWantReadError):
        return True
    except OSError:
        return False
    finally:
        client.sock.settimeout(timeout)
    return False
