import pytest
from tests.transport.spec import Handed, TransportSpec, make_message, verdicts

from mailer.message.outcome import Verdict
from mailer.transport.memory import MemoryTransport
from mailer.transport.registry import open_transport


class TestMemory(TransportSpec):
    @pytest.fixture
    def transport(self) -> MemoryTransport:
        return MemoryTransport()

    @pytest.fixture
    def handed(self, transport: MemoryTransport) -> Handed:
        return lambda: [message.data for message in transport.messages]


class TestMemoryInBatches(TestMemory):
    @pytest.fixture
    def transport(self) -> MemoryTransport:
        return MemoryTransport(batch_size=5)

    def test_commit_may_hold_back_some_of_a_batch(self, transport: MemoryTransport) -> None:
        batch = [make_message(number) for number in range(3)]
        outcomes = transport.deliver(batch, lambda messages: messages[1:])
        assert verdicts(outcomes) == [None, Verdict.ACCEPTED, Verdict.ACCEPTED]
        assert transport.messages == batch[1:]


def test_url_sets_the_batch_size() -> None:
    assert open_transport("memory:?batch=7").batch_size == 7
    assert open_transport("memory:").rehearsal
