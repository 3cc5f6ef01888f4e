"""What a provider is told of a message: the headers and bodies that SMTP would carry, and to watch nobody."""

import re
from collections.abc import Mapping
from html import unescape
from urllib.parse import unquote_plus

import pytest
from tests.compile.drawn import png
from tests.message.given import DATE, SECRET, built, compiled, part, raw_headers, sender
from tests.servers.http import HttpServer
from tests.transport.esp.calls import BY_PARTS, SCHEMES, deliver, sent_to, takes_all, transport_to
from tests.transport.esp.dialects import DIALECTS, Seen

from mailer.compile.pictures import picture_of
from mailer.errors import TransportError
from mailer.message.build import prepare_messages
from mailer.message.envelope import Message
from mailer.message.outcome import Verdict
from mailer.transport.base import Particular
from mailer.transport.esp.provider import WATCHED, Fate
from mailer.transport.esp.providers import PROVIDERS

OWL = picture_of("images/owl.png", png(30, 20))
PAGE = f'<p>Grüße</p><img src="cid:{OWL.content_id}">'
HEADERS = (
    ("From", "Grüße, & Notes <news@example.com>"),
    ("Reply-To", "editors@example.com"),
    ("List-Id", "Grüße <news.example.com>"),
    ("Feedback-ID", "autumn:fieldnotes"),
)
MESSAGE = built(compiled(headers=HEADERS, subject="Die Käuze sind zurück"), name="Jörg, Ash")


def told(scheme: str, message: Message) -> Seen:
    with HttpServer(takes_all(scheme)) as server:
        [outcome] = deliver(transport_to(scheme, server.url), message)
    assert outcome is not None
    assert outcome.verdict is Verdict.ACCEPTED, outcome
    [request] = sent_to(server, scheme)
    assert DIALECTS[scheme].untracked(request)
    assert DIALECTS[scheme].holds_key(request)
    return DIALECTS[scheme].see(request)


@pytest.mark.parametrize("scheme", BY_PARTS)
def test_bodies_subject_and_addresses_are_those_of_the_message(scheme: str) -> None:
    seen = told(scheme, MESSAGE)
    assert seen.text == part(MESSAGE, "plain").replace("\r\n", "\n")
    assert seen.html == part(MESSAGE, "html").replace("\r\n", "\n")
    assert seen.subject == "Die Käuze sind zurück"
    assert "alice@example.org" in seen.to
    assert "news@example.com" in seen.sender
    assert "editors@example.com" in seen.reply_to


@pytest.mark.parametrize("scheme", BY_PARTS)
def test_headers_a_newsletter_lives_by_are_those_of_the_message(scheme: str) -> None:
    seen = told(scheme, MESSAGE)
    written = {name: value.decode() for name, value in raw_headers(MESSAGE)}
    for name in WATCHED:
        left_out = PROVIDERS[scheme].fate(name) is Fate.LEFT_OUT
        assert left_out == (name.lower() in DIALECTS[scheme].not_sent)
        if left_out:
            assert name.lower() not in seen.headers
        elif name == "List-Id":
            assert seen.headers["list-id"] == "<news.example.com>"  # its name is not ASCII
        else:
            assert seen.headers[name.lower()] == written[name]
    assert "date" not in seen.headers
    assert not any("=?" in value for name, value in seen.headers.items() if name != "to")


@pytest.mark.parametrize("scheme", [one for one in BY_PARTS if PROVIDERS[one].pictures])
def test_pictures_go_inside_and_keep_the_name_that_the_page_calls_them_by(scheme: str) -> None:
    message = built(compiled(html=PAGE, images=(OWL,)))
    with HttpServer(takes_all(scheme)) as server:
        [outcome] = deliver(transport_to(scheme, server.url), message)
    assert outcome is not None
    assert outcome.verdict is Verdict.ACCEPTED
    seen = DIALECTS[scheme].see(sent_to(server, scheme)[0])
    assert seen.pictures == (OWL.content_id,)
    assert f"cid:{OWL.content_id}" in seen.html


