"""The engine against a real server that misbehaves."""

from collections.abc import Mapping

from tests.sending.scripted import FakeTime, build, freeze, states
from tests.servers.smtp import RECORD_AND_DROP, Reply, SmtpServer

from mailer.ledger.base import Ledger
from mailer.ledger.delivery import DeliveryState, Figures
from mailer.sending.clock import Stop
from mailer.sending.run import Means, Run
from mailer.transport.registry import open_transport


def send(ledger: Ledger, script: Mapping[str, Reply], *names: str) -> list[str]:
    """Send to `NAME@x.test` each and return who the server took a message for."""
    freeze(ledger, *names)
    with SmtpServer(script) as server, ledger.sender():
        transport = open_transport(server.url)
        Run("s1", build, Means(ledger, transport, b"k" * 32, clock=FakeTime().clock), Stop()).work()
        return [message.recipient.removesuffix("@x.test") for message in server.messages]


def test_each_answer_of_the_relay_has_its_own_end(ledger: Ledger) -> None:
    script: dict[str, Reply] = {
        "RCPT a@x.test": "550 5.1.1 no such user",
        "RCPT b@x.test": ["451 4.7.1 greylisted"],
        "DOT c@x.test": "554 5.7.1 spam",
        "DOT d@x.test": RECORD_AND_DROP,
        "DATA e@x.test": ["421 4.3.2 closing"],
    }
    assert sorted(send(ledger, script, *"abcdef")) == ["b", "d", "e", "f"]
    assert states(ledger) == {
        "a": DeliveryState.REFUSED,
        "b": DeliveryState.ACCEPTED,
        "c": DeliveryState.REFUSED,
        "d": DeliveryState.IN_DOUBT,
        "e": DeliveryState.ACCEPTED,
        "f": DeliveryState.ACCEPTED,
    }
    assert "no such user" in next(ledger.deliveries("s1")).reply


def test_a_refused_sender_stops_the_run_and_refuses_nobody(ledger: Ledger) -> None:
    assert send(ledger, {"MAIL": "550 5.7.1 you are blocked"}, "a", "b") == []
    assert ledger.figures("s1") == Figures(remaining=2)
    assert "you are blocked" in ledger.find_send("s1").reason


def test_a_relay_that_closes_after_each_message_is_no_trouble(ledger: Ledger) -> None:
    assert send(ledger, {"DOT a@x.test": "250 ok", "RSET": "421 bye"}, "a", "b", "c") == ["a", "b", "c"]
    assert ledger.figures("s1") == Figures(accepted=3)
