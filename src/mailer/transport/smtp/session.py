"""One connection: message after message, pipelined where the relay offers it (RFC 2920)."""

import re
import smtplib
import time
from contextlib import suppress

from mailer.errors import TransportError
from mailer.message.envelope import Message
from mailer.message.outcome import Outcome, Verdict
from mailer.transport.answer import clean_reply
from mailer.transport.base import Ahead, Commit
from mailer.transport.smtp.fault import broken, refused, sender_refused
from mailer.transport.smtp.relay import Relay
from mailer.transport.smtp.reply import CLOSING, outcome_of
from mailer.transport.smtp.wire import Reply, Wire

_OK, _START_INPUT = 250, 354
_TAKEN = {250, 251}
_DOT = b".\r\n"
_LOWEST_BAD = 400
_OUT_OF_STEP = {500, 502, 503}
_SAYS_OUT_OF_STEP = re.compile(rb"pipelin|synchroni[sz]", re.IGNORECASE)
_BEGUN = {"RCPT", "DATA"}
_DOING = "handing over a message"


class Lost(Exception):
    """
    The connection is gone or out of step, before the final dot.

    `begun` where the relay had taken the sender already; `out_of_step` where it does not seem to be up to
    pipelining. `reply` is what it said when it closed.
    """

    def __init__(
        self, error: TransportError, *, begun: bool, out_of_step: bool = False, reply: Reply | None = None
    ) -> None:
        super().__init__(str(error))
        self.error = error
        self.reply = reply
        self.begun = begun
        self.out_of_step = out_of_step


