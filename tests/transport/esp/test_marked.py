"""What a killed sender may have handed over to Resend: asked for again under the same mark."""

from datetime import timedelta

import pytest
from tests.sending.scripted import START, FakeTime, build, freeze, states
from tests.servers.http import Answer, Fault, HttpServer, Reply
from tests.transport.esp.batches import addresses_in, batches_to, takes_batches
from tests.transport.esp.calls import transport_to
from tests.transport.esp.dialects import DIALECTS
from tests.transport.esp.faulty import FaultyProvider

from mailer.ledger.base import Ledger
from mailer.ledger.delivery import DeliveryState, Intent, SendState
from mailer.sending.again import ask_again
from mailer.sending.run import Means
from mailer.transport.base import Remembering, Transport
from mailer.transport.esp.marked import MarkedBatchTransport

ACCEPTED, IN_DOUBT = DeliveryState.ACCEPTED, DeliveryState.IN_DOUBT
REFUSED = DeliveryState.REFUSED
CONFLICT = Answer(409, {"name": "invalid_idempotent_request", "message": "another payload"})
BUSY = Answer(409, {"name": "concurrent_idempotent_requests", "message": "in progress"})


def resend(server: HttpServer, key: str = "k1") -> MarkedBatchTransport:
    transport = transport_to("resend", server.url, secret=lambda: key, batch=4)
    assert isinstance(transport, MarkedBatchTransport)
    transport.open()
    return transport


def left_by_a_kill(ledger: Ledger, transport: MarkedBatchTransport, *, handed_over: bool = True) -> str:
    """Begin a batch to a, b and c, hand it over or not, write no outcome, and return its mark."""
    freeze(ledger, "a", "b", "c", "d")
    ledger.set_state("s1", SendState.SENDING)
    messages = [build(one) for one in ledger.due("s1", now=START, limit=3)]
    mark = transport.next_mark()
    with ledger.sender(), ledger.together():
        keys = [one.key for one in messages]
        intents = {key: Intent(f"<{key}@x>", START) for key in keys}
        ledger.begin("s1", intents, transport=transport.url, now=START)
        ledger.note_batch("s1", mark, keys, now=START)
    if handed_over:
        transport.deliver(messages, lambda ready: ready)
    return mark


def asked_again(ledger: Ledger, transport: Transport, after: float = 60.0) -> dict[str, DeliveryState]:
    time = FakeTime(after)
    with ledger.sender():
        ask_again(ledger.find_send("s1"), build, Means(ledger, transport, b"k" * 32, clock=time.clock))
    transport.close()
    return states(ledger)


def test_only_a_provider_that_knows_its_requests_again_is_asked(ledger: Ledger) -> None:
    assert isinstance(transport_to("resend", "http://127.0.0.1:9/", batch=4), Remembering)
    assert not isinstance(transport_to("postmark", "http://127.0.0.1:9/", batch=4), Remembering)
    assert not isinstance(transport_to("resend", "http://127.0.0.1:9/", batch=1), Remembering)


@pytest.mark.parametrize("handed_over", [True, False])
def test_a_batch_is_taken_once_whether_or_not_it_had_arrived(ledger: Ledger, handed_over: bool) -> None:
    provider = FaultyProvider("resend", seed=1)
    with HttpServer(provider.respond) as server:
        left_by_a_kill(ledger, resend(server), handed_over=handed_over)
        found = asked_again(ledger, resend(server))
    assert [found[key] for key in "abc"] == [ACCEPTED] * 3
    assert max(provider.taken.values()) == 1
    assert found["d"] is DeliveryState.PLANNED
    assert {one.provider_id for one in ledger.deliveries("s1", (ACCEPTED,))} == {
        f"id-of-{key}@x.test" for key in "abc"
    }


def test_the_very_same_request_is_made_under_the_mark(ledger: Ledger) -> None:
    with HttpServer(takes_batches("resend")) as server:
        mark = left_by_a_kill(ledger, resend(server))
        asked_again(ledger, resend(server))
    first, second = batches_to(server, "resend")
    assert first.body == second.body
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] == mark
    assert len(mark) <= 256
    assert "k1" not in mark


