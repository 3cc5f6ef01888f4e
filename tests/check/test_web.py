"""Addresses asked for, of a server that listens here."""

import pytest
from tests.servers.web import BABBLE, HANG, WebServer

from mailer.check.hosts import is_public, origin_of
from mailer.check.web import MOST_REDIRECTS, Answer, ask


def answer(server: WebServer, path: str, *, silence: float = 10, own: str = "") -> Answer:
    url = server.url + path
    return ask([url], {own or origin_of(url)}, silence=silence)[url]


def test_each_address_is_asked_for_once_and_by_its_head() -> None:
    with WebServer({"/gone.png": 404, "/b.png": 500}) as server:
        urls = [f"{server.url}{path}" for path in ("/a.png", "/gone.png", "/a.png", "/b.png")]
        answers = ask(urls, {origin_of(server.url)})

    assert sorted(server.asked) == ["HEAD /a.png", "HEAD /b.png", "HEAD /gone.png"]
    assert [answers[url].status for url in urls] == [200, 404, 200, 500]
    assert answers[urls[0]].kind == "image/png"


@pytest.mark.parametrize("status", [403, 405, 501])
def test_where_the_head_is_refused_one_byte_is_asked_for(status: int) -> None:
    with WebServer({"/a.png": lambda method: status if method == "HEAD" else 206}) as server:
        assert answer(server, "/a.png").status == 206

    assert server.asked == ["HEAD /a.png", "GET /a.png"]
    assert server.headers[1]["Range"] == "bytes=0-0"


def test_an_address_is_asked_for_as_it_is_written() -> None:
    with WebServer() as server:
        answer(server, "/owl%20at dusk/é.png?size=2&x=%C3%A9#top")

    assert server.asked == ["HEAD /owl%20at%20dusk/%C3%A9.png?size=2&x=%C3%A9"]


def test_redirects_are_followed_to_their_end() -> None:
    with WebServer({"/a": "/b", "/b": "c", "/c": 404}) as server:
        assert answer(server, "/a").status == 404


def test_redirects_without_end_are_left() -> None:
    with WebServer({"/a": "/b", "/b": "/a"}) as server:
        assert answer(server, "/a").trouble == "more than 5 redirects"

    assert len(server.asked) == MOST_REDIRECTS + 1


@pytest.mark.parametrize(
    ("location", "trouble"),
    [
        ("file:///etc/passwd", "no address of the web"),
        ("ftp://example.com/a", "no address of the web"),
        ("http://user:secret@example.com/", "a name or a password"),
        ("http://example.com:6379/", "port 6379 of another host"),
        ("http://[broken/", "no address of the web"),
        ("http://127.0.0.1/", "private network"),
        ("http://2130706433/", "private network"),
        ("http://169.254.169.254/latest/meta-data/", "private network"),
        ("http://[::ffff:127.0.0.1]/", "private network"),
        ("http://localhost/", "private network"),
    ],
)
def test_a_redirect_leads_to_no_surprise(location: str, trouble: str) -> None:
    with WebServer({"/a": location}) as server:
        found = answer(server, "/a")

    assert found.status == 0
    assert trouble in found.trouble
    assert "secret" not in found.trouble


def test_a_private_address_that_is_not_the_newsletters_own_is_not_asked() -> None:
    with WebServer() as server:
        assert "port" in answer(server, "/a.png", own="https://example.com:443").trouble

    assert not server.asked


def test_a_server_that_says_nothing_is_left() -> None:
    with WebServer({"/a": HANG}) as server:
        assert answer(server, "/a", silence=0.05).trouble == "no answer in time"


def test_all_together_have_a_limit_of_time() -> None:
    with WebServer({"/a": HANG}) as server:
        urls = [server.url + "/a"]
        assert ask(urls, {origin_of(server.url)}, patience=0.05)[urls[0]].trouble == "no answer in time"


def test_what_speaks_no_http_is_told() -> None:
    with WebServer({"/a": BABBLE}) as server:
        assert answer(server, "/a").trouble == "what answers speaks no HTTP"


def test_nobody_there_is_told() -> None:
    with WebServer() as server:
        url = server.url
    assert ask([url], {origin_of(url)})[url].trouble == "its server takes no connection"
    unknown = "http://nowhere.invalid/a.png"
    assert ask([unknown], {origin_of(unknown)})[unknown].trouble.startswith(
        "there is no host nowhere.invalid"
    )


def test_nothing_asked_is_nothing_answered() -> None:
    assert ask([], frozenset()) == {}


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Example.com/a", "https://example.com:443"),
        ("http://example.com", "http://example.com:80"),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8000"),
        ("ftp://example.com/", ""),
        ("http://example.com:99999/", ""),
        ("owl.png", ""),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"),
        *("::1", "::ffff:127.0.0.1", "fe80::1%eth0", "fd00::1", "ff02::1", "fec0::1", "::127.0.0.1"),
        *("64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2001::1"),
    ],
)
def test_not_public(address: str) -> None:
    assert not is_public(address)