class Session:
    """
    A connection in use. After any exception, and once it is `over`, it can only be closed.

    The commands for the next message go out in one write with the final dot of this one, where there is a
    next one and the relay knows PIPELINING; else one after another. `carried` counts messages.
    """

    def __init__(self, client: smtplib.SMTP, relay: Relay, *, pipelining: bool) -> None:
        self.smtputf8 = client.has_extn("smtputf8")
        self.carried = 0
        self.over = False
        self._relay = relay
        self._largest = _largest(client)
        self._pipelining = pipelining and client.has_extn("pipelining")
        self._wire = Wire(client)
        self._commands: dict[str, bytes] = {}
        self._ahead: Message | None = None
        self._dirty = self._heard = False
        self._since = time.monotonic()

    @property
    def worn(self) -> bool:
        """Say whether the connection has carried, or idled, as much as one should."""
        if self._ahead:
            return False
        return self.carried >= self._relay.messages or time.monotonic() - self._since > self._relay.idle

    @property
    def stands(self) -> bool:
        """Say whether another message may be carried: the relay has neither closed nor spoken unasked."""
        return not self.over and (self._ahead is not None or self._wire.is_quiet())

    def is_ready_for(self, message: Message) -> bool:
        """Say whether the relay waits for any message, or for this one."""
        return self._ahead is None or self._ahead is message

    def carry(self, message: Message, commit: Commit, ahead: Ahead) -> Outcome | None:
        """
        Run one transaction; None where `commit` held the message back.

        Raises Lost before the final dot, and TransportError where every other message would fail too.
        """
        unfit = None if self._ahead else self._unfit(message)
        if outcome := unfit or self._open(message):
            return outcome
        self._write(_on_the_wire(message), "DATA")
        following = self._following(ahead)
        if not commit([message]):
            self.over = True
            return None
        if not self._wire.is_quiet():
            self.over = True
            return Outcome(Verdict.DEFERRED, 0, "the relay broke off before the final dot")
        return self._finish(following)

    def quit(self, seconds: float) -> None:
        """Say good-bye where the relay waits for a command, and close."""
        if self.stands and not self._ahead:
            with suppress(OSError, smtplib.SMTPException):
                self._wire.write(b"QUIT\r\n")
                self._wire.read(seconds)
        self.close()

    def close(self) -> None:
        """Close without a word."""
        self.over = True
        self._wire.close()

    def cut(self) -> None:
        """End the connection while another thread uses it."""
        self._wire.cut()

    def _unfit(self, message: Message) -> Outcome | None:
        """Return the outcome of a message that this relay cannot take at all."""
        if not self.smtputf8 and _needs_smtputf8(message):
            return Outcome(Verdict.REFUSED, 0, "the relay takes no addresses outside ASCII (SMTPUTF8)")
        if 0 < self._largest < len(message.data):
            return Outcome(
                Verdict.REFUSED, 0, f"the relay takes no message over {self._largest} bytes (SIZE)"
            )
        return None

    def _following(self, ahead: Ahead) -> Message | None:
        """Return the message whose commands go out with the final dot of this one."""
        if not self._pipelining or self.carried + 1 >= self._relay.messages:
            return None
        following = ahead()
        return None if following is None or self._unfit(following) else following

    def _open(self, message: Message) -> Outcome | None:
        """Get as far as the body, or to the outcome of a message that is not taken."""
        if self._ahead is None:
            self._begin(message)
            if self._pipelining:
                self._write(b"".join(self._commands.values()))
        self._ahead = None
        if "RSET" in self._commands and (reply := self._ask("RSET")).code != _OK:
            raise Lost(refused(self._relay, *reply, "starting anew"), begun=False)
        reply = self._ask("MAIL")
        if reply.code != _OK:
            raise sender_refused(self._relay, message.envelope.sender, *reply)
        reply = self._ask("RCPT")
        if reply.code not in _TAKEN:
            return self._without_recipient(reply)
        reply = self._ask("DATA")
        return None if reply.code == _START_INPUT else self._not_taken(reply)

    def _begin(self, message: Message) -> None:
        """Lay out the commands of a transaction; RSET comes first where the last one was left open."""
        sender, recipient = message.envelope.sender, message.envelope.recipient
        options = " SMTPUTF8 BODY=8BITMIME" if _needs_smtputf8(message) else ""
        self._commands = {"RSET": b"RSET\r\n"} if self._dirty else {}
        self._commands["MAIL"] = f"MAIL FROM:<{sender}>{options}\r\n".encode()
        self._commands["RCPT"] = f"RCPT TO:<{recipient}>\r\n".encode()
        self._commands["DATA"] = b"DATA\r\n"

    def _without_recipient(self, reply: Reply) -> Outcome:
        """Return the outcome of a refused RCPT; a relay that still asks for the body gets a lone dot."""
        outcome = self._not_taken(reply)
        if self._pipelining and self._read("DATA").code == _START_INPUT:
            self._write(_DOT, "DATA")
            self._read("DATA")
            self._dirty = False
        return outcome

    def _not_taken(self, reply: Reply) -> Outcome:
        outcome = outcome_of(*reply)
        if outcome is None or outcome.verdict is Verdict.ACCEPTED:
            raise refused(self._relay, -1, reply.text, _DOING)
        self._dirty = True
        return outcome

    def _finish(self, following: Message | None) -> Outcome:
        """Write the final dot and wait for what it brings: from here on, silence is doubt."""
        self._dirty = False
        more = b""
        if following:
            self._begin(following)
            more = b"".join(self._commands.values())
        try:
            self._wire.write(_DOT + more)
            reply = self._wire.read(self._relay.wait)
        except (OSError, smtplib.SMTPException) as error:
            self.over = True
            return Outcome(Verdict.UNKNOWN, 0, f"no answer to the final dot: {_why(error)}")
        self.carried += 1
        self._since = time.monotonic()
        self._ahead = following
        self._heard = True
        outcome = outcome_of(*reply)
        self.over = outcome is None or reply.code == CLOSING
        return outcome or Outcome(
            Verdict.UNKNOWN, 0, f"unclear answer to the final dot: {clean_reply(reply.text)}"
        )

    def _ask(self, verb: str) -> Reply:
        """Return the reply to a command, which a relay without PIPELINING has not got before."""
        if not self._pipelining:
            self._write(self._commands[verb], verb)
        reply = self._read(verb)
        if reply.code >= _LOWEST_BAD and self._pipelining and _is_out_of_step(reply):
            raise Lost(refused(self._relay, *reply, _DOING), begun=verb in _BEGUN, out_of_step=True)
        return reply

    def _read(self, verb: str) -> Reply:
        """
        Return the next reply; a relay that closes, with 421 or without a word, is Lost.

        One that has answered to the first of several commands and then falls silent has lost the others.
        """
        begun = verb in _BEGUN
        try:
            reply = self._wire.read(self._relay.timeout)
        except (OSError, smtplib.SMTPException) as error:
            lost_step = self._heard if isinstance(error, TimeoutError) else begun
            raise self._lost(error, begun=begun, out_of_step=self._pipelining and lost_step) from None
        if reply.code == CLOSING:
            raise Lost(refused(self._relay, *reply, _DOING), begun=begun, reply=reply)
        self._heard = True
        return reply

    def _write(self, data: bytes, verb: str = "MAIL") -> None:
        self._heard = False
        try:
            self._wire.write(data)
        except (OSError, smtplib.SMTPException) as error:
            raise self._lost(error, begun=verb in _BEGUN) from None

    def _lost(self, error: Exception, *, begun: bool, out_of_step: bool = False) -> Lost:
        return Lost(broken(self._relay, error, _DOING), begun=begun, out_of_step=out_of_step)


def _why(error: Exception) -> str:
    """Return in words what kept the answer to a final dot away."""
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "the relay stayed silent for too long"
    if isinstance(error, smtplib.SMTPServerDisconnected | ConnectionError):
        return "the connection was lost"
    return getattr(error, "strerror", None) or "what came back is no SMTP"


def _is_out_of_step(reply: Reply) -> bool:
    """Say whether a relay complains of having got commands before it had answered others."""
    return reply.code in _OUT_OF_STEP or bool(_SAYS_OUT_OF_STEP.search(reply.text))


def _needs_smtputf8(message: Message) -> bool:
    envelope = message.envelope
    return not (envelope.sender.local.isascii() and envelope.recipient.local.isascii())


def _largest(client: smtplib.SMTP) -> int:
    """Return how many bytes a message may have (RFC 1870), 0 where the relay does not say."""
    size = client.esmtp_features.get("size", "")
    return int(size) if size.isdecimal() else 0


def _on_the_wire(message: Message) -> bytes:
    """Return all but the final dot: dots at line starts doubled (RFC 5321 §4.5.2), a line end at the end."""
    data = message.data
    if not message.dotless:
        data = (b"." if data.startswith(b".") else b"") + data.replace(b"\r\n.", b"\r\n..")
    return data if data.endswith(b"\r\n") else data + b"\r\n"
