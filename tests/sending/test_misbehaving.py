"""Relays that misbehave in every place of the dialogue: each ends in the right state, and nobody gets two."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from tests.sending.scripted import START, FakeTime, build, freeze, states
from tests.servers.smtp import (
    DEAF,
    DROP,
    EXTENSIONS,
    HANG,
    LATE,
    RECORD_AND_DROP,
    USUAL,
    Reply,
    SmtpServer,
)

from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Counts, DeliveryState, PlannedRecipient, Send, SendIdentity
from mailer.sending.clock import Stop
from mailer.sending.run import Means, Run
from mailer.transport.registry import open_transport

NAMES = "abcd"
ALL_PLANNED = dict.fromkeys(NAMES, "planned")


@dataclass(frozen=True, slots=True)
class Case:
    """`states` are those that are not accepted in the end; `ended` is how the reason of a pause begins."""

    title: str
    script: Mapping[str, Reply] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)
    ended: str = "finished"
    query: str = ""
    extensions: Sequence[str] = EXTENSIONS


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a run: its end, everybody's state, and who got how many messages."""

    reason: str
    states: Mapping[str, str]
    taken: Sequence[str]


def run(ledger: Ledger, case: Case, *, connections: int = 1) -> Ended:
    with SmtpServer(case.script, extensions=case.extensions) as server, ledger.sender():
        first, *others = [open_transport(f"{server.url}?{case.query}") for _ in range(connections)]
        means = Means(ledger, first, b"k" * 32, others, clock=FakeTime().clock)
        Run("s1", build, means, Stop()).work()
        taken = [message.recipient.partition("@")[0] for message in server.messages]
    send = ledger.find_send("s1")
    reason = f"{send.state}: {send.reason}" if send.reason else send.state.value
    return Ended(reason, {key: state.value for key, state in states(ledger).items()}, taken)


CASES = [
    Case("refuses a recipient under pipelining", {"RCPT b@x.test": "550 5.1.1 no"}, {"b": "refused"}),
    Case(
        "refuses a recipient under pipelining and wants the body all the same",
        {"RCPT b@x.test": "550 5.1.1 no", "EAGER": "354 go ahead"},
        {"b": "refused"},
    ),
    Case("refuses everybody for a while", {"RCPT": ["451 4.3.0 later"] * 4}),
    Case("loses what is pipelined", {"MAIL": [USUAL, DEAF, DEAF]}, query="timeout=0.3"),
    Case("loses what comes with the dot", {"DOT": [DEAF]}, query="timeout=0.3"),
    Case("says that pipelining confuses it", {"RCPT": ["503 5.5.0 improper use of pipelining"]}),
    Case("knows no extension", extensions=()),
    Case("drops the connection after the dot", {"DOT b@x.test": RECORD_AND_DROP}, {"b": "in_doubt"}),
    Case("drops the connection after the dot, taking nothing", {"DOT b@x.test": DROP}, {"b": "in_doubt"}),
    Case("answers late", {"DOT b@x.test": f"{LATE}250 ok"}, query="timeout=0.3&wait=30"),
    Case("never answers the dot", {"DOT b@x.test": HANG}, {"b": "in_doubt"}, query="wait=0.2"),
    Case("answers garbage to the dot", {"DOT b@x.test": "\x00\x01 so what"}, {"b": "in_doubt"}),
    Case(
        "answers garbage before the dot",
        {"RCPT b@x.test": "so what"},
        {"b": "planned", "c": "planned", "d": "planned"},
        "paused: ",
    ),
    Case("greets with garbage", {"GREETING": "\x16\x03\x01\x02 hello"}, ALL_PLANNED, "paused: "),
    Case("greets without end", {"GREETING": "220-" + "x" * 100_000}, ALL_PLANNED, "paused: "),
    Case("closes at once", {"GREETING": DROP}, ALL_PLANNED, "paused: "),
    Case("closes at once for a while", {"GREETING": [DROP] * 3}),
    Case("takes no more than ten bytes", {}, dict.fromkeys(NAMES, "refused"), extensions=["SIZE 10"]),
    Case(
        "takes two messages a connection",
        {"MAIL": [USUAL, USUAL, "421 4.7.0 too many messages in this session", USUAL, USUAL]},
    ),
    Case("hangs over one recipient", {"RCPT b@x.test": [HANG]}, query="timeout=0.3"),
    Case("does not know RSET", {"RCPT b@x.test": "550 no", "RSET": "500 what"}, {"b": "refused"}),
]


