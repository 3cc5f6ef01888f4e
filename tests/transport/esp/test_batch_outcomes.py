"""Every way a provider can answer a batch: ledger, number of requests, waits."""

import pytest
from tests.sending.scripted import FakeTime, build, freeze, states
from tests.servers.http import Answer, Fault, HttpServer, Reply
from tests.transport.esp.batches import (
    SCHEMES,
    TURNED_AWAY,
    addresses_in,
    batches_to,
    id_of,
    takes_batches,
)
from tests.transport.esp.calls import transport_to
from tests.transport.esp.dialects import DIALECTS, KEY

from mailer.ledger.base import Ledger
from mailer.ledger.delivery import DeliveryState, SendState
from mailer.sending.clock import Stop
from mailer.sending.pace import Limiter, Rate
from mailer.sending.run import Means, Run
from mailer.transport.esp.providers import PROVIDERS

ACCEPTED = DeliveryState.ACCEPTED
REFUSED = DeliveryState.REFUSED
IN_DOUBT = DeliveryState.IN_DOUBT
PLANNED = DeliveryState.PLANNED
NAMES = ("a", "b", "c", "d", "e", "f")


class Sent:
    """A send to `NAME@x.test` each, four to a batch, carried out as far as it goes."""

    def __init__(
        self, ledger: Ledger, scheme: str, url: str, *names: str, query: str = "", rate: int = 0
    ) -> None:
        freeze(ledger, *names)
        self.time = FakeTime()
        transport = transport_to(scheme, url, query or "timeout=30", batch=4)
        limiter = Limiter(Rate(rate, 1.0)) if rate else None
        with ledger.sender():
            means = Means(
                ledger, transport, b"k" * 32, clock=self.time.clock, chance=lambda: 0.0, limiter=limiter
            )
            Run("s1", build, means, Stop()).work()
        self.states = states(ledger)
        self.deliveries = {one.key: one for one in ledger.deliveries("s1")}
        self.state = ledger.find_send("s1").state
        self.reason = ledger.find_send("s1").reason

    def keys(self, state: DeliveryState) -> str:
        return "".join(key for key, found in self.states.items() if found is state)


def batches(server: HttpServer, scheme: str) -> list[str]:
    """Return the names in each request."""
    return [
        "".join(address.partition("@")[0] for address in addresses_in(scheme, one))
        for one in batches_to(server, scheme)
    ]


@pytest.fixture(params=SCHEMES)
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_all_are_accepted_and_each_keeps_its_own_id(ledger: Ledger, scheme: str) -> None:
    with HttpServer(takes_batches(scheme)) as server:
        sent = Sent(ledger, scheme, server.url, *NAMES)
    assert sent.keys(ACCEPTED) == "abcdef"
    assert sent.state is SendState.FINISHED
    assert batches(server, scheme) == ["abcd", "ef"]
    assert {one.provider_id for one in sent.deliveries.values()} == {id_of(f"{key}@x.test") for key in NAMES}


def test_those_turned_away_are_refused_and_the_others_go(ledger: Ledger, scheme: str) -> None:
    with HttpServer(takes_batches(scheme, refused={"b@x.test": TURNED_AWAY[scheme]})) as server:
        sent = Sent(ledger, scheme, server.url, *NAMES)
    assert (sent.keys(REFUSED), sent.keys(ACCEPTED)) == ("b", "acdef")
    assert sent.deliveries["b"].reply in str(TURNED_AWAY[scheme])


@pytest.mark.parametrize("locked_out", ["wrong key", "suspended"])
def test_an_account_that_may_not_send_stops_the_run_and_gives_the_batch_back(
    ledger: Ledger, scheme: str, locked_out: str
) -> None:
    wrong, suspended = DIALECTS[scheme].wrong_key, Answer(403, {"message": "This account is suspended."})
    reply = wrong if locked_out == "wrong key" else suspended
    with HttpServer(takes_batches(scheme, reply)) as server:
        sent = Sent(ledger, scheme, server.url, *NAMES)
    assert sent.keys(PLANNED) == "abcdef"
    assert sent.state is SendState.PAUSED
    assert PROVIDERS[scheme].key in sent.reason
    assert batches(server, scheme) == ["abcd"]


def test_a_provider_that_asks_to_slow_down_is_left_alone_as_long_as_it_asks(
    ledger: Ledger, scheme: str
) -> None:
    slow_down = Answer(429, DIALECTS[scheme].slow_down.body, {"Retry-After": "20"})
    with HttpServer(takes_batches(scheme, slow_down)) as server:
        sent = Sent(ledger, scheme, server.url, *NAMES)
    assert sent.keys(ACCEPTED) == "abcdef"
    assert sent.time.seconds >= 20
    assert batches(server, scheme) == ["abcd", "abcd", "ef"]


def test_too_large_a_batch_is_halved_and_the_send_goes_on_at_once(ledger: Ledger, scheme: str) -> None:
    with HttpServer(takes_batches(scheme, Answer(413, b"<h1>413 Payload Too Large</h1>"))) as server:
        sent = Sent(ledger, scheme, server.url, *NAMES)
    assert sent.keys(ACCEPTED) == "abcdef"
    assert batches(server, scheme) == ["abcd", "ab", "cd", "ef"]
    assert sent.time.seconds == 0
    assert {one.attempts for one in sent.deliveries.values()} == {1}


