"""Sends, people and outcomes for the tests of ledgers."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from mailer.ledger.base import Ledger
from mailer.ledger.delivery import (
    Counts,
    Delivery,
    Intent,
    PlannedRecipient,
    Send,
    SendIdentity,
    SendState,
    StaffTest,
    Suppression,
)
from mailer.message.outcome import Outcome, Verdict

NOW = datetime(2024, 5, 1, 8, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)

ACCEPTED = Outcome(Verdict.ACCEPTED, 250, "queued as 4F2")
DEFERRED = Outcome(Verdict.DEFERRED, 451, "try again")
REFUSED = Outcome(Verdict.REFUSED, 550, "no such user")
UNKNOWN = Outcome(Verdict.UNKNOWN)


def person(key: str, suppressed: str = "") -> PlannedRecipient:
    return PlannedRecipient(key=key, address=f"{key}@example.com", suppressed=suppressed)


def people(keys: Iterable[str]) -> list[PlannedRecipient]:
    return [person(key) for key in keys]


def send_of(
    number: int,
    *,
    name: str = "send-1",
    issue: str = "spring",
    to: str = "subscribers",
    rehearsal: bool = False,
) -> Send:
    """Describe a send to `number` recipients."""
    return Send(
        id=name,
        identity=SendIdentity(issue=issue, list=to, rehearsal=rehearsal),
        digest="sha256:1",
        transport="smtp://127.0.0.1",
        created=NOW,
        scopes=(to,),
        counts=Counts(listed=number),
        content={"html": "<p>Hello</p>", "headers": {"Z": "1", "A": "2"}},
        settings={"from": "news@example.com"},
    )


def frozen(
    ledger: Ledger, keys: str = "abc", *, name: str = "send-1", issue: str = "spring", to: str = "subscribers"
) -> str:
    """Freeze a send to one recipient for each letter and return its id."""
    ledger.freeze(send_of(len(keys), name=name, issue=issue, to=to), people(keys))
    return name


def sending(
    ledger: Ledger, keys: str = "abc", *, name: str = "send-1", issue: str = "spring", to: str = "subscribers"
) -> str:
    """Freeze a send and set it going."""
    frozen(ledger, keys, name=name, issue=issue, to=to)
    ledger.set_state(name, SendState.SENDING)
    return name


def begin(ledger: Ledger, send: str, keys: str) -> list[str]:
    intents = {key: Intent(f"<{key}@news.example.com>", NOW, size=1000) for key in keys}
    return [*ledger.begin(send, intents, transport="smtp://127.0.0.1", now=NOW)]


def settle(ledger: Ledger, send: str, outcomes: Mapping[str, Outcome]) -> None:
    """Settle; whoever is deferred may be tried again at LATER."""
    ledger.settle(send, outcomes, now=NOW, next_at=dict.fromkeys(outcomes, LATER))


def hand_over(ledger: Ledger, send: str, outcomes: Mapping[str, Outcome]) -> None:
    """Take deliveries all the way from planned to an outcome."""
    with ledger.sender():
        assert begin(ledger, send, "".join(outcomes)) == [*outcomes]
        settle(ledger, send, outcomes)


def states(ledger: Ledger, send: str) -> dict[str, str]:
    return {delivery.key: delivery.state.value for delivery in ledger.deliveries(send)}


def only(ledger: Ledger, send: str, key: str) -> Delivery:
    return next(delivery for delivery in ledger.deliveries(send) if delivery.key == key)


def left(key: str, scope: str = "", at: datetime = NOW) -> Suppression:
    return Suppression(key=key, list=scope, reason="unsubscribed", at=at)


def staff_test(digest: str, *, rehearsal: bool = False) -> StaffTest:
    return StaffTest(
        "spring", digest, rehearsal, NOW, "staff", "smtp://127.0.0.1", {"text": digest}, who="Ann"
    )
