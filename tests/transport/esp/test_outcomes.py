"""Every way a provider can answer, or not answer, over every provider: ledger, number of requests, waits."""

import socket

import pytest
from tests.sending.scripted import FakeTime, build, freeze, states
from tests.servers.http import Answer, Fault, HttpServer, Recorded, Reply
from tests.transport.esp.calls import BY_PARTS, SCHEMES, scripted, sent_to, transport_to, url_of
from tests.transport.esp.dialects import DIALECTS, KEY

from mailer.ledger.base import Ledger
from mailer.ledger.delivery import DeliveryState, SendState
from mailer.sending.clock import Stop
from mailer.sending.run import Means, Run
from mailer.transport.esp.providers import PROVIDERS

ACCEPTED = DeliveryState.ACCEPTED
REFUSED = DeliveryState.REFUSED
IN_DOUBT = DeliveryState.IN_DOUBT
PLANNED = DeliveryState.PLANNED

WITH_KEY = sorted(scheme for scheme, one in PROVIDERS.items() if one.idempotency)
WITHOUT_KEY = sorted(set(SCHEMES) - set(WITH_KEY))
TURNS_AWAY = sorted(scheme for scheme, one in DIALECTS.items() if one.turned_away)
SHORT = "timeout=0.3"


class Sent:
    """A send to `NAME@x.test` each, carried out as far as it goes."""

    def __init__(self, ledger: Ledger, scheme: str, url: str, *names: str, query: str = "") -> None:
        freeze(ledger, *names)
        self.time = FakeTime()
        transport = transport_to(scheme, url, query or "timeout=30")
        with ledger.sender():
            means = Means(ledger, transport, b"k" * 32, clock=self.time.clock, chance=lambda: 0.0)
            Run("s1", build, means, Stop()).work()
        self.states = states(ledger)
        self.reply = {one.key: one.reply for one in ledger.deliveries("s1")}
        self.state = ledger.find_send("s1").state
        self.reason = ledger.find_send("s1").reason


def requests_to(server: HttpServer, scheme: str) -> list[Recorded]:
    found = sent_to(server, scheme)
    assert all(KEY not in one.path for one in found)
    assert all(DIALECTS[scheme].untracked(one) for one in found if one.body)
    return found


@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_message_is_one_request_and_is_accepted(ledger: Ledger, scheme: str) -> None:
    with HttpServer(scripted(scheme)) as server:
        sent = Sent(ledger, scheme, server.url, "a", "b")
    assert sent.states == {"a": ACCEPTED, "b": ACCEPTED}
    assert len(requests_to(server, scheme)) == 2
    assert sent.state is SendState.FINISHED


@pytest.mark.parametrize("scheme", TURNS_AWAY)
def test_a_recipient_whom_the_provider_turns_away_is_refused_and_the_others_go(
    ledger: Ledger, scheme: str
) -> None:
    turned_away = DIALECTS[scheme].turned_away
    assert turned_away
    with HttpServer(scripted(scheme, turned_away("a@x.test"))) as server:
        sent = Sent(ledger, scheme, server.url, "a", "b")
    assert sent.states == {"a": REFUSED, "b": ACCEPTED}
    assert len(requests_to(server, scheme)) == 2


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_request_with_a_fault_in_it_refuses_that_recipient(ledger: Ledger, scheme: str) -> None:
    with HttpServer(scripted(scheme, DIALECTS[scheme].invalid)) as server:
        sent = Sent(ledger, scheme, server.url, "a", "b")
    assert sent.states == {"a": REFUSED, "b": ACCEPTED}
    assert sent.reply["a"]
    assert len(requests_to(server, scheme)) == 2


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_message_too_large_for_the_provider_is_refused(ledger: Ledger, scheme: str) -> None:
    with HttpServer(scripted(scheme, Answer(413, b"<h1>413 Payload Too Large</h1>"))) as server:
        sent = Sent(ledger, scheme, server.url, "a", "b")
    assert sent.states == {"a": REFUSED, "b": ACCEPTED}
    assert "413 Payload Too Large" in sent.reply["a"]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_key_that_stops_being_good_stops_the_run_and_gives_back(ledger: Ledger, scheme: str) -> None:
    taken = DIALECTS[scheme].taken("a@x.test")
    with HttpServer(scripted(scheme, taken, DIALECTS[scheme].wrong_key)) as server:
        sent = Sent(ledger, scheme, server.url, "a", "b", "c")
    assert sent.states == {"a": ACCEPTED, "b": PLANNED, "c": PLANNED}
    assert sent.state is SendState.PAUSED
    assert PROVIDERS[scheme].key in sent.reason
    assert len(requests_to(server, scheme)) == 2


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_suspended_account_stops_the_run_and_gives_back(ledger: Ledger, scheme: str) -> None:
    with HttpServer(scripted(scheme, Answer(403, {"message": "This account is suspended."}))) as server:
        sent = Sent(ledger, scheme, server.url, "a", "b")
    assert sent.states == {"a": PLANNED, "b": PLANNED}
    assert "This account is suspended." in sent.reason
    assert len(requests_to(server, scheme)) == 1


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_provider_that_asks_to_slow_down_is_left_alone_as_long_as_it_asks(
    ledger: Ledger, scheme: str
) -> None:
    slow_down = Answer(429, DIALECTS[scheme].slow_down.body, {"Retry-After": "20"})
    with HttpServer(scripted(scheme, slow_down)) as server:
        sent = Sent(ledger, scheme, server.url, "a", "b")
    assert sent.states == {"a": ACCEPTED, "b": ACCEPTED}
    assert sent.time.seconds >= 20
    assert len(requests_to(server, scheme)) == 3