@pytest.mark.parametrize("scheme", [one for one in BY_PARTS if not PROVIDERS[one].pictures])
def test_where_there_is_no_place_for_pictures_the_run_stops_before_it_begins(scheme: str) -> None:
    message = built(compiled(html=PAGE, images=(OWL,)))
    with HttpServer(takes_all(scheme)) as server, pytest.raises(TransportError, match="no pictures") as found:
        deliver(transport_to(scheme, server.url), message)
    assert not sent_to(server, scheme)
    assert "newsletter.url" in found.value.hint


@pytest.mark.parametrize("scheme", ["brevo", "resend"])
def test_a_copy_has_one_key_at_whatever_time_it_is_built(scheme: str) -> None:
    later, other = built(date=DATE.replace(hour=22)), built(address="bob@example.org")
    with HttpServer(takes_all(scheme)) as server:
        deliver(transport_to(scheme, server.url), built(), later, other)
    name = {"brevo": "idempotencykey", "resend": "idempotency-key"}[scheme]
    requests = sent_to(server, scheme)
    keys = [{**one.headers, **DIALECTS[scheme].see(one).headers}[name] for one in requests]
    assert keys[0] == keys[1] != keys[2]
    assert requests[0].body == requests[1].body != requests[2].body


def test_postmark_is_told_the_stream_and_to_keep_our_message_id() -> None:
    with HttpServer(takes_all("postmark")) as server:
        deliver(transport_to("postmark", server.url), built())
    [request] = sent_to(server, "postmark")
    assert request.json["MessageStream"] == "broadcast"
    assert {"Name": "X-PM-KeepID", "Value": "true"} in request.json["Headers"]


def test_a_message_larger_than_the_provider_takes_is_refused_unsent() -> None:
    message = MESSAGE
    large = Message(message.key, message.envelope, message.message_id, message.data + b"x" * 11 * 1024 * 1024)
    with HttpServer(takes_all("postmark")) as server:
        [outcome] = deliver(transport_to("postmark", server.url), large)
    assert outcome is not None
    assert outcome.verdict is Verdict.REFUSED
    assert "10,485,760" in outcome.text
    assert not sent_to(server, "postmark")


def test_sendgrid_is_given_names_without_the_marks_that_it_refuses() -> None:
    with HttpServer(takes_all("sendgrid")) as server:
        deliver(transport_to("sendgrid", server.url), built(name="Ash, Jörg; Dr."))
    [request] = sent_to(server, "sendgrid")
    assert request.json["personalizations"][0]["to"][0]["name"] == "Ash Jörg Dr."


_BRACED = ("{{ contact.EMAIL }}", "{% if %}", "{{{x}}}")
FILLS = {
    "brevo": _BRACED,
    "mailersend": (*_BRACED, "{$name}", "{# a #}"),
    "mailgun": ("%recipient%", "%recipient.name%", "%unsubscribe_url%", "%tag_unsubscribe_url%"),
    "postmark": ("{{{ pm:unsubscribe }}}", "{{{pm:unsubscribe_url}}}", "{{ pm:unsubscribe }}"),
    "sparkpost": _BRACED,
    "unisender-go": _BRACED,
}
"""What each provider would fill, if it were let."""

EACH = [(scheme, mark) for scheme, marks in FILLS.items() for mark in marks]


def test_whatever_fills_is_tested() -> None:
    assert list(FILLS) == [scheme for scheme in SCHEMES if PROVIDERS[scheme].fills]


@pytest.mark.parametrize("scheme", FILLS)
def test_nothing_on_a_page_is_filled_by_the_providers_own_templates(scheme: str) -> None:
    value = " ".join(FILLS[scheme])
    page = "<style>@media print{#a{color:red}}</style><p>{{ recipient.first_name }}</p>"
    message = built(compiled(html=page, text="-"), values={"first_name": value})
    assert value in part(message, "html")
    seen = told(scheme, message)
    assert not re.search(PROVIDERS[scheme].fills, seen.html)
    assert value in unescape(seen.html)
    assert "{#a{" in seen.html.replace("{ #", "{#")


