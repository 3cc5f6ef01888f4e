"""What every transport does: subclass `TransportSpec` in the tests of one and give it the two fixtures."""

from collections.abc import Callable, Sequence

import pytest

from mailer.address import Address
from mailer.errors import LedgerError
from mailer.message.envelope import Envelope, Message
from mailer.message.outcome import Outcome, Verdict
from mailer.transport.base import Transport

Handed = Callable[[], Sequence[bytes]]
"""Returns the bytes of every message on the other side, in order."""

SENDER = Address("news", "example.com")


def make_message(number: int = 1, recipient: Address | None = None, body: str = "Hello\r\n") -> Message:
    message_id = f"<{number}@example.com>"
    recipient = recipient or Address(f"reader{number}", "example.org")
    data = f"Message-ID: {message_id}\r\nSubject: {number}\r\n\r\n{body}".encode()
    return Message(f"key{number}", Envelope(SENDER, recipient), message_id, data)


def let_all_go(messages: Sequence[Message]) -> Sequence[Message]:
    return messages


def verdicts(outcomes: Sequence[Outcome | None]) -> list[Verdict | None]:
    return [outcome.verdict if outcome else None for outcome in outcomes]


class TransportSpec:
    @pytest.fixture
    def transport(self) -> Transport:
        raise NotImplementedError

    @pytest.fixture
    def handed(self) -> Handed:
        raise NotImplementedError

    def test_hands_over_the_very_bytes(self, transport: Transport, handed: Handed) -> None:
        message = make_message(body="one\r\n.two\r\n..\r\n=2E\r\n")
        transport.open()
        [outcome] = transport.deliver([message], let_all_go)
        transport.close()
        assert outcome is not None
        assert outcome.verdict is Verdict.ACCEPTED
        assert outcome.text.isprintable()
        assert handed() == [message.data]

    def test_keeps_the_order_over_many_messages(self, transport: Transport, handed: Handed) -> None:
        messages = [make_message(number) for number in range(1, 13)]
        transport.open()
        for start in range(0, len(messages), transport.batch_size):
            batch = messages[start : start + transport.batch_size]
            assert verdicts(transport.deliver(batch, let_all_go)) == [Verdict.ACCEPTED] * len(batch)
        transport.close()
        assert handed() == [message.data for message in messages]

    def test_commit_runs_once_for_each_message_and_before_it_is_handed_over(
        self, transport: Transport, handed: Handed
    ) -> None:
        seen: list[tuple[str, int]] = []

        def commit(messages: Sequence[Message]) -> Sequence[Message]:
            seen.extend((message.key, len(handed())) for message in messages)
            return messages

        transport.open()
        transport.deliver([make_message(1)], commit)
        transport.deliver([make_message(2)], commit)
        transport.close()
        assert seen == [("key1", 0), ("key2", 1)]

    def test_what_commit_holds_back_is_not_handed_over(self, transport: Transport, handed: Handed) -> None:
        transport.open()
        assert transport.deliver([make_message(1)], lambda _messages: []) == [None]
        assert verdicts(transport.deliver([make_message(2)], let_all_go)) == [Verdict.ACCEPTED]
        transport.close()
        assert handed() == [make_message(2).data]

    def test_an_error_in_commit_hands_nothing_over_and_harms_no_later_message(
        self, transport: Transport, handed: Handed
    ) -> None:
        def fail(_messages: Sequence[Message]) -> Sequence[Message]:
            raise LedgerError("the disk is full")

        transport.open()
        with pytest.raises(LedgerError):
            transport.deliver([make_message(1)], fail)
        assert verdicts(transport.deliver([make_message(2)], let_all_go)) == [Verdict.ACCEPTED]
        transport.close()
        assert handed() == [make_message(2).data]

    def test_opens_and_closes_any_number_of_times(self, transport: Transport, handed: Handed) -> None:
        transport.close()
        transport.open()
        transport.open()
        transport.deliver([make_message(1)], let_all_go)
        transport.close()
        transport.close()
        transport.open()
        transport.deliver([make_message(2)], let_all_go)
        transport.close()
        assert len(handed()) == 2

    def test_address_outside_ascii_is_carried_or_refused_as_announced(
        self, transport: Transport, handed: Handed
    ) -> None:
        transport.open()
        message = make_message(recipient=Address("jörg", "example.org"))
        expected = Verdict.ACCEPTED if transport.smtputf8 else Verdict.REFUSED
        assert verdicts(transport.deliver([message], let_all_go)) == [expected]
        transport.close()

    def test_batch_size_is_positive_and_the_url_a_name(self, transport: Transport) -> None:
        assert transport.batch_size >= 1
        assert transport.url
