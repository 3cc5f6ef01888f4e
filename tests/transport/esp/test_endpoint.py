"""A provider's URL: what must be in it, and where the key may be sent."""

import pytest
from tests.transport.esp.calls import SCHEMES

from mailer.errors import ConfigError
from mailer.transport.esp.endpoint import Endpoint, endpoint_of
from mailer.transport.esp.providers import PROVIDERS
from mailer.transport.registry import read_transport_url


def endpoint(url: str) -> Endpoint:
    address = read_transport_url(url)
    return endpoint_of(address, PROVIDERS[address.scheme])


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_example_of_each_provider_leads_to_its_own_api_over_tls(scheme: str) -> None:
    found = endpoint(PROVIDERS[scheme].example)
    assert found.api.startswith("https://")
    assert found.api.endswith("/")
    assert not found.loopback


@pytest.mark.parametrize(
    ("url", "api"),
    [
        ("mailgun://mg.example.com?api=https://api.eu.mailgun.net/v3", "https://api.eu.mailgun.net/v3/"),
        ("sparkpost://api.eu.sparkpost.com", "https://api.eu.sparkpost.com/api/v1/"),
        ("unisender-go://go2.unisender.ru", "https://go2.unisender.ru/ru/transactional/api/v1/"),
        ("postal://postal.example.com", "https://postal.example.com/"),
        ("postal://mail.example.com?api=https://10.0.0.7:5000/", "https://10.0.0.7:5000/"),
        ("resend://?api=http://127.0.0.1:8025/", "http://127.0.0.1:8025/"),
        ("resend://?api=http://localhost:8025", "http://localhost:8025/"),
        (
            "scaleway://p@api.scaleway.com?api=https://api.scaleway.com/v1alpha1/regions/nl-ams",
            "https://api.scaleway.com/v1alpha1/regions/nl-ams/",
        ),
    ],
)
def test_other_hosts_of_the_provider_can_be_named(url: str, api: str) -> None:
    assert endpoint(url).api == api


@pytest.mark.parametrize(
    "url",
    [
        "resend://?api=https://evil.example/",
        "resend://?api=https://resend.com.evil.example/",
        "resend://?api=https://evilresend.com/",
        "resend://?api=http://api.resend.com/",
        "resend://?api=https://127.0.0.1.evil.example/",
        "resend://?api=ftp://127.0.0.1/",
        "resend://?api=nonsense",
        "resend://evil.example",
        "sendgrid://evil.example/",
        "postal://host?api=http://postal.example.com/",
        r"resend://?api=https://evil.example\.resend.com/",
        r"resend://?api=http://evil.example\.localhost/",
        "resend://?api=https://.resend.com/",
    ],
)
def test_the_key_goes_nowhere_else(url: str) -> None:
    with pytest.raises(ConfigError, match="the key would be sent there"):
        endpoint(url)


@pytest.mark.parametrize(
    "url",
    ["mailgun://", "mailjet://api.mailjet.com", "postal://", "scaleway://", "resend:///path", "brevo://x:99"],
)
def test_a_url_without_what_it_needs_is_answered_with_an_example(url: str) -> None:
    with pytest.raises(ConfigError) as found:
        endpoint(url)
    assert PROVIDERS[url.partition(":")[0]].example in found.value.hint


def test_an_address_with_a_password_in_it_is_refused() -> None:
    with pytest.raises(ConfigError, match="password"):
        endpoint("resend://?api=https://user@api.resend.com/")


@pytest.mark.parametrize(
    "api", ["", "http://127.0.0.1:port/", "http://127.0.0.1:99999/", "http://127.0.0.1:0/", "http://[::1/"]
)
def test_an_address_that_leads_nowhere_is_refused(api: str) -> None:
    with pytest.raises(ConfigError, match="api="):
        endpoint(f"resend://?api={api}")


def test_the_names_of_options_are_those_of_the_library() -> None:
    assert endpoint("mailgun://mg.example.com").options == {"sender_domain": "mg.example.com"}
    assert endpoint("mailjet://abc@api.mailjet.com").options == {"api_key": "abc"}
    assert endpoint("postmark://?stream=news").options == {"message_stream": "news"}
    assert endpoint("postmark://").options == {}
