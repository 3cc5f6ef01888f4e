"""Answers -> outcomes, without a network."""

from datetime import UTC, datetime

import pytest

from mailer.errors import AnswerError, AuthError, ConnectError, TransportTimeout
from mailer.message.outcome import Outcome, Verdict
from mailer.sending.retry import is_transient
from mailer.transport.esp.exchange import Answer, Reply, Silence, without
from mailer.transport.esp.provider import Provider
from mailer.transport.esp.providers import BREVO, MANDRILL, POSTMARK, RESEND
from mailer.transport.esp.verdict import Answered, Receipt, fault_of, judge, wait_asked

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def judged(
    answer: Answer, doubt: Answer | None = None, *, status: str = "queued", provider: Provider = RESEND
) -> Outcome:
    def read(_reply: Reply) -> Receipt:
        return Receipt(status, "their-id")

    return judge(Answered(answer, doubt), provider, read, key="the environment variable X", now=NOW)


@pytest.mark.parametrize(
    ("word", "verdict"),
    [
        ("sent", Verdict.ACCEPTED),
        ("queued", Verdict.ACCEPTED),
        ("invalid", Verdict.REFUSED),
        ("rejected", Verdict.REFUSED),
        ("failed", Verdict.DEFERRED),
        ("unknown", Verdict.UNKNOWN),
        ("something new", Verdict.UNKNOWN),
    ],
)
def test_a_receipt_says_what_became_of_the_recipient(word: str, verdict: Verdict) -> None:
    outcome = judged(Reply(200), status=word)
    assert (outcome.verdict, outcome.provider_id) == (verdict, "their-id")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Silence("cannot be reached", begun=False), ConnectError),
        (Silence("no answer in time", begun=False, timeout=True), TransportTimeout),
        (Reply(401), AuthError),
        (Reply(402), AuthError),
        (Reply(403), AuthError),
        (Reply(404), AnswerError),
        (Reply(301), AnswerError),
        (Reply(408), AnswerError),
        (Reply(429), AnswerError),
    ],
)
def test_what_concerns_every_message_is_an_error(answer: Answer, error: type[Exception]) -> None:
    with pytest.raises(error):
        judged(answer)


@pytest.mark.parametrize("status", [408, 425, 429])
def test_only_what_time_mends_is_tried_again(status: int) -> None:
    with pytest.raises(AnswerError) as found:
        judged(Reply(status))
    assert is_transient(found.value)
    with pytest.raises(AnswerError) as found:
        judged(Reply(404))
    assert not is_transient(found.value)


@pytest.mark.parametrize("status", [400, 406, 409, 413, 415, 418, 422, 451])
def test_any_other_no_concerns_the_recipient(status: int) -> None:
    def read(_reply: Reply) -> None:
        return None

    outcome = judge(Answered(Reply(status)), POSTMARK, read, key="", now=NOW)
    assert outcome.verdict is Verdict.REFUSED


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 599])
def test_a_server_that_stumbles_may_have_taken_the_message(status: int) -> None:
    assert judged(Reply(status)).verdict is Verdict.UNKNOWN


def test_a_providers_own_code_tells_apart_what_its_status_does_not() -> None:
    body = b'{"status": "error", "code": -2, "name": "ValidationError", "message": "bad address"}'
    outcome = judge(Answered(Reply(500, body=body)), MANDRILL, lambda _: None, key="", now=NOW)
    assert outcome == Outcome(Verdict.REFUSED, 500, "bad address")


