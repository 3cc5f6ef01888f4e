"""Amazon SES: our very bytes, keys from where boto3 looks for them, and what its own errors mean."""

import logging
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.compile.drawn import png
from tests.message.dkim_keys import dkimpy_accepts, signer
from tests.message.given import DATE, built, compiled, raw_headers
from tests.servers.http import Answer, HttpServer, Recorded, Reply
from tests.transport.esp.calls import deliver, scripted, sent_to, takes_all, transport_to, url_of
from tests.transport.esp.dialects import KEY, aws_error, raw_message
from tests.transport.esp.test_outcomes import ACCEPTED, IN_DOUBT, PLANNED, REFUSED, Sent

from mailer.compile.pictures import picture_of
from mailer.errors import AuthError, ConfigError
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import SendState
from mailer.message.envelope import Message
from mailer.message.outcome import Verdict
from mailer.transport.esp.endpoint import endpoint_of
from mailer.transport.esp.providers import SES
from mailer.transport.esp.ses import SesAdapter
from mailer.transport.registry import carries_bytes, open_transport, read_transport_url, rewritten_by

UNVERIFIED = "Email address is not verified. The following identities failed the check in region EU-WEST-1: "
SECRET = "AWS_SECRET_ACCESS_KEY"


def request_for(message: Message, query: str = "timeout=30") -> Recorded:
    with HttpServer(takes_all("ses")) as server:
        [outcome] = deliver(transport_to("ses", server.url, query), message)
    assert outcome is not None
    assert outcome.verdict is Verdict.ACCEPTED, outcome
    [request] = sent_to(server, "ses")
    return request


def refusing(answer: Answer) -> Callable[[Recorded], Reply]:
    """Answer the first message so, and take all others."""
    return scripted("ses", answer)


def test_the_request_holds_the_very_bytes_and_whom_the_envelope_names() -> None:
    owl = picture_of("images/owl.png", png(30, 20))
    page = f'<p>Grüße</p><img src="cid:{owl.content_id}">'
    message = built(compiled(html=page, images=(owl,), subject="Die Käuze"), name="Jörg, Ash")
    request = request_for(message)
    assert raw_message(request) == message.data
    assert {name: value for name, value in request.json.items() if name != "Content"} == {
        "Destination": {"ToAddresses": ["alice@example.org"]},
        "FeedbackForwardingEmailAddress": "bounces@example.com",
        "ConfigurationOverrides": {
            "Tracking": {"OpenTrackingEnabled": "DISABLED", "ClickTrackingEnabled": "DISABLED"}
        },
    }
    assert request.headers["user-agent"].startswith("mailer/")


def test_the_configuration_set_is_named_by_the_url_alone() -> None:
    message = built()
    assert "ConfigurationSetName" not in request_for(message).json
    request = request_for(message, "configuration_set=quiet_news")
    assert request.json["ConfigurationSetName"] == "quiet_news"
    assert not any(name.lower().startswith("x-ses-") for name, _ in raw_headers(message))


def test_a_signature_of_ours_covers_nothing_that_amazon_writes_over() -> None:
    assert carries_bytes("ses://eu-west-1")
    sign = replace(signer(), left_out=rewritten_by("ses://eu-west-1"))
    message = built()
    signed = raw_message(request_for(replace(message, data=sign(message.data, DATE))))
    assert dkimpy_accepts(signed)
    for name in (b"Date", b"Message-ID"):
        before, _, after = signed.partition(b"\r\n%s: " % name)
        signed = b"%s\r\n%s: theirs\r\n%s" % (before, name, after.partition(b"\r\n")[2])
    assert dkimpy_accepts(signed)
    assert not dkimpy_accepts(signed.replace(b"List-Unsubscribe-Post: ", b"List-Unsubscribe-Post: x"))