def test_those_whom_it_had_refused_are_refused(ledger: Ledger) -> None:
    refused = {"b@x.test": {"message": "Invalid `to` field."}}
    with HttpServer(takes_batches("resend", refused=refused)) as server:
        left_by_a_kill(ledger, resend(server))
        found = asked_again(ledger, resend(server))
    assert [found[key] for key in "abc"] == [ACCEPTED, REFUSED, ACCEPTED]


@pytest.mark.parametrize(
    "reply",
    [
        CONFLICT,
        BUSY,
        Answer(500, b"x"),
        Answer(401, {"message": "no"}),
        Answer(413, b"x"),
        Answer(422, {"message": "x"}),
        Answer(429, {"message": "slow down"}),
        Answer(200, b"<h1>hotel</h1>"),
        Fault.DROP,
        DIALECTS["resend"].wrong_key,
    ],
    ids=str,
)
def test_whatever_is_no_clear_answer_leaves_the_doubt(ledger: Ledger, reply: Reply) -> None:
    with HttpServer(takes_batches("resend")) as server:
        left_by_a_kill(ledger, resend(server))
        server.respond = takes_batches("resend", *[reply] * 9)
        found = asked_again(ledger, resend(server))
    assert [found[key] for key in "abc"] == [IN_DOUBT] * 3


def test_a_request_that_is_still_worked_on_is_waited_for(ledger: Ledger) -> None:
    with HttpServer(takes_batches("resend")) as server:
        left_by_a_kill(ledger, resend(server))
        server.respond = takes_batches("resend", BUSY)
        found = asked_again(ledger, resend(server))
    assert [found[key] for key in "abc"] == [ACCEPTED] * 3


def test_another_account_would_take_it_anew_and_is_not_asked(ledger: Ledger) -> None:
    with HttpServer(takes_batches("resend")) as server:
        left_by_a_kill(ledger, resend(server))
        found = asked_again(ledger, resend(server, key="k2"))
    assert [found[key] for key in "abc"] == [IN_DOUBT] * 3
    assert len(batches_to(server, "resend")) == 1


@pytest.mark.parametrize("after", [23 * 3600.0, 30 * 3600.0, -60.0])
def test_nothing_is_repeated_once_the_key_may_be_forgotten(ledger: Ledger, after: float) -> None:
    with HttpServer(takes_batches("resend")) as server:
        left_by_a_kill(ledger, resend(server))
        found = asked_again(ledger, resend(server), after)
    assert [found[key] for key in "abc"] == [IN_DOUBT] * 3
    assert len(batches_to(server, "resend")) == 1


def test_a_batch_of_which_something_is_known_is_left_alone(ledger: Ledger) -> None:
    """It would be another request, or what was in doubt has been settled by hand."""
    with HttpServer(takes_batches("resend")) as server:
        left_by_a_kill(ledger, resend(server))
        with ledger.sender():
            ledger.resolve("s1", resend=True)
            now = START + timedelta(seconds=5)
            ledger.begin("s1", {"b": Intent("<b@x>", now)}, transport="smtp://relay.test", now=now)
        found = asked_again(ledger, resend(server))
    assert found["b"] is IN_DOUBT
    assert len(batches_to(server, "resend")) == 1


def test_a_batch_that_came_back_and_went_out_anew_is_known_by_its_last_mark(ledger: Ledger) -> None:
    with HttpServer(takes_batches("resend")) as server:
        left_by_a_kill(ledger, resend(server), handed_over=False)
        with ledger.sender():
            ledger.resolve("s1", resend=True)
            later = START + timedelta(seconds=5)
            transport = resend(server)
            mark = transport.next_mark()
            ledger.begin(
                "s1", {key: Intent(f"<{key}@x>") for key in "ab"}, transport=transport.url, now=later
            )
            ledger.note_batch("s1", mark, ["a", "b"], now=later)
        asked_again(ledger, resend(server))
    [request] = batches_to(server, "resend")
    assert request.headers["idempotency-key"] == mark
    assert addresses_in("resend", request) == ["a@x.test", "b@x.test"]