@pytest.mark.parametrize(("scheme", "mark"), EACH)
@pytest.mark.parametrize(
    "changed", [{"subject": "{{ recipient.first_name }}"}, {"text": "{{ recipient.first_name }}"}]
)
def test_where_it_cannot_be_escaped_only_the_reader_whose_value_would_be_filled_is_refused(
    scheme: str, mark: str, changed: Mapping[str, str]
) -> None:
    message = built(compiled(**changed), values={"first_name": mark})
    other = built(compiled(**changed), values={"first_name": "Bob, 100% {x}"})
    with HttpServer(takes_all(scheme)) as server:
        outcomes = deliver(transport_to(scheme, server.url), message, other)
    assert [one and one.verdict for one in outcomes] == [Verdict.REFUSED, Verdict.ACCEPTED]
    assert outcomes[0]
    assert f"would fill '{mark}'" in outcomes[0].text
    assert len(sent_to(server, scheme)) == 1


@pytest.mark.parametrize(("scheme", "mark"), EACH)
@pytest.mark.parametrize("place", ["subject", "text"])
def test_an_issue_that_says_so_itself_is_refused_before_anybody_is_mailed(
    scheme: str, mark: str, place: str
) -> None:
    issue = compiled(**{place: f"Hi {{{{ recipient.x }}}}, {{{{ {mark!r} }}}} it is"})
    transport = transport_to(scheme, "http://127.0.0.1:9")
    assert isinstance(transport, Particular)
    with pytest.raises(TransportError, match=re.escape(mark)) as found:
        transport.require(prepare_messages(issue, sender(), SECRET))
    assert PROVIDERS[scheme].name in found.value.message
    assert "another transport" in found.value.hint


@pytest.mark.parametrize("scheme", SCHEMES)
def test_an_issue_with_merge_fields_of_ours_alone_may_go(scheme: str) -> None:
    transport = transport_to(scheme, "http://127.0.0.1:9")
    assert isinstance(transport, Particular)
    page = "<p>{{ '{{ x }} {$y} %recipient% {{{ pm:unsubscribe }}}' }}</p>"
    for issue in (compiled(), compiled(html=page, text="100% {x} {{ recipient.first_name }}")):
        transport.require(prepare_messages(issue, sender(), SECRET))


@pytest.mark.parametrize("scheme", [one for one in BY_PARTS if not PROVIDERS[one].pictures])
def test_an_issue_with_pictures_inside_is_refused_before_anything_is_planned(scheme: str) -> None:
    transport = transport_to(scheme, "http://127.0.0.1:9")
    assert isinstance(transport, Particular)
    with pytest.raises(TransportError, match="no pictures"):
        transport.require(prepare_messages(compiled(html=PAGE, images=(OWL,)), sender(), SECRET))


@pytest.mark.parametrize("scheme", FILLS)
def test_names_are_not_filled_either(scheme: str) -> None:
    marks = FILLS[scheme]
    with HttpServer(takes_all(scheme)) as server:
        deliver(transport_to(scheme, server.url), built(name=f"Ash {' '.join(marks)} Dr."))
    [request] = sent_to(server, scheme)
    body = unquote_plus(request.body.decode())
    assert "Ash" in body
    assert not re.search(PROVIDERS[scheme].fills, body)


@pytest.mark.parametrize("scheme", sorted(set(BY_PARTS) - set(FILLS)))
def test_others_carry_braces_as_they_are(scheme: str) -> None:
    message = built(compiled(subject="{{ recipient.first_name }}"), values={"first_name": "{{ x }}"})
    assert told(scheme, message).subject == "{{ x }}"
