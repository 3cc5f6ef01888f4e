"""One connection to a relay, opened again when it is lost, used for one message after another."""

from collections.abc import Callable, Sequence
from pathlib import Path

from mailer.errors import TransportTimeout
from mailer.message.envelope import Message
from mailer.message.outcome import Outcome, Verdict
from mailer.transport.base import Ahead, Commit, nothing_ahead
from mailer.transport.smtp.connection import connect
from mailer.transport.smtp.relay import Relay, relay_of
from mailer.transport.smtp.reply import outcome_of
from mailer.transport.smtp.session import Lost, Session
from mailer.transport.url import TransportAddress

_GOOD_BYE_SECONDS = 5.0


class SmtpTransport:
    """
    Hands messages to a relay, one at a time.

    A connection that is lost before the final dot is opened again once for the same message, without a word.
    A relay that announces PIPELINING and is not up to it is spoken to step by step from then on.
    """

    rehearsal = False
    batch_size = 1

    def __init__(self, relay: Relay, secret: Callable[[], str | None], *, url: str, loopback: bool) -> None:
        self.url = url
        self.loopback = loopback
        self._relay = relay
        self._secret = secret
        self._session: Session | None = None
        self._pipelining = True
        self._busy = False

    @property
    def smtputf8(self) -> bool:
        """Return whether the relay takes addresses outside ASCII; false while not open."""
        return self._session is not None and self._session.smtputf8

    def open(self) -> None:
        """Connect and log in, unless a connection stands that has not carried or idled too much."""
        if self._session and self._session.worn:
            self.close()
        if self._session and not self._session.stands:
            self._drop()
        if self._session is None:
            client = connect(self._relay, self._secret() if self._relay.user else None)
            self._session = Session(client, self._relay, pipelining=self._pipelining)

    def deliver(
        self, messages: Sequence[Message], commit: Commit, ahead: Ahead = nothing_ahead
    ) -> list[Outcome | None]:
        """Hand over the messages; `commit` runs when the body is written and the final dot is not."""
        return [self._deliver(message, commit, ahead) for message in messages]

    def close(self) -> None:
        """Say QUIT, without waiting long for the answer; a connection that another thread uses is cut."""
        if self._session and self._busy:
            self._session.cut()
        elif self._session:
            self._session.quit(_GOOD_BYE_SECONDS)
            self._session = None

    def _deliver(
        self, message: Message, commit: Commit, ahead: Ahead, *, again: bool = True
    ) -> Outcome | None:
        session = self._session_for(message)
        self._busy = True
        try:
            return session.carry(message, commit, ahead)
        except Lost as lost:
            self._drop()
            if lost.out_of_step:
                self._pipelining = False
            elif isinstance(lost.error, TransportTimeout):
                again = False
            if not again:
                return _given_up(lost)
        except BaseException:
            self._drop()  # it stands in the middle of something: nothing else may be written on it
            raise
        finally:
            self._busy = False
        return self._deliver(message, commit, ahead, again=False)

    def _session_for(self, message: Message) -> Session:
        """Return a session that can carry this message: it may wait for the body of another one."""
        if self._session and not (self._session.stands and self._session.is_ready_for(message)):
            self._drop()
        if self._session is None:
            self.open()
        assert self._session is not None
        return self._session

    def _drop(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


def create(address: TransportAddress, secret: Callable[[], str | None], base: Path) -> SmtpTransport:
    """Return the transport of an `smtp:` or `smtps:` URL."""
    return SmtpTransport(relay_of(address, base), secret, url=address.url, loopback=address.loopback)


def _given_up(lost: Lost) -> Outcome:
    """Return the outcome of a message that twice lost its connection: it may be this message that does it."""
    if not lost.begun:
        raise lost.error from None
    said = outcome_of(*lost.reply) if lost.reply else None
    return said or Outcome(Verdict.DEFERRED, 0, lost.error.message)
