import pytest

from mailer.recipients.header import identifier
from mailer.recipients.optout import JUDGES, why_left

LEFT = {
    "subscribed_to_emails": ["false", "False", "no", "0"],
    "Accepts Email Marketing": ["no"],
    "email_disabled": ["true", "1", "yes"],
    "deleted_at": ["2024-03-01T00:00:00.000Z"],
    "UNSUB_TIME": ["2019-05-01 10:00:00"],
    "CLEAN_TIME": ["2019-05-01 10:00:00"],
    "unsubscribed_at": ["2024-03-01"],
    "unsubscribed": ["true", "x", "2024-03-01"],
    "HasOptedOutOfEmail": ["TRUE"],
    "Unsubscribed from all email": ["true"],
    "status": [
        "unsubscribed",
        "Cleaned",
        "bounced",
        "hard_bounce",
        "Hard Bounced",
        "blocklisted",
        "blacklisted",
        "complained",
        "disabled",
        "non-subscribed",
        "pending",
    ],
    "Subscription Status": ["Not subscribed"],
}
STAYS = {
    "subscribed_to_emails": ["true", "yes", "1"],
    "subscribed": ["true", "2024-01-15"],
    "email_disabled": ["false", "0", "no"],
    "deleted_at": ["0000-00-00 00:00:00", "null"],
    "unsubscribed": ["false", "No", "0", "never"],
    "bounced": ["0", "false"],
    "status": ["active", "enabled", "subscribed", "confirmed"],
    "state": ["CA", "Bayern"],
}


@pytest.mark.parametrize(
    ("header", "cell"), [(header, cell) for header, cells in LEFT.items() for cell in cells]
)
def test_whoever_left_is_recognised(header: str, cell: str) -> None:
    assert JUDGES[identifier(header)](cell)


@pytest.mark.parametrize(
    ("header", "cell"), [(header, cell) for header, cells in STAYS.items() for cell in cells]
)
def test_whoever_stays_is_recognised(header: str, cell: str) -> None:
    assert not JUDGES[identifier(header)](cell)


@pytest.mark.parametrize(
    "header", ["active_subscription", "complimentary_plan", "plan", "OPTIN_TIME", "segment"]
)
def test_columns_that_say_nothing_about_leaving_are_not_judged(header: str) -> None:
    assert identifier(header) not in JUDGES


def test_every_judged_column_is_written_as_an_identifier() -> None:
    assert all(identifier(column) == column for column in JUDGES)


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("deleted_at", "2024-03-01T00:00:00.000Z", "deleted_at is set"),
        ("opt_out", "asked on the phone", "opt_out is set"),
        ("email_disabled", "True", "email_disabled is True"),
        ("subscribed_to_emails", "false", "subscribed_to_emails is false"),
        ("status", "cleaned", "status is cleaned"),
    ],
)
def test_the_reason_is_one_that_many_rows_share(column: str, cell: str, reason: str) -> None:
    assert why_left(column, cell) == reason