@pytest.mark.parametrize(
    "answer",
    [
        aws_error(400, "AccountSuspendedException", "Sending is restricted for good."),
        aws_error(400, "SendingPausedException", "Sending is paused."),
        aws_error(400, "MailFromDomainNotVerifiedException:http://internal.example/", "Not verified."),
        aws_error(403, "AccessDeniedException", "User news is not authorized to perform: ses:SendEmail"),
        aws_error(403, "InvalidClientTokenId", "The security token included is invalid."),
        aws_error(403, "SignatureDoesNotMatch", "Signature expired: 20261123T091200Z is now earlier"),
        aws_error(403, "ExpiredTokenException", "The security token included is expired."),
        aws_error(404, "NotFoundException", "Configuration set quiet does not exist."),
        aws_error(400, "MessageRejected", f"{UNVERIFIED}news@x.test"),
        aws_error(400, "MessageRejected", f"{UNVERIFIED}news@x.test, a@x.test"),
        aws_error(400, "MessageRejected", f"{UNVERIFIED}Bounces.x.test..."),
    ],
    ids=lambda answer: str(answer.body["message"])[-30:],
)
def test_what_concerns_everybody_stops_the_run_and_gives_back(ledger: Ledger, answer: Answer) -> None:
    with HttpServer(refusing(answer)) as server:
        sent = Sent(ledger, "ses", server.url, "a", "b")
    assert sent.states == {"a": PLANNED, "b": PLANNED}
    assert sent.state is SendState.PAUSED
    assert answer.body["message"] in sent.reason
    assert len(sent_to(server, "ses")) == 1


@pytest.mark.parametrize(
    "answer",
    [
        aws_error(400, "MessageRejected", "Address blacklisted."),
        aws_error(400, "MessageRejected", f"{UNVERIFIED}A@x.test"),
        aws_error(400, "BadRequestException", "Domain contains illegal character"),
        aws_error(413, "RequestEntityTooLargeException", "Request too large"),
    ],
    ids=lambda answer: str(answer.body["message"])[-30:],
)
def test_what_concerns_one_recipient_refuses_that_one(ledger: Ledger, answer: Answer) -> None:
    with HttpServer(refusing(answer)) as server:
        sent = Sent(ledger, "ses", server.url, "a", "b")
    assert sent.states == {"a": REFUSED, "b": ACCEPTED}
    assert sent.reply["a"].endswith(answer.body["message"])
    assert len(sent_to(server, "ses")) == 2


@pytest.mark.parametrize("code", ["ThrottlingException", "Throttling", "LimitExceededException"])
@pytest.mark.parametrize("status", [400, 429])
def test_too_many_requests_are_made_again_later_whatever_the_status(
    ledger: Ledger, code: str, status: int
) -> None:
    with HttpServer(refusing(aws_error(status, code, "Maximum sending rate exceeded."))) as server:
        sent = Sent(ledger, "ses", server.url, "a", "b")
    assert sent.states == {"a": ACCEPTED, "b": ACCEPTED}
    assert sent.time.seconds == 1
    assert len(sent_to(server, "ses")) == 3


def test_a_server_that_stumbles_leaves_doubt_and_nothing_is_repeated(ledger: Ledger) -> None:
    with HttpServer(refusing(aws_error(503, "ServiceUnavailable", "Try again"))) as server:
        sent = Sent(ledger, "ses", server.url, "a", "b")
    assert sent.states == {"a": IN_DOUBT, "b": ACCEPTED}
    assert len(sent_to(server, "ses")) == 2


def test_a_message_as_large_as_amazon_takes_goes_out_and_a_larger_one_does_not() -> None:
    message = built()
    fits = replace(message, data=message.data.ljust(40 * 1024 * 1024, b"x"))
    with HttpServer(takes_all("ses")) as server:
        outcomes = deliver(transport_to("ses", server.url), fits, replace(message, data=fits.data + b"x"))
    assert [one.verdict for one in outcomes if one] == [Verdict.ACCEPTED, Verdict.REFUSED]
    assert len(sent_to(server, "ses")) == 1


@pytest.mark.parametrize("missing", [SECRET, "AWS_ACCESS_KEY_ID"])
def test_a_key_of_which_half_is_missing_is_told_by_that_variable(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET, KEY)
    monkeypatch.delenv(missing)
    with pytest.raises(AuthError, match=missing) as found:
        open_transport("ses://eu-west-1").open()
    assert missing in found.value.hint


