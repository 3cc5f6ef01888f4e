import ssl
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from tests.servers.certificate import Certificate, self_signed
from tests.servers.smtp import DROP, EXTENSIONS, HANG, LATE, RECORD_AND_DROP, Reply, SmtpServer
from tests.transport.spec import Handed, TransportSpec, let_all_go, make_message, verdicts

from mailer.address import Address
from mailer.errors import AnswerError, AuthError, ConfigError, ConnectError, TransportError, TransportTimeout
from mailer.message.envelope import Message
from mailer.message.outcome import Verdict
from mailer.sending.retry import is_transient
from mailer.transport.base import Transport
from mailer.transport.registry import open_transport, read_transport_url
from mailer.transport.smtp.relay import relay_of

PASSWORD = "S3CR3T-canary"
ACCEPTED, DEFERRED, REFUSED, UNKNOWN = Verdict


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("certificate"))


def connect_to(
    server: SmtpServer, query: str = "", *, user: str = "", password: str | None = None
) -> Transport:
    url = server.url.replace("://", f"://{user}@" if user else "://")
    return open_transport(f"{url}?{query}", secret=lambda: password)


def deliver(server: SmtpServer, *messages: Message, query: str = "") -> list[tuple[Verdict, int, str] | None]:
    transport = connect_to(server, query)
    transport.open()
    outcomes = [transport.deliver([message], let_all_go)[0] for message in messages]
    transport.close()
    return [(one.verdict, one.code, one.text) if one else None for one in outcomes]


class SmtpSpec(TransportSpec):
    @pytest.fixture
    def handed(self, server: SmtpServer) -> Handed:
        return lambda: [message.data for message in server.messages]


class TestSmtp(SmtpSpec):
    @pytest.fixture
    def server(self) -> Iterator[SmtpServer]:
        with SmtpServer() as server:
            yield server

    @pytest.fixture
    def transport(self, server: SmtpServer) -> Transport:
        return connect_to(server)


class TestSmtpWithoutSmtputf8(SmtpSpec):
    @pytest.fixture
    def server(self) -> Iterator[SmtpServer]:
        with SmtpServer(extensions=["8BITMIME"]) as server:
            yield server

    @pytest.fixture
    def transport(self, server: SmtpServer) -> Transport:
        return connect_to(server)


class TestSmtpWithStarttlsAndLogin(SmtpSpec):
    @pytest.fixture
    def server(self, certificate: Certificate) -> Iterator[SmtpServer]:
        with SmtpServer(context=certificate.context(), login=("news", PASSWORD)) as server:
            yield server

    @pytest.fixture
    def transport(self, server: SmtpServer, certificate: Certificate) -> Transport:
        return connect_to(server, f"tls=required&ca={certificate.path}", user="news", password=PASSWORD)


class TestSmtps(SmtpSpec):
    @pytest.fixture
    def server(self, certificate: Certificate) -> Iterator[SmtpServer]:
        with SmtpServer(context=certificate.context(), implicit_tls=True) as server:
            yield server

    @pytest.fixture
    def transport(self, server: SmtpServer, certificate: Certificate) -> Transport:
        return connect_to(server, f"ca={certificate.path}")


# A session


def test_connection_is_used_for_one_message_after_another() -> None:
    with SmtpServer() as server:
        deliver(server, *map(make_message, range(5)))
    assert server.connections == 1
    assert server.commands[-1] == "QUIT"


def test_reply_to_the_dot_is_kept_in_one_clean_line() -> None:
    with SmtpServer({"DOT": "250-2.0.0 queued\r\n250 as \x1b[31m4XYZ\u202e\tnow"}) as server:
        assert deliver(server, make_message()) == [(ACCEPTED, 250, "2.0.0 queued as [31m4XYZ now")]


def test_envelope_holds_return_path_and_reader() -> None:
    with SmtpServer() as server:
        deliver(server, make_message())
    assert (server.messages[0].sender, server.messages[0].recipient) == (
        "news@example.com",
        "reader1@example.org",
    )


def test_starttls_comes_before_login_and_mail(certificate: Certificate) -> None:
    with SmtpServer(context=certificate.context(), login=("news", PASSWORD)) as server:
        transport = connect_to(server, f"tls=required&ca={certificate.path}", user="news", password=PASSWORD)
        transport.open()
        transport.deliver([make_message()], let_all_go)
        transport.close()
    assert [command.split()[0].upper() for command in server.commands][:4] == [
        "EHLO",
        "STARTTLS",
        "EHLO",
        "AUTH",
    ]
    assert server.messages[0].tls
    assert server.messages[0].user == "news"


