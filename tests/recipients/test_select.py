import pytest

from mailer.address import Address
from mailer.errors import RecipientsError
from mailer.position import Position
from mailer.recipients.recipient import BadRow, Recipient
from mailer.recipients.select import KEPT_BAD_ROWS, every_row, selected


def person(line: int, **values: str) -> Recipient:
    return Recipient(Address(f"p{line}", "example.com"), Position("list.csv", line), values=values)


def bad(line: int) -> BadRow:
    return BadRow(Position("list.csv", line), "it is wrong")


def test_those_are_selected_whose_values_satisfy_the_predicate() -> None:
    people = [person(2, segment="client"), person(3, segment="reader"), person(4)]
    assert [*selected(people, lambda values: values.get("segment") == "client")] == [people[0]]


def test_a_list_without_bad_rows_is_handed_on() -> None:
    people = [person(2), person(3)]
    assert [*every_row(people, name="list.csv")] == people


def test_all_bad_rows_are_told_at_once() -> None:
    with pytest.raises(RecipientsError) as caught:
        list(every_row([person(2), bad(3), person(4), bad(5)], name="list.csv"))
    assert str(caught.value) == (
        "list.csv: 2 rows cannot be used\n  list.csv:3: it is wrong\n  list.csv:5: it is wrong"
    )
    assert caught.value.rows == ((3, "it is wrong"), (5, "it is wrong"))


def test_a_file_of_nothing_but_bad_rows_is_counted_and_not_kept() -> None:
    with pytest.raises(RecipientsError, match="5000 rows cannot be used") as caught:
        list(every_row(map(bad, range(5000)), name="list.csv"))
    assert len(caught.value.rows) == KEPT_BAD_ROWS
