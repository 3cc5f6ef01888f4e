"""The commands of the next message go out with the final dot: what may go wrong there."""

from collections.abc import Iterator, Sequence

import pytest
from tests.servers.smtp import DEAF, DROP, EXTENSIONS, RECORD_AND_DROP, USUAL, Reply, SmtpServer
from tests.transport.spec import make_message

from mailer.errors import AnswerError, LedgerError
from mailer.message.envelope import Message
from mailer.message.outcome import Outcome, Verdict
from mailer.transport.base import Transport
from mailer.transport.registry import open_transport

ACCEPTED, DEFERRED, REFUSED, UNKNOWN = Verdict
READERS = [f"reader{number}@example.org" for number in range(1, 6)]


class Road:
    """Messages to one relay, each known to the transport while the one before it is on the way."""

    def __init__(self, transport: Transport, number: int = 5) -> None:
        self.transport = transport
        self.messages = [make_message(one) for one in range(1, number + 1)]
        self.held_back: set[str] = set()

    def commit(self, messages: Sequence[Message]) -> Sequence[Message]:
        return [message for message in messages if message.key not in self.held_back]

    def outcomes(self) -> Iterator[Outcome | None]:
        for message, following in zip(self.messages, [*self.messages[1:], None], strict=True):
            self.transport.open()
            yield self.transport.deliver([message], self.commit, lambda one=following: one)[0]  # type: ignore[misc]
        self.transport.close()

    def verdicts(self) -> list[Verdict | None]:
        return [outcome.verdict if outcome else None for outcome in self.outcomes()]


def sent(server: SmtpServer, query: str = "timeout=0.3") -> list[Verdict | None]:
    return Road(open_transport(f"{server.url}?{query}")).verdicts()


def took(server: SmtpServer) -> list[str]:
    return [message.recipient for message in server.messages]


def test_a_whole_run_needs_one_connection_and_says_everything_once() -> None:
    with SmtpServer() as server:
        assert sent(server) == [ACCEPTED] * 5
    assert took(server) == READERS
    assert server.connections == 1
    assert [command.split(":")[0] for command in server.commands[1:]] == [
        *["MAIL FROM", "RCPT TO", "DATA"] * 5,
        "QUIT",
    ]


def test_the_next_message_is_begun_in_one_write_with_the_final_dot() -> None:
    with SmtpServer() as server:
        road = Road(open_transport(server.url))
        outcomes = road.outcomes()
        next(outcomes)
        wait_for(server, "RCPT TO:<reader2@example.org>")
        assert took(server) == READERS[:1]
        road.transport.close()
    assert took(server) == READERS[:1]


def test_without_pipelining_no_command_is_written_before_its_time() -> None:
    with SmtpServer(extensions=["8BITMIME"]) as server:
        road = Road(open_transport(server.url))
        next(road.outcomes())
        road.transport.close()
        assert server.commands[-1] == "QUIT"
    assert "reader2" not in " ".join(server.commands)


@pytest.mark.parametrize(
    ("script", "verdicts", "connections"),
    [
        ({"RCPT": [USUAL, "550 5.1.1 no such user"]}, {2: REFUSED}, 1),
        ({"RCPT": [USUAL, "450 4.2.1 full"]}, {2: DEFERRED}, 1),
        (
            {"RCPT": ["550 5.1.1 no", "550 5.1.1 no", "450 4.2.1 full"]},
            {1: REFUSED, 2: REFUSED, 3: DEFERRED},
            1,
        ),
        ({"DATA": [USUAL, "451 4.3.0 later"]}, {2: DEFERRED}, 1),
        ({"DOT": [USUAL, "554 5.7.1 spam"]}, {2: REFUSED}, 1),
        ({"DOT": [USUAL, "421 4.3.2 closing"]}, {2: DEFERRED}, 2),
        ({"DOT": [USUAL, RECORD_AND_DROP]}, {2: UNKNOWN}, 2),
        ({"DOT": [USUAL, "what?"]}, {2: UNKNOWN}, 2),
        ({"MAIL": [USUAL, "421 4.3.2 closing"]}, {}, 2),
        ({"RCPT": [USUAL, "421 4.3.2 closing"]}, {}, 2),
        ({"DATA": [USUAL, "421 4.3.2 closing"]}, {}, 2),
        ({"MAIL": [USUAL, DROP]}, {}, 2),
        ({"RCPT": [USUAL, DROP]}, {}, 2),
        ({"DATA": [USUAL, DROP]}, {}, 2),
    ],
)
def test_what_becomes_of_one_message_harms_no_other(
    script: dict[str, Reply], verdicts: dict[int, Verdict], connections: int
) -> None:
    with SmtpServer(script) as server:
        assert sent(server) == [verdicts.get(number, ACCEPTED) for number in range(1, 6)]
    assert server.connections == connections
    assert sorted(took(server)) == [
        reader
        for number, reader in enumerate(READERS, 1)
        if verdicts.get(number, ACCEPTED) in (ACCEPTED, UNKNOWN)
        and (number not in verdicts or script.get("DOT") != [USUAL, "what?"])
    ]