@pytest.mark.parametrize(("scheme", "seconds"), [("brevo", 7), ("resend", 3), ("sendgrid", 12)])
def test_each_provider_says_in_its_own_way_how_long(ledger: Ledger, scheme: str, seconds: int) -> None:
    with HttpServer(scripted(scheme, DIALECTS[scheme].slow_down)) as server:
        sent = Sent(ledger, scheme, server.url, "a")
    assert sent.states == {"a": ACCEPTED}
    assert sent.time.seconds == seconds


def test_a_provider_that_asks_for_hours_pauses_the_send(ledger: Ledger) -> None:
    with HttpServer(scripted("resend", Answer(429, {"message": "quota"}, {"Retry-After": "7200"}))) as server:
        sent = Sent(ledger, "resend", server.url, "a", "b")
    assert sent.states == {"a": PLANNED, "b": PLANNED}
    assert sent.state is SendState.PAUSED
    assert len(requests_to(server, "resend")) == 1


AMBIGUOUS: list[Reply] = [Answer(500, b"oops"), Answer(502, {"message": "bad gateway"}), Fault.DROP]


@pytest.mark.parametrize("reply", AMBIGUOUS, ids=str)
@pytest.mark.parametrize("scheme", WITHOUT_KEY)
def test_without_an_idempotency_key_an_unclear_answer_is_doubt_and_nothing_is_repeated(
    ledger: Ledger, scheme: str, reply: Reply
) -> None:
    with HttpServer(scripted(scheme, reply)) as server:
        sent = Sent(ledger, scheme, server.url, "a", "b")
    assert sent.states == {"a": IN_DOUBT, "b": ACCEPTED}
    assert len(requests_to(server, scheme)) == 2


@pytest.mark.parametrize("reply", [*AMBIGUOUS, Fault.HANG], ids=str)
@pytest.mark.parametrize("scheme", WITH_KEY)
def test_with_an_idempotency_key_the_very_same_request_is_made_again(
    ledger: Ledger, scheme: str, reply: Reply
) -> None:
    with HttpServer(scripted(scheme, reply)) as server:
        sent = Sent(ledger, scheme, server.url, "a", "b", query=SHORT)
    first, second, _ = requests_to(server, scheme)
    assert sent.states == {"a": ACCEPTED, "b": ACCEPTED}
    assert (first.body, first.headers) == (second.body, second.headers)


@pytest.mark.parametrize("scheme", WITH_KEY)
def test_where_no_replay_helps_the_message_is_in_doubt(ledger: Ledger, scheme: str) -> None:
    with HttpServer(scripted(scheme, Answer(500, b"x"), Fault.DROP, Answer(503, b"x"))) as server:
        sent = Sent(ledger, scheme, server.url, "a", "b")
    assert sent.states == {"a": IN_DOUBT, "b": ACCEPTED}
    assert len(requests_to(server, scheme)) == 4


@pytest.mark.parametrize("late", [Answer(401, {"message": "no"}), Answer(429, {"message": "slow down"})])
def test_a_replay_that_is_turned_away_leaves_the_doubt(ledger: Ledger, late: Answer) -> None:
    with HttpServer(scripted("resend", Fault.DROP, late)) as server:
        sent = Sent(ledger, "resend", server.url, "a")
    assert sent.states == {"a": IN_DOUBT}
    assert len(requests_to(server, "resend")) == 2


