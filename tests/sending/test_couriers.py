"""Several connections at once: one pace, one ledger, and what becomes of each of them."""

import threading
from collections.abc import Callable, Sequence

import pytest
from tests.sending.scripted import START, build, freeze, states
from tests.servers.smtp import DROP, Received, SmtpServer

from mailer.errors import LedgerError
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import DeliveryState, Figures, SendState, Suppression
from mailer.sending import retry
from mailer.sending.clock import Stop
from mailer.sending.run import Means, Run
from mailer.transport.registry import open_transport


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "RECONNECT_WAITS", (0.01, 0.02, 0.02))


def names(number: int) -> list[str]:
    return [f"r{one}" for one in range(number)]


def run(
    ledger: Ledger,
    server: SmtpServer,
    *,
    connections: int = 4,
    stop: Stop | None = None,
    patience: float = 60.0,
) -> str:
    """Run the send and return how it ended."""
    first, *others = [open_transport(f"{server.url}?timeout=2") for _ in range(connections)]
    means = Means(ledger, first, b"k" * 32, others, patience=patience)
    with ledger.sender():
        Run("s1", build, means, stop or Stop()).work()
    send = ledger.find_send("s1")
    return f"{send.state}: {send.reason}" if send.reason else send.state.value


def took(server: SmtpServer) -> list[str]:
    return [message.recipient.removesuffix("@x.test") for message in server.messages]


@pytest.mark.parametrize("connections", [2, 4, 16])
def test_everybody_gets_one_message_over_several_connections(ledger: Ledger, connections: int) -> None:
    freeze(ledger, *names(200))
    with SmtpServer() as server:
        assert run(ledger, server, connections=connections) == "finished"
    assert sorted(took(server)) == sorted(names(200))
    assert ledger.figures("s1") == Figures(accepted=200)
    assert len({message.connection for message in server.messages}) == server.connections == connections


def test_no_more_connections_than_there_are_people(ledger: Ledger) -> None:
    freeze(ledger, "a", "b")
    with SmtpServer() as server:
        assert run(ledger, server, connections=16) == "finished"
    assert server.connections <= 2


def test_no_message_is_on_its_way_before_its_intent_is_on_disk(ledger: Ledger) -> None:
    freeze(ledger, *names(60))
    seen: list[DeliveryState] = []

    def look(message: Received) -> None:
        seen.append(states(ledger)[message.recipient.removesuffix("@x.test")])

    with SmtpServer(on_message=look) as server:
        run(ledger, server)
    assert set(seen) == {DeliveryState.SENDING}
    assert len(seen) == 60


def test_no_more_is_in_flight_than_two_of_each_connection(ledger: Ledger) -> None:
    freeze(ledger, *names(120))
    most = []

    def look(_: Received) -> None:
        most.append([*states(ledger).values()].count(DeliveryState.SENDING))

    with SmtpServer(on_message=look) as server:
        run(ledger, server, connections=3)
    assert max(most) <= 2 * 3


@pytest.mark.parametrize("state", [SendState.PAUSED, SendState.CANCELLED])
def test_pause_and_cancel_reach_every_connection(ledger: Ledger, state: SendState) -> None:
    freeze(ledger, *names(200))
    once = threading.Lock()

    def hold(_: Received) -> None:
        if len(server.messages) > 20 and once.acquire(blocking=False):
            ledger.set_state("s1", state, "by hand")

    with SmtpServer(on_message=hold) as server:
        assert run(ledger, server) == f"{state}: by hand"
    figures = ledger.figures("s1")
    assert figures.accepted == len(server.messages) <= 20 + 2 * 4
    assert figures.in_doubt == 0