@pytest.mark.parametrize("case", CASES, ids=[case.title for case in CASES])
def test_a_relay_that(ledger: Ledger, case: Case) -> None:
    freeze(ledger, *NAMES)
    ended = run(ledger, case)
    assert ended.reason.startswith(case.ended)
    assert ended.states == {**dict.fromkeys(NAMES, "accepted"), **case.states}
    assert len(ended.taken) == len(set(ended.taken))
    accepted = {name for name, state in ended.states.items() if state == "accepted"}
    assert accepted <= set(ended.taken)
    assert set(ended.taken) - accepted <= {
        name for name, state in ended.states.items() if state == "in_doubt"
    }


@pytest.mark.parametrize(
    ("answer", "query", "why"),
    [(DROP, "", "the connection was lost"), (HANG, "wait=0.2", "the relay stayed silent for too long")],
)
def test_why_a_delivery_is_in_doubt_is_told_in_words(
    ledger: Ledger, answer: Reply, query: str, why: str
) -> None:
    freeze(ledger, *NAMES)
    run(ledger, Case("", {"DOT b@x.test": answer}, query=query))
    (doubt,) = ledger.deliveries("s1", [DeliveryState.IN_DOUBT])
    assert doubt.reply == f"no answer to the final dot: {why}"


@pytest.mark.parametrize("step", ["GREETING", "EHLO", "MAIL", "RCPT", "DATA", "DOT"])
@pytest.mark.parametrize("reply", ["421 4.3.2 closing", "451 4.3.0 later", "452 4.3.1 disk full"])
@pytest.mark.parametrize("extensions", [EXTENSIONS, ()], ids=["pipelining", "step by step"])
def test_4xx_in_every_place_ends_well_once_it_is_over(
    ledger: Ledger, step: str, reply: str, extensions: Sequence[str]
) -> None:
    freeze(ledger, *NAMES)
    ended = run(ledger, Case("", {step: [reply, reply]}, extensions=extensions))
    assert ended.reason == "finished"
    assert ended.states == dict.fromkeys(NAMES, "accepted")
    assert sorted(ended.taken) == [*NAMES]


@pytest.mark.parametrize("step", ["RCPT", "DATA", "DOT"])
@pytest.mark.parametrize("reply", ["550 5.1.1 no such user", "552 5.2.2 full", "554 5.7.1 spam"])
@pytest.mark.parametrize("extensions", [EXTENSIONS, ()], ids=["pipelining", "step by step"])
def test_5xx_about_one_recipient_refuses_that_one(
    ledger: Ledger, step: str, reply: str, extensions: Sequence[str]
) -> None:
    freeze(ledger, *NAMES)
    ended = run(ledger, Case("", {f"{step} c@x.test": reply}, extensions=extensions))
    assert ended.reason == "finished"
    assert ended.states == {"a": "accepted", "b": "accepted", "c": "refused", "d": "accepted"}
    assert ended.taken == ["a", "b", "d"]


@pytest.mark.parametrize("step", ["GREETING", "EHLO", "MAIL"])
@pytest.mark.parametrize(
    "reply", ["550 5.7.1 not you", "554 5.3.2 no service", "421 4.3.2 closing", "451 later"]
)
@pytest.mark.parametrize("connections", [1, 3])
def test_a_session_that_is_never_taken_pauses_the_run_and_refuses_nobody(
    ledger: Ledger, step: str, reply: str, connections: int
) -> None:
    freeze(ledger, *NAMES)
    ended = run(ledger, Case("", {step: reply}), connections=connections)
    assert ended.reason.startswith("paused: ")
    assert ended.states == ALL_PLANNED
    assert ended.taken == []


def test_an_address_outside_ascii_is_refused_where_the_relay_takes_none(ledger: Ledger) -> None:
    people = [PlannedRecipient("j", "jörg@x.test"), PlannedRecipient("a", "a@x.test")]
    identity = SendIdentity("spring", "readers", rehearsal=True)
    ledger.freeze(Send("s1", identity, "sha256:0", "memory:", START, counts=Counts(listed=2)), people)
    ended = run(ledger, Case("", extensions=["PIPELINING"]))
    assert ended.states == {"j": "refused", "a": "accepted"}
    assert "SMTPUTF8" in next(ledger.deliveries("s1")).reply