def test_certificate_may_be_trusted_by_the_environment(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    with SmtpServer(context=certificate.context(), implicit_tls=True) as server:
        assert deliver(server, make_message())[0]


def test_name_said_in_ehlo_can_be_chosen() -> None:
    with SmtpServer() as server:
        deliver(server, make_message(), query="name=mail.example.com")
        deliver(server, make_message())
    assert [command for command in server.commands if command.lower().startswith("ehlo")] == [
        "ehlo mail.example.com",
        "ehlo [127.0.0.1]",
    ]


def test_address_outside_ascii_goes_as_smtputf8() -> None:
    with SmtpServer() as server:
        [outcome] = deliver(server, make_message(recipient=Address("jörg", "example.org")))
        assert outcome
        assert outcome[0] is ACCEPTED
    assert server.messages[0].recipient == "jörg@example.org"
    assert "SMTPUTF8" in server.messages[0].options


# What a relay says about one message


@pytest.mark.parametrize("step", ["RCPT", "DATA", "DOT"])
@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("550 5.1.1 no such user", (REFUSED, 550, "5.1.1 no such user")),
        ("552 5.2.2 mailbox full", (REFUSED, 552, "5.2.2 mailbox full")),
        ("450 4.2.1 try later", (DEFERRED, 450, "4.2.1 try later")),
        ("452 4.3.1 disk full", (DEFERRED, 452, "4.3.1 disk full")),
    ],
)
def test_refusal_settles_one_message_and_the_next_one_goes(
    step: str, reply: str, outcome: tuple[Verdict, int, str]
) -> None:
    with SmtpServer({f"{step} reader1@example.org": reply}) as server:
        first, second = deliver(server, make_message(1), make_message(2))
        assert first == outcome
        assert second == (ACCEPTED, 250, "2.0.0 taken")
    assert [message.recipient for message in server.messages] == ["reader2@example.org"]
    assert server.connections == 1


def test_connection_is_renewed_when_reset_is_refused() -> None:
    with SmtpServer({"RCPT reader1@example.org": "550 no", "RSET": "500 what"}) as server:
        first, second = deliver(server, make_message(1), make_message(2))
        assert first == (REFUSED, 550, "no")
        assert second == (ACCEPTED, 250, "2.0.0 taken")
    assert server.connections == 2


# A connection that is lost


def test_idle_connection_that_the_relay_closed_is_opened_again() -> None:
    with SmtpServer() as server:
        transport = connect_to(server)
        transport.open()
        transport.deliver([make_message(1)], let_all_go)
        server.drop_connections()
        assert verdicts(transport.deliver([make_message(2)], let_all_go)) == [ACCEPTED]
        transport.close()
    assert server.connections == 2
    assert len(server.messages) == 2


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "BODY"])
@pytest.mark.parametrize("action", [DROP, "421 4.3.2 going down"])
def test_connection_lost_before_the_dot_is_tried_again_once(step: str, action: str) -> None:
    commits: list[str] = []

    def commit(messages: Sequence[Message]) -> Sequence[Message]:
        commits.extend(message.key for message in messages)
        return messages

    with SmtpServer({step: [action]}) as server:
        transport = connect_to(server)
        transport.open()
        body = "x" * 70 + "\r\n"  # too much for the buffers between the two
        assert verdicts(transport.deliver([make_message(body=body * 120_000)], commit)) == [ACCEPTED]
        transport.close()
    assert server.connections == 2
    assert len(server.messages) == 1
    assert commits == ["key1"]


def test_connection_lost_between_commit_and_the_dot_is_no_doubt() -> None:
    with SmtpServer() as server:

        def commit(messages: Sequence[Message]) -> Sequence[Message]:
            server.drop_connections()
            return messages

        transport = connect_to(server)
        transport.open()
        assert verdicts(transport.deliver([make_message()], commit)) == [DEFERRED]
        transport.close()
    assert server.messages == []


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
@pytest.mark.parametrize(
    ("action", "outcome"),
    [
        (DROP, (DEFERRED, 0, "closed the connection while handing over a message")),
        ("421 4.3.2 going down", (DEFERRED, 421, "4.3.2 going down")),
    ],
)
def test_message_that_loses_two_connections_is_deferred(
    step: str, action: str, outcome: tuple[Verdict, int, str]
) -> None:
    with SmtpServer({f"{step} reader1@example.org": action}) as server:
        first, second = deliver(server, make_message(1), make_message(2))
        assert first
        assert first[:2] == outcome[:2]
        assert first[2].endswith(outcome[2])
        assert second == (ACCEPTED, 250, "2.0.0 taken")