def test_the_name_of_the_key_may_stand_in_the_url() -> None:
    with HttpServer(takes_all("ses")) as server:
        url = url_of("ses", server.url).replace("eu-west-1", "AKIAOTHER@eu-west-1")
        deliver(open_transport(url, secret=lambda: KEY), built())
    assert "Credential=AKIAOTHER/" in sent_to(server, "ses")[0].headers["authorization"]


def test_a_session_token_goes_along_and_is_shown_nowhere(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("AWS_SESSION_TOKEN", "IQoJb3JpZ2lu//ab+c=")
    said = "should have been x-amz-security-token:IQoJb3JpZ2lu//ab+c= and so on"
    escaped = Answer(
        403,
        b'{"message": "%s"}' % said.replace("/", r"\/").replace("I", r"\u0049").encode(),
        {"x-amzn-ErrorType": "SignatureDoesNotMatch"},
    )
    with HttpServer(refusing(escaped)) as server:
        transport = transport_to("ses", server.url)
        transport.open()
        with pytest.raises(AuthError) as found:
            transport.deliver([built()], lambda messages: messages)
        transport.close()
    assert sent_to(server, "ses")[0].headers["x-amz-security-token"] == "IQoJb3JpZ2lu//ab+c="
    shown = "".join([*traceback.format_exception(found.value), found.value.hint, caplog.text])
    assert "security-token:•••" in shown
    assert "IQoJb3JpZ2lu" not in shown
    assert "alice@example.org" not in caplog.text


def test_a_profile_gives_keys_and_amazons_metadata_service_is_never_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    credentials = tmp_path / "credentials"
    credentials.write_text(
        f"[news]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = {KEY}\n[bare]\n"
    )
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(credentials))
    with HttpServer(takes_all("ses")) as server, HttpServer(lambda _: Answer(200, b"role")) as metadata:
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.url)
        monkeypatch.setenv("AWS_PROFILE", "news")
        deliver(open_transport(url_of("ses", server.url)), built())
        for profile in ("bare", "absent"):
            monkeypatch.setenv("AWS_PROFILE", profile)
            with pytest.raises(AuthError, match="no keys for Amazon SES") as found:
                open_transport(url_of("ses", server.url)).open()
            assert "AWS_PROFILE" in found.value.hint
    assert "Credential=AKIAPROFILE/" in sent_to(server, "ses")[0].headers["authorization"]
    assert not metadata.requests


def test_a_key_that_may_do_nothing_but_send_will_do() -> None:
    denied = aws_error(403, "AccessDeniedException", "not authorized to perform: ses:GetAccount")
    well = takes_all("ses")
    with HttpServer(lambda request: denied if request.method == "GET" else well(request)) as server:
        [outcome] = deliver(transport_to("ses", server.url), built())
    assert outcome is not None
    assert outcome.verdict is Verdict.ACCEPTED
    assert [one.path for one in server.requests] == ["/v2/email/account", "/v2/email/outbound-emails"]


@pytest.mark.parametrize(
    "url",
    [
        "ses://",
        "ses://evil.example",
        "ses://eu-west-1.evil.example",
        "ses://eu-west",
        "ses://eu-west-1?configuration_set=two words",
        "ses://eu-west-1/path",
        "ses://eu-west-1?api=https://email.eu-west-1.amazonaws.com/",
    ],
)
def test_a_url_names_a_region_and_no_host_but_this_machine(url: str) -> None:
    with pytest.raises(ConfigError) as found:
        open_transport(url)
    assert "ses://eu-west-1" in found.value.hint or "this machine" in found.value.hint


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SESV2"])
def test_boto3s_own_variable_leads_to_this_machine_and_nowhere_else(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with HttpServer(takes_all("ses")) as server:
        monkeypatch.setenv(name, server.url)
        deliver(open_transport("ses://eu-west-1", secret=lambda: KEY), built())
    assert raw_message(sent_to(server, "ses")[0]) == built().data
    address = read_transport_url("ses://eu-west-1")
    for elsewhere in ("https://minio.example.com", "http://evil.example/"):
        monkeypatch.setenv(name, elsewhere)
        adapter = SesAdapter(endpoint_of(address, SES), KEY)
        assert adapter.carry(built()).request.url.startswith("https://email.eu-west-1.amazonaws.com/")
