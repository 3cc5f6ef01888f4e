import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.errors import ConfigError, TokenError
from mailer.message.token import (
    UnsubscribeToken,
    check_secret,
    message_id,
    read_unsubscribe_token,
    recipient_key,
    unsubscribe_token,
)

SECRET = bytes(range(32))
OTHER_SECRET = bytes(range(1, 33))
KEY = recipient_key(SECRET, "alice@example.com")
TOKEN = unsubscribe_token(SECRET, list_name="subscribers", key=KEY)


def test_recipient_key_is_stable_and_keyed() -> None:
    assert recipient_key(SECRET, "alice@example.com") == KEY
    assert recipient_key(SECRET, "bob@example.com") != KEY
    assert recipient_key(OTHER_SECRET, "alice@example.com") != KEY
    assert len(KEY) == 26
    assert KEY.lower() == KEY


@given(st.text(max_size=60), st.booleans())
def test_token_says_what_was_put_in(list_name: str, test: bool) -> None:
    list_name = list_name.encode(errors="ignore").decode()
    token = unsubscribe_token(SECRET, list_name=list_name, key=KEY, test=test)
    assert read_unsubscribe_token(SECRET, token) == UnsubscribeToken(list_name, KEY, test=test)


def test_token_holds_no_address() -> None:
    decoded = base64.urlsafe_b64decode(TOKEN + "=" * (-len(TOKEN) % 4))
    assert b"alice" not in decoded
    assert b"example.com" not in decoded


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        TOKEN[:-1],
        TOKEN + "A",
        TOKEN + "=",
        "B" + TOKEN[1:],
        TOKEN[:30] + ("A" if TOKEN[30] != "A" else "B") + TOKEN[31:],
        TOKEN + "\n",
        TOKEN[:10] + "\0" + TOKEN[10:],
        "../" + TOKEN,
        "é" * 40,
        "A" * 10_000,
        KEY,
    ],
)
def test_changed_token_is_refused(token: str) -> None:
    with pytest.raises(TokenError, match="no unsubscribe token of this newsletter"):
        read_unsubscribe_token(SECRET, token)


def test_each_other_spelling_of_the_same_bytes_is_refused() -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spellings = [TOKEN[:-1] + letter for letter in alphabet if letter != TOKEN[-1]]
    for spelling in spellings:
        with pytest.raises(TokenError):
            read_unsubscribe_token(SECRET, spelling)


def test_token_of_another_secret_is_refused() -> None:
    with pytest.raises(TokenError):
        read_unsubscribe_token(OTHER_SECRET, TOKEN)


def test_token_for_what_is_no_recipient_key_is_refused() -> None:
    with pytest.raises(TokenError):
        unsubscribe_token(SECRET, list_name="x", key="alice@example.com")


def test_message_id_is_stable_and_tells_copies_apart() -> None:
    one = message_id(SECRET, issue="2024-05-01-spring", key=KEY, domain="example.com")
    assert one == message_id(SECRET, issue="2024-05-01-spring", key=KEY, domain="example.com")
    others = {
        message_id(SECRET, issue="2024-06-01-summer", key=KEY, domain="example.com"),
        message_id(SECRET, issue="2024-05-01-spring", key=KEY[::-1], domain="example.com"),
        message_id(SECRET, issue="2024-05-01-spring", key=KEY, domain="example.com", copy="test"),
        message_id(OTHER_SECRET, issue="2024-05-01-spring", key=KEY, domain="example.com"),
        message_id(SECRET, issue="2024-05-01-springa", key=KEY[1:], domain="example.com"),
    }
    assert len(others | {one}) == 6
    assert one.startswith("<")
    assert one.endswith("@example.com>")


@pytest.mark.parametrize(
    "secret", [b"", b"short", bytes(31), b"changeme" * 8, b"please-CHANGEME-please-please-please"]
)
def test_weak_secret_is_refused_without_being_repeated(secret: bytes) -> None:
    with pytest.raises(ConfigError) as refused:
        check_secret(secret)
    assert "changeme" not in str(refused.value).lower()
    with pytest.raises(ConfigError):
        recipient_key(secret, "alice@example.com")