def test_connection_lost_after_the_dot_is_doubt() -> None:
    with SmtpServer({"DOT reader1@example.org": RECORD_AND_DROP}) as server:
        first, second = deliver(server, make_message(1), make_message(2))
        assert first
        assert first[0] is UNKNOWN
        assert second == (ACCEPTED, 250, "2.0.0 taken")
    assert [message.recipient for message in server.messages] == [
        "reader1@example.org",
        "reader2@example.org",
    ]


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [(HANG, UNKNOWN), ("what?", UNKNOWN), ("354 more", UNKNOWN), ("421 4.3.2 going down", DEFERRED)],
)
def test_odd_answer_to_the_dot(answer: str, verdict: Verdict) -> None:
    with SmtpServer({"DOT reader1@example.org": answer}) as server:
        first, second = deliver(server, make_message(1), make_message(2), query="wait=0.2")
        assert first
        assert first[0] is verdict
        assert second == (ACCEPTED, 250, "2.0.0 taken")
    assert server.connections == 2


def test_early_word_of_the_relay_is_not_taken_for_the_answer_to_the_dot() -> None:
    with SmtpServer({"DATA reader1@example.org": "354 go on\r\n250 2.0.0 already taken"}) as server:
        [outcome] = deliver(server, make_message(1))
        assert outcome
        assert outcome[0] is DEFERRED
    assert server.messages == []


# A transport that is broken


@pytest.mark.parametrize(
    ("script", "kind", "said"),
    [
        ({"GREETING": "554 5.7.1 go away"}, AnswerError, "554"),
        ({"GREETING": "421 4.3.2 too busy"}, AnswerError, "421"),
        ({"GREETING": DROP}, ConnectError, "closed the connection while greeting"),
        ({"GREETING": "HTTP/1.1 400 Bad Request"}, AnswerError, "does not speak SMTP"),
        ({"EHLO": "550 5.7.1 not you"}, AnswerError, "550"),
        ({"EHLO": DROP}, ConnectError, "closed the connection while saying EHLO"),
        ({"MAIL": "550 5.7.1 not from you"}, AnswerError, "taking mail from news@example.com"),
        ({"MAIL": "451 4.7.0 too fast"}, AnswerError, "451"),
        ({"MAIL": "421 4.7.0 too fast"}, AnswerError, "421"),
        ({"MAIL": "530 5.7.0 log in first"}, AuthError, "wants a login"),
        ({"MAIL": DROP}, ConnectError, "closed the connection"),
        ({"MAIL": "what?"}, AnswerError, "does not speak SMTP"),
        ({"RCPT": "what?"}, AnswerError, "does not speak SMTP"),
        ({"DATA": "250 no need"}, AnswerError, "does not speak SMTP"),
    ],
)
def test_broken_transport_stops_with_a_way_out(
    script: dict[str, Reply], kind: type[TransportError], said: str
) -> None:
    with SmtpServer(script) as server, pytest.raises(kind, match=said) as stopped:
        deliver(server, make_message())
    assert stopped.value.hint
    assert server.messages == []


@pytest.mark.parametrize("step", ["GREETING", "EHLO", "MAIL"])
def test_relay_that_says_nothing_is_not_waited_for_long(step: str) -> None:
    with SmtpServer({step: HANG}) as server, pytest.raises(TransportTimeout, match=r"0\.2 seconds"):
        deliver(server, make_message(), query="timeout=0.2")


def test_relay_that_hangs_over_one_message_defers_it() -> None:
    with SmtpServer({"RCPT reader1@example.org": HANG}) as server:
        first, second = deliver(server, make_message(1), make_message(2), query="timeout=0.2")
        assert first
        assert first[0] is DEFERRED
        assert second == (ACCEPTED, 250, "2.0.0 taken")


def test_relay_that_is_down_is_told() -> None:
    with SmtpServer() as server:
        transport = connect_to(server)
    with pytest.raises(ConnectError, match="nothing answers at 127") as stopped:
        transport.open()
    assert "that the relay runs" in stopped.value.hint


def test_host_that_does_not_exist_is_told() -> None:
    with pytest.raises(ConnectError, match="no machine is known by the name relay"):
        open_transport("smtp://relay.invalid").open()


# TLS


def test_relay_without_starttls_gets_nothing() -> None:
    with SmtpServer() as server:
        transport = connect_to(server, "tls=required", user="news", password=PASSWORD)
        with pytest.raises(ConnectError, match="offers no STARTTLS"):
            transport.open()
    assert [command.split()[0].upper() for command in server.commands] == ["EHLO"]


