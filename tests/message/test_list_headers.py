"""How a reader leaves: List-Unsubscribe, its token, and List-Id, by rules LST."""

import re

import pytest
from tests.message.given import (
    ENDPOINT,
    KEY,
    SECRET,
    built,
    check_bytes,
    compiled,
    header_names,
    part,
    raw_header,
    sender,
)

from mailer.errors import MessageError
from mailer.message.envelope import Message
from mailer.message.token import UnsubscribeToken, read_unsubscribe_token

FROM = ("From", "Field Notes <news@example.com>")


def token_of(message: Message) -> str:
    found = re.search(rb"/u/([A-Za-z0-9_-]+)>", raw_header(message, "List-Unsubscribe"))
    assert found
    return found[1].decode()


def test_a_long_unsubscribe_address_stands_verbatim_on_one_line() -> None:
    base = "https://news.example.com/" + "x" * 275
    message = built(sent_by=sender(unsubscribe_url=base))
    token = token_of(message)

    assert f"<{base}/u/{token}>".encode() in message.data
    assert b"=?" not in raw_header(message, "List-Unsubscribe")
    check_bytes(message)


def test_leaving_takes_one_click_by_https_first_and_by_mail_second() -> None:
    message = built()
    first, second = raw_header(message, "List-Unsubscribe").decode().split(", ")

    assert first == f"<{ENDPOINT}/u/{token_of(message)}>"
    assert second == f"<mailto:leave@example.com?subject=unsubscribe%20{token_of(message)}>"
    assert raw_header(message, "List-Unsubscribe-Post") == b"List-Unsubscribe=One-Click"
    assert f'href="{ENDPOINT}/u/{token_of(message)}"' in part(message, "html")
    assert f"Leave: {ENDPOINT}/u/{token_of(message)}\r\n" in part(message, "plain")


def test_without_an_endpoint_leaving_takes_a_mail() -> None:
    message = built(sent_by=sender(unsubscribe_url=""))
    written = raw_header(message, "List-Unsubscribe").decode()

    assert re.fullmatch(r"<mailto:leave@example\.com\?subject=unsubscribe%20[\w-]+>", written)
    assert "List-Unsubscribe-Post" not in header_names(message)
    assert f'href="{written[1:-1]}"' in part(message, "html")


def test_one_click_is_not_promised_where_the_endpoint_has_no_https() -> None:
    message = built(sent_by=sender(unsubscribe_url="http://127.0.0.1:8025"))

    assert b"<http://127.0.0.1:8025/u/" in raw_header(message, "List-Unsubscribe")
    assert "List-Unsubscribe-Post" not in header_names(message)


def test_a_plus_or_a_quote_in_the_leaving_address_is_part_of_its_url() -> None:
    message = built(sent_by=sender(unsubscribe_url="", unsubscribe_mailto="leave+us&you?@example.com"))

    assert b"<mailto:leave%2Bus%26you%3F@example.com?subject=" in raw_header(message, "List-Unsubscribe")


def test_the_token_names_key_and_list_and_no_address() -> None:
    message = built()

    assert read_unsubscribe_token(SECRET, token_of(message)) == UnsubscribeToken("subscribers", KEY)
    assert "alice" not in raw_header(message, "List-Unsubscribe").decode()
    assert token_of(built(address="bob@example.org")) != token_of(message)
    assert token_of(built(sent_by=sender(list_name="clients"))) != token_of(message)


def test_the_token_of_a_staff_copy_unsubscribes_nobody() -> None:
    message = built(copy="staff-1")

    assert read_unsubscribe_token(SECRET, token_of(message)).test
    assert token_of(message) != token_of(built())
    assert token_of(built()) not in message.data.decode()


def test_a_single_address_leaves_all_lists() -> None:
    message = built(sent_by=sender(list_name="alice@example.org"))

    assert read_unsubscribe_token(SECRET, token_of(message)).list_name == ""


@pytest.mark.parametrize("value", ["news", "<news>x", "Grüße", "a <b c>"])
def test_a_list_id_of_another_form_is_refused(value: str) -> None:
    with pytest.raises(MessageError, match="List-Id"):
        built(compiled(headers=(FROM, ("List-Id", value))))


def test_only_the_name_of_a_list_id_is_encoded() -> None:
    message = built(compiled(headers=(FROM, ("List-Id", "Grüße <news.example.com>"))))

    assert raw_header(message, "List-Id") == b"=?utf-8?q?Gr=C3=BC=C3=9Fe?= <news.example.com>"