def test_a_single_message_that_is_too_large_is_refused(ledger: Ledger, scheme: str) -> None:
    too_large = Answer(413, b"<h1>413 Payload Too Large</h1>")
    with HttpServer(takes_batches(scheme, too_large, too_large, too_large)) as server:
        sent = Sent(ledger, scheme, server.url, "a", "b", "c", "d")
    assert (sent.keys(REFUSED), sent.keys(ACCEPTED)) == ("a", "bcd")
    assert batches(server, scheme) == ["abcd", "ab", "a", "b", "c", "d"]


def test_the_one_for_whom_a_whole_batch_is_refused_is_found(ledger: Ledger, scheme: str) -> None:
    invalid, take = DIALECTS[scheme].invalid, takes_batches(scheme)
    with HttpServer(take) as server:
        server.respond = lambda one: invalid if "c@x.test" in str(one.body) else take(one)
        sent = Sent(ledger, scheme, server.url, *NAMES)
    assert (sent.keys(REFUSED), sent.keys(ACCEPTED)) == ("c", "abdef")
    assert batches(server, scheme) == ["abcd", "ab", "cdef", "cd", "c", "de", "f"]


ODD_IDS: dict[str, Reply] = {
    "postmark": Answer(200, [{"ErrorCode": 0, "MessageID": f"\ud800{name}\x1b\n"} for name in "abcd"]),
    "resend": Answer(200, {"data": [{"id": f"\ud800{name}\x1b\n"} for name in "abcd"]}),
}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_an_id_that_cannot_be_written_as_it_is_keeps_nobody_from_being_accepted(
    ledger: Ledger, scheme: str
) -> None:
    with HttpServer(takes_batches(scheme, ODD_IDS[scheme])) as server:
        sent = Sent(ledger, scheme, server.url, "a", "b", "c", "d")
    assert sent.keys(ACCEPTED) == "abcd"
    assert sent.deliveries["a"].provider_id == "a"


AMBIGUOUS: list[Reply] = [Answer(500, b"oops"), Answer(502, {"message": "bad gateway"}), Fault.DROP]


@pytest.mark.parametrize("reply", [*AMBIGUOUS, Fault.HANG], ids=str)
def test_without_a_key_an_unclear_answer_leaves_the_batch_in_doubt_and_the_send_pauses(
    ledger: Ledger, reply: Reply
) -> None:
    with HttpServer(takes_batches("postmark", reply)) as server:
        sent = Sent(ledger, "postmark", server.url, *NAMES, query="timeout=0.3")
        assert (sent.keys(IN_DOUBT), sent.keys(PLANNED)) == ("abcd", "ef")
        assert batches(server, "postmark") == ["abcd"]
    assert sent.state is SendState.PAUSED
    assert sent.reason == "no clear answer came to the last 4 messages"


@pytest.mark.parametrize("reply", [*AMBIGUOUS, Fault.HANG], ids=str)
def test_with_a_key_the_very_same_batch_is_asked_for_again(ledger: Ledger, reply: Reply) -> None:
    with HttpServer(takes_batches("resend", reply)) as server:
        sent = Sent(ledger, "resend", server.url, *NAMES, query="timeout=0.3")
        assert sent.keys(ACCEPTED) == "abcdef"
        first, second, _ = batches_to(server, "resend")
    assert (first.body, first.headers) == (second.body, second.headers)


def test_where_no_replay_helps_the_batch_is_in_doubt(ledger: Ledger) -> None:
    with HttpServer(takes_batches("resend", Answer(500, b"x"), Fault.DROP, Answer(503, b"x"))) as server:
        sent = Sent(ledger, "resend", server.url, *NAMES)
    assert (sent.keys(IN_DOUBT), sent.keys(PLANNED)) == ("abcd", "ef")


@pytest.mark.parametrize(
    "late", [Answer(401, {"message": "no"}), Answer(429, b"{}"), Answer(422, {"message": "bad"})]
)
def test_a_replay_that_is_turned_away_leaves_the_doubt(ledger: Ledger, late: Answer) -> None:
    with HttpServer(takes_batches("resend", Fault.DROP, late)) as server:
        sent = Sent(ledger, "resend", server.url, *NAMES)
    assert sent.keys(IN_DOUBT) == "abcd"


def test_a_body_that_nobody_read_is_doubt_too(ledger: Ledger) -> None:
    with HttpServer(takes_batches("postmark")) as server:
        server.unread = Fault.HANG
        sent = Sent(ledger, "postmark", server.url, "a", "b", "c", query="timeout=0.3")
        assert sent.keys(IN_DOUBT) == "abc"


def test_a_batch_counts_as_many_messages_for_the_rate(ledger: Ledger, scheme: str) -> None:
    with HttpServer(takes_batches(scheme)) as server:
        sent = Sent(ledger, scheme, server.url, *NAMES, rate=2)
    assert sent.keys(ACCEPTED) == "abcdef"
    assert batches(server, scheme) == ["ab", "cd", "ef"]
    assert sent.time.seconds >= 2


def test_a_key_that_an_answer_repeats_is_kept_nowhere(ledger: Ledger, scheme: str) -> None:
    refused = {"a@x.test": {"ErrorCode": 300, "Message": f"what is {KEY}?", "message": f"what is {KEY}?"}}
    with HttpServer(takes_batches(scheme, refused=refused)) as server:
        sent = Sent(ledger, scheme, server.url, "a", "b", "c")
    assert sent.deliveries["a"].reply == "what is •••?"