def test_a_replay_waits_for_the_request_that_it_repeats(ledger: Ledger) -> None:
    busy = Answer(409, {"name": "concurrent_idempotent_requests", "message": "in progress"})
    with HttpServer(scripted("resend", Fault.DROP, busy)) as server:
        sent = Sent(ledger, "resend", server.url, "a")
    assert sent.states == {"a": ACCEPTED}
    assert len(requests_to(server, "resend")) == 3


def test_brevo_says_of_a_replay_that_it_has_taken_the_first(ledger: Ledger) -> None:
    known = Answer(400, {"code": "duplicate_parameter", "message": "idempotencyKey is used already"})
    with HttpServer(scripted("brevo", Fault.DROP, known, Answer(500, b"x"), known)) as server:
        sent = Sent(ledger, "brevo", server.url, "a", "b")
    assert sent.states == {"a": ACCEPTED, "b": IN_DOUBT}


@pytest.mark.parametrize("scheme", WITHOUT_KEY)
def test_no_answer_in_time_is_doubt_whether_or_not_the_body_was_read(ledger: Ledger, scheme: str) -> None:
    with HttpServer(scripted(scheme, Fault.HANG)) as server:
        sent = Sent(ledger, scheme, server.url, "a", query=SHORT)
        assert sent.states == {"a": IN_DOUBT}
        assert len(requests_to(server, scheme)) == 1


@pytest.mark.parametrize("scheme", WITHOUT_KEY)
def test_no_answer_to_a_body_that_nobody_read_is_doubt_too(ledger: Ledger, scheme: str) -> None:
    with HttpServer(scripted(scheme)) as server:
        server.unread = Fault.HANG
        sent = Sent(ledger, scheme, server.url, "a", query=SHORT)
        assert sent.states == {"a": IN_DOUBT}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_an_answer_of_another_form_is_doubt(ledger: Ledger, scheme: str) -> None:
    page = Answer(200, b"<html>Welcome to the hotel's network</html>")
    with HttpServer(scripted(scheme, page)) as server:
        sent = Sent(ledger, scheme, server.url, "a", "b")
    assert sent.states == {"a": IN_DOUBT, "b": ACCEPTED}
    assert len(requests_to(server, scheme)) == 2


@pytest.mark.parametrize("scheme", SCHEMES)
def test_where_nobody_listens_nobody_is_lost_and_the_run_gives_up_after_a_while(
    ledger: Ledger, scheme: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    sent = Sent(ledger, scheme, url, "a", "b")
    assert sent.states == {"a": PLANNED, "b": PLANNED}
    assert "cannot be reached" in sent.reason
    assert sent.time.seconds == 1 + 5 + 15 + 30


@pytest.mark.parametrize("reply", [Answer(404, b"no such page"), Answer(302, b"", {"Location": "/else"})])
def test_the_wrong_address_stops_the_run_and_no_redirect_is_followed(ledger: Ledger, reply: Answer) -> None:
    with HttpServer(scripted("sendgrid", reply)) as server:
        sent = Sent(ledger, "sendgrid", server.url, "a", "b")
    assert sent.states == {"a": PLANNED, "b": PLANNED}
    assert "sendgrid://" in sent.reason
    assert len(requests_to(server, "sendgrid")) == 1


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_key_that_an_answer_repeats_is_kept_nowhere(ledger: Ledger, scheme: str) -> None:
    with HttpServer(scripted(scheme, Answer(400, {"message": f"what is {KEY}?"}))) as server:
        sent = Sent(ledger, scheme, server.url, "a", "b")
    assert sent.reply["a"] == "what is •••?"
    assert KEY not in url_of(scheme, server.url)


@pytest.mark.parametrize("scheme", BY_PARTS)
def test_nor_is_one_in_the_form_that_a_header_has(ledger: Ledger, scheme: str) -> None:
    def echo(request: Recorded) -> Reply:
        if not DIALECTS[scheme].is_message(request):
            return Answer(200, {})
        return Answer(400, {"message": f"{request.headers.get('authorization', KEY)} is what came"})

    with HttpServer(echo) as server:
        sent = Sent(ledger, scheme, server.url, "a")
    assert sent.reply["a"].removeprefix("Basic ").removeprefix("Bearer ") == "••• is what came"