def test_a_suppression_is_heeded_by_every_connection(ledger: Ledger) -> None:
    freeze(ledger, *names(200))
    once = threading.Lock()

    def leave(_: Received) -> None:
        if once.acquire(blocking=False):
            ledger.suppress(Suppression(f"r{one}", "", "unsubscribed", START) for one in range(150, 200))

    with SmtpServer(on_message=leave) as server:
        assert run(ledger, server) == "finished"
    assert ledger.figures("s1") == Figures(accepted=150, suppressed=50)
    assert not {f"r{one}" for one in range(150, 200)} & set(took(server))


def test_a_wish_to_stop_lets_every_connection_finish_what_it_has(ledger: Ledger) -> None:
    freeze(ledger, *names(200))
    stop = Stop()

    def wish(_: Received) -> None:
        stop.requested = len(server.messages) > 20

    with SmtpServer(on_message=wish) as server:
        assert run(ledger, server, stop=stop) == "paused: interrupted"
    figures = ledger.figures("s1")
    assert figures == Figures(accepted=len(server.messages), remaining=200 - len(server.messages))


def test_one_connection_that_cannot_be_made_leaves_the_others_to_it(ledger: Ledger) -> None:
    freeze(ledger, *names(100))
    with SmtpServer({"GREETING": ["", *["421 4.7.0 too many connections"] * 20]}) as server:
        assert run(ledger, server, connections=3) == "finished"
    assert sorted(took(server)) == sorted(names(100))


def test_when_no_connection_can_be_made_the_run_pauses_and_nobody_is_lost(ledger: Ledger) -> None:
    freeze(ledger, *names(20))
    with SmtpServer({"GREETING": "421 4.3.2 closing"}) as server:
        assert run(ledger, server).startswith("paused: ")
    assert ledger.figures("s1") == Figures(remaining=20)


def test_a_sender_refused_on_one_connection_stops_all(ledger: Ledger) -> None:
    freeze(ledger, *names(100))
    with SmtpServer({"MAIL": [*[""] * 30, *["550 5.7.1 blocked"] * 8]}) as server:
        assert "5.7.1 blocked" in run(ledger, server)
    figures = ledger.figures("s1")
    assert figures == Figures(accepted=len(server.messages), remaining=100 - len(server.messages))


def test_connections_that_break_now_and_then_lose_nobody(ledger: Ledger) -> None:
    freeze(ledger, *names(150))
    script: dict[str, Sequence[str]] = {
        "MAIL": [*[""] * 20, DROP, *[""] * 20, "421 4.3.2 closing"],
        "RCPT": [*[""] * 30, DROP, *[""] * 20, "451 4.2.1 later"],
        "DATA": [*[""] * 100, DROP],  # much later: who loses two connections is deferred
    }
    with SmtpServer(script) as server:
        ended = run(ledger, server, patience=0)
    assert ended.startswith("paused: waiting: 1 deferred")
    assert len(took(server)) == len(set(took(server)))
    assert ledger.figures("s1") == Figures(accepted=149, deferred=1)


class Full:
    """A ledger whose disk is full from some transaction on, until it is mended."""

    def __init__(self, ledger: Ledger, after: int) -> None:
        self.ledger, self.left = ledger, after
        self.broken = True

    def begin(self, *arguments: object, **named: object) -> object:
        self.left -= 1
        if self.broken and self.left < 0:
            raise LedgerError("the disk is full", hint="make room")
        usual: Callable[..., object] = type(self.ledger).begin
        return usual(self.ledger, *arguments, **named)


def test_a_ledger_that_cannot_be_written_stops_before_the_next_dot_and_goes_on_when_mended(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    freeze(ledger, *names(100))
    full = Full(ledger, after=10)
    monkeypatch.setattr(ledger, "begin", full.begin)
    with SmtpServer() as server:
        with pytest.raises(LedgerError, match="the disk is full"):
            run(ledger, server)
        figures = ledger.figures("s1")
        assert figures == Figures(accepted=len(server.messages), remaining=100 - len(server.messages))
        assert ledger.find_send("s1").reason == "the disk is full"
        full.broken = False
        assert run(ledger, server) == "finished"
    assert sorted(took(server)) == sorted(names(100))
