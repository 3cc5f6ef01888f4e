"""What a reader got can be built again to the byte, whatever has changed meanwhile."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.message.dkim_keys import dkimpy_accepts, signer
from tests.sending.desk import ISSUE, Desk, row
from tests.sending.scripted import FakeTime
from tests.servers.smtp import SmtpServer

from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Delivery, Send, SendIdentity
from mailer.message.build import Sign
from mailer.message.dkim import Signer
from mailer.sending.act import resume
from mailer.sending.clock import Clock
from mailer.sending.rebuild import rebuild
from mailer.sending.report import Report
from mailer.transport.registry import open_transport

SECRET = b"k" * 32


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as started:
        yield started


@pytest.fixture
def desk(ledger: Ledger, server: SmtpServer) -> Desk:
    """A desk that really mails, by the clock of this machine."""
    values = {"first_name": "Zoë .\n.dot", "company": "=?utf-8?q?x?="}
    desk = Desk(ledger, [row("ada", 2, **values), row("bob", 3)])
    transport = open_transport(server.url, secret=lambda: None, base=Path())
    desk.means = replace(desk.means, transport=transport, clock=Clock(), patience=0)
    desk.request = replace(
        desk.request, identity=SendIdentity("spring", "readers"), untested="not of interest here"
    )
    return desk


def signed_by(desk: Desk, sign: Sign | None) -> Report:
    desk.means = replace(desk.means, sign=sign)
    return desk.send()


def deliveries(desk: Desk) -> list[tuple[Send, Delivery]]:
    (send,) = desk.ledger.sends()
    return [(desk.ledger.find_send(send.id), delivery) for delivery in desk.ledger.deliveries(send.id)]


@pytest.mark.parametrize("sign", [None, signer()])
def test_the_bytes_are_those_that_the_relay_got(desk: Desk, server: SmtpServer, sign: Signer | None) -> None:
    assert signed_by(desk, sign).figures.accepted == 2
    got = {message.recipient: message.data for message in server.messages}
    for send, delivery in deliveries(desk):
        rebuilt = rebuild(send, delivery, SECRET, [None, signer()])
        assert rebuilt.message.data == got[delivery.address]
        assert (rebuilt.exact, rebuilt.handed_over, rebuilt.doubt) == (True, True, "")
        assert dkimpy_accepts(rebuilt.message.data) == (sign is not None)


def test_the_bytes_are_those_of_the_last_attempt(desk: Desk, server: SmtpServer, ledger: Ledger) -> None:
    server.script = type(server.script)({"DOT ada@x.test": ["451 4.2.0 later"]})
    time = FakeTime()
    desk.means = replace(desk.means, clock=replace(time.clock, sleep=Clock().sleep))
    report = signed_by(desk, signer())
    assert report.figures.deferred == 1
    time.seconds = 100_000
    assert resume(report.send.id, desk.means).figures.accepted == 2
    (_, ada), _ = deliveries(desk)
    assert ada.attempts == 2
    rebuilt = rebuild(deliveries(desk)[0][0], ada, SECRET, [signer()])
    got = [message.data for message in server.messages if message.recipient == "ada@x.test"]
    assert rebuilt.message.data == got[-1]
    (moment,) = re.findall(rb"\bt=(\d+);", got[-1])
    assert int(moment) == int(ada.dated.timestamp() if ada.dated else 0)


def test_another_key_is_noticed(desk: Desk) -> None:
    signed_by(desk, None)
    send, delivery = deliveries(desk)[0]
    rebuilt = rebuild(send, delivery, b"x" * 32, [None])
    assert (rebuilt.exact, rebuilt.handed_over, rebuilt.is_another) == (False, True, True)
    assert "MAILER_KEY" in rebuilt.doubt


def test_another_signature_is_noticed(desk: Desk) -> None:
    signed_by(desk, signer())
    send, delivery = deliveries(desk)[0]
    assert not rebuild(send, delivery, SECRET, [None]).exact
    assert not rebuild(send, delivery, SECRET, [None, replace(signer(), selector="another")]).exact


def test_whoever_got_nothing_gets_what_it_would_be(desk: Desk, ledger: Ledger) -> None:
    desk.rows.append(row("cleo", 4, opted_out="status is unsubscribed"))
    signed_by(desk, None)
    send, delivery = deliveries(desk)[2]
    rebuilt = rebuild(send, delivery, SECRET, [None])
    assert (rebuilt.exact, rebuilt.handed_over) == (False, False)
    assert "was not handed over" in rebuilt.doubt
    assert ISSUE.subject.encode() in rebuilt.message.data
