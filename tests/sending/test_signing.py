"""Whichever way a message goes out, it is signed where the transport's owner says so."""

from dataclasses import replace
from datetime import datetime

import pytest
from tests.sending.desk import ISSUE, Desk, row
from tests.sending.scripted import START

from mailer.ledger.base import Ledger
from mailer.ledger.delivery import SendIdentity
from mailer.sending.act import pause, resume
from mailer.sending.audience import Source
from mailer.sending.staff import StaffRequest, send_test
from mailer.transport.memory import MemoryTransport


def sign(data: bytes, date: datetime) -> bytes:
    return f"Signed: {date:%Y}\r\n".encode() + data


@pytest.fixture
def memory() -> MemoryTransport:
    return MemoryTransport()


@pytest.fixture
def desk(ledger: Ledger, memory: MemoryTransport) -> Desk:
    desk = Desk(ledger, rows=[row("a"), row("b", 3), row("c", 4)])
    desk.test()
    desk.means = replace(desk.means, transport=memory, sign=sign)
    return desk


def signed(memory: MemoryTransport) -> int:
    assert all(message.data.startswith(f"Signed: {START:%Y}\r\n".encode()) for message in memory.messages)
    return len(memory.messages)


def test_a_send_signs(desk: Desk, memory: MemoryTransport) -> None:
    desk.send()

    assert signed(memory) == 3


def test_a_resumed_send_signs(desk: Desk, memory: MemoryTransport) -> None:
    def stop(_figures: object) -> None:
        [send] = desk.ledger.sends()
        pause(desk.ledger, send.id)

    means = desk.means
    desk.means = replace(means, progress=stop)
    report = desk.send()
    before = len(memory.messages)
    resume(report.send.id, means)

    assert before < signed(memory) == 3


def test_a_test_signs(desk: Desk, memory: MemoryTransport) -> None:
    request = StaffRequest(ISSUE, desk.request.sender, SendIdentity("spring", "staff", rehearsal=True))
    send_test(request, [Source([row("ed")])], desk.means)

    assert signed(memory) == 1


def test_a_key_that_cannot_sign_is_found_before_anything_is_frozen(desk: Desk) -> None:
    def fail(_data: bytes, _date: datetime) -> bytes:
        raise ZeroDivisionError

    desk.means = replace(desk.means, sign=fail)
    with pytest.raises(ZeroDivisionError):
        desk.prepared()
    assert not list(desk.ledger.sends())
