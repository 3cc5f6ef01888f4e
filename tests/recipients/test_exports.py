"""The exports of other newsletter tools read right."""

from pathlib import Path

import pytest

from mailer.recipients.csvfile import read_csv
from mailer.recipients.recipient import BadRow, Recipient

EXPORTS = Path(__file__).parents[3] / "shared" / "corpus" / "recipients" / "synthetic"

pytestmark = pytest.mark.skipif(
    not EXPORTS.is_dir(), reason="the corpus of exports is not beside the project"
)


def read(name: str) -> list[Recipient | BadRow]:
    return [*read_csv(EXPORTS / name, name=name)]


def people(name: str) -> list[tuple[str, str, str]]:
    return [(str(row.address), row.name, row.opted_out) for row in read(name) if isinstance(row, Recipient)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("excel_semicolon_bom_crlf.csv", [("joel@example.com", "Joël Müller-Schultheiß", "")]),
        (
            "ghost_members.csv",
            [
                ("ann@example.com", "Ann", ""),
                ("bob@example.com", "", "subscribed_to_emails is false"),
                ("cid@example.com", "", "deleted_at is set"),
            ],
        ),
        ("google_contacts_2024.csv", [("ADA@example.org", "Ada Lovelace", "")]),
        ("listmonk_import.csv", [("ann@example.com", "Ann", "")]),
        (
            "mailchimp_subscribed.csv",
            [("ann@example.com", "Ann O'Neil, Jr.", ""), ("BOB@example.com", "Bob", "")],
        ),
        (
            "substack_email_list.csv",
            [("ann@example.com", "", ""), ("bob@example.com", "", "email_disabled is true")],
        ),
    ],
)
def test_an_export_gives_its_people_and_who_left(name: str, expected: list[tuple[str, str, str]]) -> None:
    assert people(name) == expected


def test_a_contact_without_an_address_is_told_not_lost() -> None:
    bad = [row for row in read("google_contacts_2024.csv") if isinstance(row, BadRow)]
    assert [(row.position.line, row.reason) for row in bad] == [
        (4, "no address in column 'E-mail 1 - Value'")
    ]


def test_cells_with_line_breaks_quotes_and_json_keep_their_text() -> None:
    values = [
        row.values
        for name in ("mailchimp_subscribed.csv", "listmonk_import.csv")
        for row in read(name)
        if isinstance(row, Recipient)
    ]
    assert values[0]["tags"] == '"VIP","Press list"'
    assert values[1]["notes"] == "line one\nline two"
    assert values[2]["attributes"] == '{"age": 29, "city": "Bangalore"}'
