import pytest
from tests.sending.desk import Desk, row
from tests.sending.scripted import REFUSED

from mailer.errors import LedgerError, MailerError
from mailer.ledger.base import Ledger
from mailer.sending.earlier import earlier_recipients, find_earlier


@pytest.fixture
def send(ledger: Ledger) -> str:
    desk = Desk(ledger, [row("a", first_name="Ada"), row("b"), row("c", opted_out="status is cleaned")])
    desk.test()
    desk.transport.script = {"b@x.test": [REFUSED]}
    return desk.send().send.id


@pytest.mark.parametrize(
    ("states", "names"),
    [("", "abc"), (":refused", "b"), (":accepted,refused", "ab"), (":in_doubt", "")],
)
def test_gives_the_recipients_in_those_states(ledger: Ledger, send: str, states: str, names: str) -> None:
    earlier = find_earlier(ledger, f"send:{send[:6]}{states}")
    found = earlier_recipients(ledger, earlier)
    assert [recipient.address.local for recipient in found] == list(names)
    assert earlier.scopes == ("readers",)


def test_merge_values_and_opt_outs_come_along(ledger: Ledger, send: str) -> None:
    ada, _, gone = earlier_recipients(ledger, find_earlier(ledger, f"send:{send}"))
    assert ada.values == {"first_name": "Ada"}
    assert gone.opted_out == "status is cleaned"


def test_an_unknown_state_names_the_nearest(ledger: Ledger, send: str) -> None:
    with pytest.raises(MailerError, match="did you mean 'refused'"):
        find_earlier(ledger, f"send:{send}:refusd")


def test_an_unknown_send_is_an_error(ledger: Ledger, send: str) -> None:
    with pytest.raises(LedgerError):
        find_earlier(ledger, "send:zzz")