@pytest.mark.parametrize("implicit", [False, True])
@pytest.mark.parametrize(
    ("host", "expired", "trusted", "said"),
    [
        ("127.0.0.1", False, False, "self-signed|self signed"),
        ("127.0.0.1", True, True, "expired"),
        ("mail.example.com", False, True, "mismatch"),
    ],
)
def test_bad_certificate_is_refused(
    tmp_path: Path, *, implicit: bool, host: str, expired: bool, trusted: bool, said: str
) -> None:
    certificate = self_signed(tmp_path, host, expired=expired)
    query = "tls=required" + (f"&ca={certificate.path}" if trusted else "")
    with SmtpServer(context=certificate.context(), implicit_tls=implicit) as server:
        transport = connect_to(server, query, user="news", password=PASSWORD)
        with pytest.raises(ConnectError, match=said) as stopped:
            transport.open()
    assert stopped.value.hint
    assert not [command for command in server.commands if command.upper().startswith(("AUTH", "MAIL"))]


def test_old_tls_is_refused(certificate: Certificate) -> None:
    context = certificate.context()
    with pytest.warns(DeprecationWarning, match="TLS"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with SmtpServer(context=context, implicit_tls=True) as server:
        transport = connect_to(server, f"ca={certificate.path}")
        with pytest.raises(ConnectError, match="no TLS connection"):
            transport.open()


def test_starttls_port_under_smtps_names_the_right_scheme() -> None:
    with SmtpServer() as server:
        transport = open_transport(server.url.replace("smtp:", "smtps:"))
        with pytest.raises(ConnectError, match="from the first byte") as stopped:
            transport.open()
    assert "smtp://" in stopped.value.hint


def test_file_of_authorities_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    for name in ("empty.pem", "missing.pem"):
        with pytest.raises(ConnectError, match="ca="):
            open_transport(f"smtps://127.0.0.1:1?ca={name}", base=tmp_path).open()


# Login


@pytest.mark.parametrize(
    ("script", "password", "said"),
    [
        ({}, "wrong-" + PASSWORD, "refused the login of news: 535"),
        ({"AUTH": f"535 5.7.8 bad password {PASSWORD}"}, PASSWORD, "•••"),
        ({}, None, "there is no password for news"),
        ({}, "", "there is no password for news"),
        ({}, PASSWORD + "é", "ASCII"),
    ],
)
def test_login_that_fails_never_shows_the_password(
    script: dict[str, Reply],
    password: str | None,
    said: str,
    certificate: Certificate,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with SmtpServer(script, login=("news", PASSWORD), context=certificate.context()) as server:
        query = f"tls=required&ca={certificate.path}"
        transport = connect_to(server, query, user="news", password=password)
        with pytest.raises(AuthError, match=said) as stopped:
            transport.open()
    shown = [str(stopped.value), repr(stopped.value), stopped.value.hint, repr(transport), transport.url]
    assert PASSWORD not in "".join([*shown, *capfd.readouterr(), repr(vars(transport))])
    assert stopped.value.hint


def test_login_that_fails_for_the_moment_may_be_tried_again(certificate: Certificate) -> None:
    script = {"AUTH": f"454 4.7.0 try {PASSWORD} later"}
    with SmtpServer(script, login=("news", PASSWORD), context=certificate.context()) as server:
        query = f"tls=required&ca={certificate.path}"
        transport = connect_to(server, query, user="news", password=PASSWORD)
        with pytest.raises(
            AnswerError, match=r"answered 454 while logging in: 4\.7\.0 try ••• later"
        ) as stopped:
            transport.open()
    assert is_transient(stopped.value)


def test_answer_to_the_dot_may_take_longer_than_any_other() -> None:
    with SmtpServer({"DOT": f"{LATE}250 2.0.0 taken at last"}) as server:
        assert deliver(server, make_message(), query="timeout=0.2&wait=30") == [
            (ACCEPTED, 250, "2.0.0 taken at last")
        ]


def test_answer_to_the_dot_is_waited_for_ten_minutes() -> None:
    """RFC 5321 §4.5.3.2.6."""
    assert relay_of(read_transport_url("smtp://relay.example.com"), Path()).wait == 600.0


@pytest.mark.parametrize("query", ["", "tls=never"])
def test_login_is_never_tried_in_clear(query: str) -> None:
    with SmtpServer(login=("news", PASSWORD)) as server:
        with pytest.raises(ConfigError, match=r"the login of news .* in clear") as stopped:
            connect_to(server, query, user="news", password=PASSWORD)
        assert server.connections == 0
    assert "tls=required" in stopped.value.hint


def test_relay_without_auth_is_told(certificate: Certificate) -> None:
    with SmtpServer(extensions=EXTENSIONS, context=certificate.context()) as server:
        query = f"tls=required&ca={certificate.path}"
        transport = connect_to(server, query, user="news", password=PASSWORD)
        with pytest.raises(AuthError, match="offers no login"):
            transport.open()


def test_password_is_not_asked_for_without_a_user() -> None:
    def ask() -> str:
        raise AssertionError

    with SmtpServer() as server:
        transport = open_transport(server.url, secret=ask)
        transport.open()
        transport.close()
