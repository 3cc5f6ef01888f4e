"""API keys: where they come from; a wrong one is found before the first message; nobody sees one."""

import logging
import traceback
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from tests.message.given import built
from tests.servers.http import Answer, HttpServer, Recorded, Reply
from tests.transport.esp.calls import SCHEMES, deliver, scripted, sent_to, takes_all, transport_to, url_of
from tests.transport.esp.dialects import DIALECTS, KEY

from mailer.config.secret import Secret
from mailer.errors import AuthError, ConnectError, TransportError
from mailer.transport.esp.providers import PROVIDERS
from mailer.transport.registry import open_transport

CHECKED = [scheme for scheme in SCHEMES if PROVIDERS[scheme].check]


def answers_checks_with(scheme: str, reply: Reply) -> Callable[[Recorded], Reply]:
    well = takes_all(scheme)
    return lambda request: well(request) if DIALECTS[scheme].is_message(request) else reply


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_missing_key_is_told_by_the_name_of_its_variable(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PROVIDERS[scheme].key, raising=False)
    with pytest.raises(AuthError, match=PROVIDERS[scheme].key) as found:
        open_transport(url_of(scheme, "http://127.0.0.1:9/")).open()
    assert PROVIDERS[scheme].key in found.value.hint


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_key_is_read_from_the_providers_own_variable(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PROVIDERS[scheme].key, f" {KEY}\n")
    with HttpServer(takes_all(scheme)) as server:
        deliver(open_transport(url_of(scheme, server.url)), built())
    assert all(DIALECTS[scheme].holds_key(one) for one in sent_to(server, scheme))


@pytest.mark.parametrize("key", [f"{KEY}\nX-Other: header", f"{KEY}•••", f"{KEY}é", f"{KEY}\x00"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_cannot_be_a_key_is_told_without_being_shown(scheme: str, key: str) -> None:
    with pytest.raises(AuthError, match=f"{PROVIDERS[scheme].key} holds what no API key does") as found:
        transport_to(scheme, "http://127.0.0.1:9/", secret=lambda: key).open()
    assert KEY not in "".join(traceback.format_exception(found.value))


@pytest.mark.parametrize("scheme", CHECKED)
def test_a_rejected_key_is_found_by_opening_and_named_by_its_place(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUR_KEY", KEY)
    wrong = DIALECTS[scheme].wrong_key
    with HttpServer(answers_checks_with(scheme, wrong)) as server:
        transport = open_transport(url_of(scheme, server.url), secret=Secret("env", "OUR_KEY"))
        with pytest.raises(AuthError, match="the environment variable OUR_KEY"):
            transport.open()
        with pytest.raises(AuthError):  # again: only a key that was taken is taken as known
            transport.open()
    assert not sent_to(server, scheme)


def test_a_key_is_looked_at_once_for_all_connections() -> None:
    with HttpServer(takes_all("postmark")) as server:
        for _ in range(3):
            deliver(transport_to("postmark", server.url), built())
    assert [one.path for one in server.requests] == ["/server", "/email", "/email", "/email"]


@pytest.mark.parametrize(
    ("scheme", "reply"),
    [
        ("resend", Answer(401, {"name": "restricted_api_key", "message": "only send emails"})),
        ("mailersend", Answer(403, {"message": "This action is unauthorized."})),
        ("postmark", Answer(500, b"oops")),
        ("postmark", Answer(429, b"slow down")),
        ("sendgrid", Answer(404, b"no such page")),
    ],
)
def test_a_key_that_may_only_send_will_do_and_so_will_an_answer_that_tells_nothing(
    scheme: str, reply: Answer
) -> None:
    with HttpServer(answers_checks_with(scheme, reply)) as server:
        [outcome] = deliver(transport_to(scheme, server.url), built())
    assert outcome is not None
    assert outcome.verdict == "accepted"


@pytest.mark.parametrize(("opens", "works"), [(True, False), (False, True), ("true", True)])
def test_a_server_that_watches_readers_whatever_a_request_says_is_not_used(
    opens: bool | str, works: bool
) -> None:
    settings = Answer(200, {"ID": 1, "Name": "News", "TrackOpens": opens, "TrackLinks": "HtmlAndText"})
    with HttpServer(answers_checks_with("postmark", settings)) as server:
        transport = transport_to("postmark", server.url)
        for _ in range(2):
            with nullcontext() if works else pytest.raises(TransportError, match="watches who opens"):
                transport.open()
        transport.close()


def test_a_provider_out_of_reach_is_found_by_opening() -> None:
    with pytest.raises(ConnectError, match="cannot be reached"):
        transport_to("postmark", "http://127.0.0.1:9/").open()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_error_and_no_log_shows_the_key(
    scheme: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = Answer(401, {"message": f"the key {KEY} is unknown", "code": KEY})
    with HttpServer(scripted(scheme, echo)) as server:
        transport = transport_to(scheme, server.url)
        transport.open()
        with pytest.raises(AuthError) as found:
            transport.deliver([built()], lambda messages: messages)
    shown = [*traceback.format_exception(found.value), found.value.hint, repr(transport)]
    assert KEY not in "".join([*shown, caplog.text, *capfd.readouterr()])
    assert "alice@example.org" not in caplog.text
    transport.close()


def test_a_netrc_is_no_place_for_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else")
    monkeypatch.setenv("NETRC", str(netrc))
    with HttpServer(takes_all("resend")) as server:
        deliver(transport_to("resend", server.url), built())
    assert sent_to(server, "resend")[0].headers["authorization"] == f"Bearer {KEY}"
