"""Many messages in one request, to the providers that take that."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from tests.compile.drawn import png
from tests.message.given import built, compiled
from tests.servers.http import Answer, HttpServer
from tests.transport.esp.batches import (
    INACTIVE,
    PATHS,
    SCHEMES,
    TURNED_AWAY,
    addresses_in,
    batches_to,
    elements,
    id_of,
    is_batch,
    seen_in,
    takes_batches,
)
from tests.transport.esp.calls import transport_to
from tests.transport.esp.dialects import DIALECTS
from tests.transport.spec import Handed, TransportSpec, let_all_go, verdicts

from mailer.compile.pictures import picture_of
from mailer.errors import AnswerError, AuthError, ConfigError
from mailer.message.envelope import Message
from mailer.message.outcome import Outcome, Verdict
from mailer.transport.base import Commit, Transport
from mailer.transport.esp.batch import BatchTransport
from mailer.transport.esp.providers import PROVIDERS
from mailer.transport.registry import open_transport, usual_rate

ACCEPTED, DEFERRED, REFUSED, UNKNOWN = Verdict
PEOPLE = [f"reader{number}@example.org" for number in range(4)]
MESSAGES = [built(address=address) for address in PEOPLE]
OWL = picture_of("images/owl.png", png(30, 20))


def handed(transport: Transport, *messages: Message, commit: Commit = let_all_go) -> list[Outcome | None]:
    transport.open()
    try:
        return transport.deliver(messages, commit)
    finally:
        transport.close()


@pytest.fixture(params=SCHEMES)
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class TestBatches(TransportSpec):
    @pytest.fixture
    def server(self, scheme: str) -> Iterator[HttpServer]:
        with HttpServer(takes_batches(scheme)) as server:
            yield server

    @pytest.fixture
    def transport(self, scheme: str, server: HttpServer) -> Iterator[Transport]:
        transport = transport_to(scheme, server.url, batch=5)
        yield transport
        transport.close()

    @pytest.fixture
    def handed(self, scheme: str, server: HttpServer) -> Handed:
        def read() -> list[bytes]:
            found = []
            for seen in seen_in(scheme, server.requests):
                text = seen.text.replace("\n", "\r\n")
                message_id = seen.headers["message-id"]
                found.append(f"Message-ID: {message_id}\r\nSubject: {seen.subject}\r\n\r\n{text}".encode())
            return found

        return read


def test_the_batch_is_as_large_as_the_provider_takes(scheme: str) -> None:
    api = "http://127.0.0.1:9/"
    example = PROVIDERS[scheme].example
    whole = open_transport(f"{example}{'&' if '?' in example else '?'}api={api}")
    assert whole.batch_size == {"postmark": 500, "resend": 100}[scheme]
    assert transport_to(scheme, api, batch=20).batch_size == 20
    assert not isinstance(transport_to(scheme, api, batch=1), BatchTransport)
    with pytest.raises(ConfigError, match=f"no more than {whole.batch_size} messages"):
        transport_to(scheme, api, batch=whole.batch_size + 1)


def test_the_usual_rate_is_that_of_requests() -> None:
    assert usual_rate("resend://") == "500/s"
    assert usual_rate("resend://?batch=20") == "100/s"
    assert usual_rate("resend://?batch=1") == "5/s"
    assert usual_rate("postmark://") == "500/s"
    assert usual_rate("postmark://?batch=1") == ""


def test_each_message_is_what_it_would_be_alone(scheme: str) -> None:
    with HttpServer(takes_batches(scheme)) as server:
        outcomes = handed(transport_to(scheme, server.url, batch=4), *MESSAGES)
        for message in MESSAGES:
            handed(transport_to(scheme, server.url), message)
    many, *single = batches_to(server, scheme)
    assert many.path == PATHS[scheme]
    assert many.json == [one.json for one in single]
    assert all(DIALECTS[scheme].untracked(one) for one in elements(scheme, many))
    assert DIALECTS[scheme].holds_key(many)
    assert verdicts(outcomes) == [ACCEPTED] * 4
    assert [one.provider_id for one in outcomes if one] == [id_of(address) for address in PEOPLE]


def test_all_are_committed_together_and_before_the_request(scheme: str) -> None:
    asked = []

    def commit(messages: Sequence[Message]) -> Sequence[Message]:
        asked.append(([one.key for one in messages], len(batches_to(server, scheme))))
        return [messages[0], *messages[2:]]

    with HttpServer(takes_batches(scheme)) as server:
        outcomes = handed(transport_to(scheme, server.url, batch=4), *MESSAGES, commit=commit)
    assert asked == [([one.key for one in MESSAGES], 0)]
    assert verdicts(outcomes) == [ACCEPTED, None, ACCEPTED, ACCEPTED]
    [request] = batches_to(server, scheme)
    assert addresses_in(scheme, request) == [PEOPLE[0], *PEOPLE[2:]]


def test_those_turned_away_are_refused_and_the_others_taken(scheme: str) -> None:
    refused = {PEOPLE[1]: TURNED_AWAY[scheme], PEOPLE[3]: TURNED_AWAY[scheme]}
    with HttpServer(takes_batches(scheme, refused=refused)) as server:
        outcomes = handed(transport_to(scheme, server.url, batch=4), *MESSAGES)
    assert verdicts(outcomes) == [ACCEPTED, REFUSED, ACCEPTED, REFUSED]
    assert outcomes[1] is not None
    assert outcomes[1].text in str(TURNED_AWAY[scheme])
    assert [one.provider_id for one in outcomes if one and one.provider_id] == [
        id_of(PEOPLE[0]),
        id_of(PEOPLE[2]),
    ]


def test_what_cannot_be_carried_is_refused_unsent_and_the_others_go(scheme: str) -> None:
    message = MESSAGES[0]
    foreign = built(address="jörg@example.org")
    with HttpServer(takes_batches(scheme)) as server:
        outcomes = handed(transport_to(scheme, server.url, batch=3), message, foreign, MESSAGES[1])
    assert verdicts(outcomes) == [ACCEPTED, REFUSED, ACCEPTED]
    assert addresses_in(scheme, batches_to(server, scheme)[0]) == PEOPLE[:2]


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Welcome to the hotel's network</html>",
        {"Message": "OK"},
        [{"ErrorCode": 0, "Message": "OK", "MessageID": "1"}],
        {"data": [{"id": "1"}]},
        {"data": [{"id": "1"}] * 4, "errors": [{"index": 9, "message": "?"}]},
        {"data": [{"id": "1"}] * 3, "errors": [{"index": "1", "message": "?"}]},
        {"data": "1234", "errors": 4},
        [[], [], [], []],
        {"data": [None, {}, 7, {"id": 5}]},
        [{"ErrorCode": 0}, {"ErrorCode": 0, "MessageID": 5}, None, 3],
    ],
)
def test_an_answer_that_tells_nothing_clear_leaves_all_in_doubt(scheme: str, body: object) -> None:
    odd = Answer(200, body)
    with HttpServer(takes_batches(scheme, odd, odd, odd)) as server:
        outcomes = handed(transport_to(scheme, server.url, batch=4), *MESSAGES)
    assert verdicts(outcomes) == [UNKNOWN] * 4
    assert len(batches_to(server, scheme)) == 1


def test_what_is_unclear_of_one_message_leaves_only_that_in_doubt() -> None:
    ok = {"ErrorCode": 0, "Message": "OK", "MessageID": "1"}
    delayed = {"Message": "Message accepted, but delivery may be delayed.", "MessageID": "2"}
    with HttpServer(takes_batches("postmark", Answer(200, [ok, {"Message": "?"}, delayed, ok]))) as server:
        outcomes = handed(transport_to("postmark", server.url, batch=4), *MESSAGES)
    assert verdicts(outcomes) == [ACCEPTED, UNKNOWN, ACCEPTED, ACCEPTED]


@pytest.mark.parametrize("code", [429, 100, 405])
def test_those_whom_postmark_would_take_at_another_time_come_back(code: int) -> None:
    """Its credits run out, say, in the middle of a batch."""
    later = {"ErrorCode": code, "Message": "not now"}
    with HttpServer(takes_batches("postmark", refused={PEOPLE[2]: later, PEOPLE[3]: later})) as server:
        outcomes = handed(transport_to("postmark", server.url, batch=4), *MESSAGES)
        assert verdicts(outcomes) == [ACCEPTED, ACCEPTED, None, None]
        with pytest.raises(AuthError if code == 405 else AnswerError, match="not now"):
            handed(transport_to("postmark", server.url, batch=4), *MESSAGES[2:])


def test_a_batch_holds_no_more_bytes_than_the_provider_takes(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = PROVIDERS[scheme]
    with HttpServer(takes_batches(scheme)) as server:
        handed(transport_to(scheme, server.url, batch=4), *MESSAGES)
        [whole] = batches_to(server, scheme)
        limit = len(whole.body) * 2 // 3
        monkeypatch.setitem(
            PROVIDERS, scheme, replace(provider, limits=replace(provider.limits, batch_size=limit))
        )
        transport = transport_to(scheme, server.url, batch=4)
        assert verdicts(handed(transport, *MESSAGES)) == [ACCEPTED, ACCEPTED, None, None]
        assert transport.batch_size == 2
        assert verdicts(handed(transport, *MESSAGES[2:])) == [ACCEPTED, ACCEPTED]
        assert transport.batch_size == 2
    assert all(len(one.body) <= limit for one in batches_to(server, scheme)[1:])


def test_a_message_larger_than_a_batch_goes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    provider = PROVIDERS["postmark"]
    limits = replace(provider.limits, batch_size=10)
    monkeypatch.setitem(PROVIDERS, "postmark", replace(provider, limits=limits))
    with HttpServer(takes_batches("postmark")) as server:
        outcomes = handed(transport_to("postmark", server.url, batch=4), *MESSAGES)
    assert verdicts(outcomes) == [ACCEPTED, None, None, None]
    assert not is_batch("postmark", batches_to(server, "postmark")[0])


def test_pictures_go_in_a_batch_where_it_has_room_for_them_and_else_one_by_one(scheme: str) -> None:
    issue = compiled(html=f'<p>Grüße</p><img src="cid:{OWL.content_id}">', images=(OWL,))
    messages = [built(issue, address=address) for address in PEOPLE[:2]]
    with HttpServer(takes_batches(scheme)) as server:
        transport = transport_to(scheme, server.url, batch=4)
        outcomes = handed(transport, *messages)
    [request] = batches_to(server, scheme)
    alone = scheme == "resend"
    assert verdicts(outcomes) == [ACCEPTED, None if alone else ACCEPTED]
    assert (is_batch(scheme, request), transport.batch_size) == (not alone, 1 if alone else 4)
    assert seen_in(scheme, [request])[0].pictures == (OWL.content_id,)


def test_too_large_a_batch_is_halved_for_good(scheme: str) -> None:
    with HttpServer(takes_batches(scheme, Answer(413, b"too large"))) as server:
        transport = transport_to(scheme, server.url, batch=4)
        assert handed(transport, *MESSAGES) == [None] * 4
        assert transport.batch_size == 2
        handed(transport, *MESSAGES[:2])
        handed(transport, *MESSAGES[2:])
        assert transport.batch_size == 2


def test_a_refused_batch_is_halved_until_it_is_one_message_that_is_refused(scheme: str) -> None:
    invalid = DIALECTS[scheme].invalid
    with HttpServer(takes_batches(scheme, invalid, invalid, invalid)) as server:
        transport = transport_to(scheme, server.url, batch=4)
        assert handed(transport, *MESSAGES) == [None] * 4
        assert handed(transport, *MESSAGES[:2]) == [None] * 2
        assert verdicts(handed(transport, MESSAGES[0])) == [REFUSED]
        assert transport.batch_size == 2
        handed(transport, *MESSAGES[1:3])
        assert transport.batch_size == 4


def test_resend_is_asked_to_take_the_sound_ones_under_one_key_for_all() -> None:
    with HttpServer(takes_batches("resend")) as server:
        for messages in (MESSAGES, MESSAGES, MESSAGES[:3]):
            handed(transport_to("resend", server.url, batch=4), *messages)
    first, again, fewer = (one.headers["idempotency-key"] for one in batches_to(server, "resend"))
    assert first == again != fewer
    assert batches_to(server, "resend")[0].headers["x-batch-validation"] == "permissive"


def test_codes_of_postmark_are_judged_as_those_of_a_single_message() -> None:
    with HttpServer(takes_batches("postmark", refused={PEOPLE[0]: INACTIVE})) as server:
        outcomes = handed(transport_to("postmark", server.url, batch=4), *MESSAGES)
    assert outcomes[0] == Outcome(REFUSED, 422, str(INACTIVE["Message"]))
