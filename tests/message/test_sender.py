import json

import pytest
from tests.message.given import sender

from mailer.address import Address
from mailer.message.sender import Sender


def test_a_sender_comes_back_from_the_ledger_whole() -> None:
    plain = sender()

    assert Sender.from_json(json.loads(json.dumps(plain.to_json()))) == plain


def test_only_the_envelope_sender_and_the_list_are_needed() -> None:
    plain = Sender(Address("news", "example.com"), "subscribers")

    assert (plain.unsubscribe_url, plain.unsubscribe_mailto, plain.view_url) == ("", "", "")


@pytest.mark.parametrize(
    ("list_name", "scope"),
    [
        ("subscribers", "subscribers"),
        ("lists/old.csv", "lists/old.csv"),
        ("alice@example.org", ""),
        ("send:4f2a", ""),
        ("send:4f2a:refused,deferred", ""),
        ("", ""),
    ],
)
def test_leaving_is_for_the_list_or_for_all_where_that_list_is_no_lasting_one(
    list_name: str, scope: str
) -> None:
    assert sender(list_name=list_name).scope == scope