@pytest.mark.parametrize(
    ("body", "code", "text"),
    [
        (b'{"ErrorCode": 406, "Message": "inactive"}', "406", "inactive"),
        (b'{"name": "validation_error", "message": "bad", "statusCode": 422}', "validation_error", "bad"),
        (b'{"errors": [{"field": null, "message": "first"}, {"message": "second"}]}', "", "first"),
        (b'{"Messages": [{"Errors": [{"ErrorCode": "mj-1", "ErrorMessage": "x"}]}]}', "mj-1", "x"),
        (b"<p>Bad\r\n\x1b[31mGateway", "", "<p>Bad [31mGateway"),
        (b'"text"', "", ""),
        (b"[[[[]]]]", "", ""),
        (b"", "", ""),
        (b"\xff\xfe", "", "\ufffd\ufffd"),
    ],
)
def test_what_is_wrong_is_found_wherever_a_provider_says_it(body: bytes, code: str, text: str) -> None:
    fault = fault_of(Reply(400, body=body))
    assert (fault.code, fault.text) == (code, text)


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"a":' * 900 + b"1" + b"}" * 900, b'{"a":' * 3000 + b"1" + b"}" * 3000]
)
def test_an_answer_nested_without_end_says_nothing(body: bytes) -> None:
    assert len(fault_of(without(["secret"], Reply(200, {}, body))).text) <= 500


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "Mon, 23 Nov 2026 12:00:30 GMT"}, 30),
        ({"retry-after": "Mon, 23 Nov 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Mon, 01 Jan 99999999999 00:00:00 GMT"}, None),
        ({"retry-after": "-5"}, None),
        ({"ratelimit-reset": "2"}, 2),
        ({"x-ratelimit-reset": str(int(NOW.timestamp()) + 9)}, 9),
        ({"x-sib-ratelimit-reset": "0.5"}, 0.5),
        ({"retry-after": "3", "ratelimit-reset": "1"}, 3),
    ],
)
def test_how_long_to_wait_is_understood_in_each_form(headers: dict[str, str], seconds: float | None) -> None:
    assert wait_asked(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        ("0.2", "1 second"),
        ("90", "90 seconds"),
        ("121", "3 minutes"),
        ("7100", "119 minutes"),
        ("80000", "23 hours"),
        ("200000", "3 days"),
    ],
)
def test_who_is_to_slow_down_is_told_for_how_long_where_the_provider_says_so(
    seconds: str, words: str
) -> None:
    quota = b'{"name": "daily_quota_exceeded", "message": "You have reached your quota"}'
    with pytest.raises(AnswerError, match=rf"You have reached your quota \(it asks to wait {words}\)$"):
        judged(Reply(429, {"retry-after": seconds}, quota))
    with pytest.raises(AnswerError, match=r"You have reached your quota$"):
        judged(Reply(429, {}, quota))


@pytest.mark.parametrize("code", ["invalid_access", "invalid_region", "invalid_from_address"])
def test_what_resend_says_of_the_account_stops_the_run(code: str) -> None:
    body = f'{{"statusCode": 422, "name": "{code}", "message": "no"}}'.encode()
    with pytest.raises(AuthError, match="422 no"):
        judged(Reply(422, {}, body))


def test_after_a_doubt_only_a_clear_word_about_the_message_ends_it() -> None:
    doubt = Silence("no answer in time", begun=True, timeout=True)
    assert judged(Reply(200), doubt).verdict is Verdict.ACCEPTED
    assert judged(Reply(422), doubt).verdict is Verdict.REFUSED
    for unclear in (
        Reply(401),
        Reply(429),
        Reply(404),
        Reply(500),
        Silence("cannot be reached", begun=False),
    ):
        assert judged(unclear, doubt).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("doubt", "verdict"),
    [
        (Silence("the connection was lost", begun=True), Verdict.ACCEPTED),
        (Reply(500), Verdict.UNKNOWN),
        (None, Verdict.UNKNOWN),
    ],
)
def test_a_key_that_brevo_knows_is_proof_only_where_it_had_not_answered(
    doubt: Answer | None, verdict: Verdict
) -> None:
    known = Reply(400, {}, b'{"code": "duplicate_parameter", "message": "used already"}')
    assert judged(known, doubt, provider=BREVO).verdict is verdict
