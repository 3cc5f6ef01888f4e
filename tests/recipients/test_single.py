import pytest

from mailer.address import Address
from mailer.errors import MessageError
from mailer.recipients.recipient import Recipient
from mailer.recipients.single import single_address


def test_one_bare_address_is_a_list() -> None:
    opened = single_address("Ann@Example.com")
    (row,) = opened.rows
    assert isinstance(row, Recipient)
    assert row.address == Address("Ann", "example.com")
    assert row.values == {"email": "Ann@example.com"}
    assert opened.columns == ("email",)


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(MessageError, match="must have an @-sign"):
        single_address("subscribers")
