import pytest

from mailer.position import Position
from mailer.recipients.header import identifier, read_header


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("email", "email"),
        ("First Name", "first_name"),
        (" ZIP-Code ", "zip_code"),
        ("MEMBER_RATING", "member_rating"),
        ("E-mail 1 - Value", "e_mail_1_value"),
        ("Prénom", "prénom"),
        ("Pre\u0301nom", "prénom"),
        ("Größe (cm)", "größe_cm"),
        ("\u0928\u093e\u092e", "\u0928\u093e\u092e"),
        ("名前", "名前"),
        ("_id", "id"),
        ("2024 donor", "column_2024_donor"),
        ("#", ""),
        ("", ""),
    ],
)
def test_a_header_becomes_a_name_that_an_issue_can_use(header: str, name: str) -> None:
    assert identifier(header) == name
    assert identifier(name) == name


@pytest.mark.parametrize(
    "header",
    ["email", "Email", "EMAIL", "E-Mail", "Email Address", "email_address", "E-mail 1 - Value", "mail"],
)
def test_the_addresses_are_found_under_their_usual_headers_and_called_email(header: str) -> None:
    found = read_header(["id", header, "x"], Position("list.csv", 1))
    assert found.email == 1
    assert found.columns == ("id", "email", "x")


def test_a_column_called_email_wins_over_others_that_could_hold_the_address() -> None:
    found = read_header(["Mail", "Email Address", "email"], Position("list.csv", 1))
    assert (found.email, found.columns) == (2, ("mail", "email_address", "email"))