@pytest.mark.parametrize(
    "script",
    [
        {"MAIL": [USUAL, DEAF, DEAF]},
        {"RCPT": [DEAF]},
        {"DOT": [DEAF]},
        {"RCPT": ["503 5.5.0 improper use of pipelining"]},
        {"DATA": ["503 5.5.1 bad sequence of commands"]},
        {"MAIL": [USUAL, "503 5.5.1 nested MAIL command"]},
        {"RCPT": ["554 5.5.0 SMTP synchronization error"]},
    ],
)
def test_a_relay_that_is_not_up_to_the_pipelining_it_announces_is_spoken_to_step_by_step(
    script: dict[str, Reply],
) -> None:
    with SmtpServer(script) as server:
        assert sent(server) == [ACCEPTED] * 5
    assert took(server) == READERS
    assert server.connections == 2
    assert server.commands[-2:] == ["DATA", "QUIT"]


def test_a_relay_that_asks_for_the_body_of_a_refused_recipient_gets_a_lone_dot() -> None:
    with SmtpServer({"RCPT": ["550 5.1.1 no such user"], "EAGER": "354 go ahead"}) as server:
        assert sent(server) == [REFUSED, *[ACCEPTED] * 4]
    assert took(server) == READERS[1:]
    assert server.connections == 1


def test_a_message_begun_early_and_then_held_back_is_never_finished() -> None:
    with SmtpServer() as server:
        road = Road(open_transport(server.url))
        road.held_back = {"key3"}
        assert road.verdicts() == [ACCEPTED, ACCEPTED, None, ACCEPTED, ACCEPTED]
    assert took(server) == [READERS[0], READERS[1], READERS[3], READERS[4]]


def test_a_message_begun_early_and_then_dropped_is_never_finished() -> None:
    with SmtpServer() as server:
        road = Road(open_transport(server.url))
        next(road.outcomes())
        other = make_message(9)
        assert road.transport.deliver([other], road.commit)[0] is not None
        road.transport.close()
    assert took(server) == [READERS[0], "reader9@example.org"]


def test_an_error_in_the_commit_of_a_message_begun_early_hands_nothing_over() -> None:
    def fail(_: Sequence[Message]) -> Sequence[Message]:
        raise LedgerError("the disk is full")

    with SmtpServer() as server:
        road = Road(open_transport(server.url))
        next(road.outcomes())
        with pytest.raises(LedgerError):
            road.transport.deliver([road.messages[1]], fail)
        road.transport.close()
    assert took(server) == READERS[:1]


def test_a_sender_refused_in_the_middle_breaks_the_transport() -> None:
    with SmtpServer({"MAIL": [USUAL, "550 5.7.1 blocked"]}) as server:
        outcomes = Road(open_transport(server.url)).outcomes()
        first = next(outcomes)
        with pytest.raises(AnswerError, match="taking mail from"):
            next(outcomes)
    assert first
    assert first.verdict is ACCEPTED


@pytest.mark.parametrize("extensions", [EXTENSIONS, ["8BITMIME"]])
def test_a_connection_carries_so_many_messages_and_no_more(extensions: Sequence[str]) -> None:
    with SmtpServer(extensions=extensions) as server:
        assert sent(server, "messages=2") == [ACCEPTED] * 5
    assert [message.connection for message in server.messages] == [1, 1, 2, 2, 3]
    assert server.commands.count("QUIT") == 3


def test_a_connection_that_idled_too_long_is_made_anew() -> None:
    with SmtpServer() as server:
        transport = open_transport(f"{server.url}?idle=0")
        for number in (1, 2):
            transport.open()
            transport.deliver([make_message(number)], lambda ready: ready)
        transport.close()
    assert server.connections == 2


def test_a_message_larger_than_the_relay_takes_is_refused_without_a_word() -> None:
    with SmtpServer(extensions=["PIPELINING", "SIZE 1000"]) as server:
        transport = open_transport(server.url)
        transport.open()
        outcomes = transport.deliver([make_message(body="x" * 70 + "\r\n" * 500)], lambda ready: ready)
        transport.close()
    assert outcomes[0]
    assert outcomes[0].verdict is REFUSED
    assert "1000 bytes" in outcomes[0].text
    assert [command.split()[0].upper() for command in server.commands] == ["EHLO", "QUIT"]


def wait_for(server: SmtpServer, command: str) -> None:
    for _ in range(1000):
        if command in server.commands:
            return
        server.stopped.wait(0.005)
    raise AssertionError(server.commands)
