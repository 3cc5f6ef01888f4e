from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from tests.sending.desk import ISSUE, NEEDY, Desk, row
from tests.sending.scripted import DEFERRED, REFUSED

from mailer.address import parse_address
from mailer.errors import MailerError, RecipientsError
from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Figures, SendIdentity
from mailer.message.envelope import Message
from mailer.message.sender import Sender
from mailer.position import Position
from mailer.recipients.recipient import BadRow
from mailer.sending.audience import Source
from mailer.sending.report import Report
from mailer.sending.run import Means
from mailer.sending.staff import Sample, StaffRequest, send_test
from mailer.transport.memory import MemoryTransport

REQUEST = StaffRequest(
    issue=NEEDY,
    sender=Sender(parse_address("bounces@news.test"), "readers", unsubscribe_url="https://news.test"),
    identity=SendIdentity("spring", "staff", rehearsal=True),
)
STAFF = [row("ed", 2), row("sue", 3, first_name="Sue")]


class Office:
    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.transport = MemoryTransport()

    def test(self, request: StaffRequest = REQUEST) -> Report:
        return send_test(request, [Source(STAFF)], Means(self.ledger, self.transport, b"k" * 32))

    @property
    def messages(self) -> list[Message]:
        return self.transport.messages

    def texts(self) -> list[str]:
        parsed = [message_from_bytes(one.data, policy=policy.default) for one in self.messages]
        bodies = [one.get_body(("plain",)) for one in parsed]
        return [str(body.get_content()).strip() for body in bodies if body]


@pytest.fixture
def office(ledger: Ledger) -> Office:
    return Office(ledger)


def test_the_digest_counts_as_tested_afterwards(office: Office) -> None:
    report = office.test()
    assert report.figures == Figures(accepted=2)
    found = office.ledger.find_test(NEEDY.digest, rehearsal=True)
    assert found is not None
    assert found.to == "ed@x.test, sue@x.test"
    assert report.test
    assert report.to_json()["send"] is None
    assert report.to_json()["tested"] is True


def test_staff_get_their_own_copy_with_missing_values_in_brackets(office: Office) -> None:
    office.test()
    assert office.texts() == ["Hello [first_name]", "Hello Sue"]


def test_staff_get_what_a_real_recipient_would_get(office: Office) -> None:
    office.test(replace(REQUEST, samples=[Sample({"first_name": "Rita"}), Sample({"first_name": "Otto"})]))
    assert office.texts() == ["Hello Rita"] * 2 + ["Hello Otto"] * 2
    assert [str(one.envelope.recipient) for one in office.messages] == ["ed@x.test", "sue@x.test"] * 2


def test_a_real_recipient_without_a_needed_value_is_an_error_and_nothing_goes_out(office: Office) -> None:
    with pytest.raises(MailerError, match="first_name"):
        office.test(replace(REQUEST, samples=[Sample({"first_name": "Rita"}), Sample({})]))
    assert office.messages == []


def test_every_copy_has_a_message_id_of_its_own(office: Office) -> None:
    office.test()
    office.test()
    assert len({one.message_id for one in office.messages}) == 4


def test_more_people_than_the_limit_are_refused(office: Office) -> None:
    with pytest.raises(MailerError, match="more than a test may go to") as caught:
        office.test(replace(REQUEST, limit=1))
    assert "test_limit" in caught.value.hint
    assert office.messages == []


def test_a_label_stands_in_place_of_the_name_and_the_subject_stays(office: Office) -> None:
    office.test(replace(REQUEST, issue=ISSUE, samples=[Sample({}, "Variant 1 of 2, 812 readers")]))
    parsed = [message_from_bytes(one.data, policy=policy.default) for one in office.messages]
    assert [str(one["To"]) for one in parsed] == [
        '"Variant 1 of 2, 812 readers" <ed@x.test>',
        '"Variant 1 of 2, 812 readers" <sue@x.test>',
    ]
    assert {str(one["Subject"]) for one in parsed} == {"Spring is here"}


@pytest.mark.parametrize(("copies", "fits"), [(2, True), (3, False)])
def test_the_limit_counts_people_times_copies(office: Office, copies: int, fits: bool) -> None:
    request = replace(REQUEST, limit=4, samples=[Sample({"first_name": "Rita"})] * copies)
    if fits:
        assert office.test(request).figures == Figures(accepted=2)
        assert len(office.messages) == 4
        return
    with pytest.raises(MailerError, match="3 copies to each of 2 people are 6 messages") as caught:
        office.test(request)
    assert "--to ADDRESS" in caught.value.hint
    assert office.messages == []


def test_a_bad_row_stops_the_test(ledger: Ledger) -> None:
    sources = [Source([*STAFF, BadRow(Position("staff.csv", 4), "no address")])]
    with pytest.raises(RecipientsError):
        send_test(REQUEST, sources, Means(ledger, MemoryTransport(), b"k" * 32))


@pytest.mark.parametrize(("outcome", "recorded"), [(REFUSED, False), (DEFERRED, True)])
def test_a_refused_copy_is_no_test(ledger: Ledger, outcome: object, recorded: bool) -> None:
    desk = Desk(ledger)
    desk.transport.script = {"ed@x.test": [REFUSED if outcome is REFUSED else DEFERRED]}
    report = send_test(replace(REQUEST, issue=ISSUE), [Source(STAFF)], desk.means)
    assert (ledger.find_test(ISSUE.digest, rehearsal=True) is not None) is recorded
    assert report.send.tested is recorded
    assert report.exit_code(0.02) == 4
    if not recorded:
        assert "Not recorded as tested" in "\n".join(report.lines())


def test_whoever_left_is_not_written_to_even_as_staff(ledger: Ledger) -> None:
    transport = MemoryTransport()
    people = [row("ed", opted_out="status is unsubscribed"), row("sue")]
    report = send_test(replace(REQUEST, issue=ISSUE), [Source(people)], Means(ledger, transport, b"k" * 32))
    assert report.figures == Figures(accepted=1, suppressed=1)
    assert [str(one.envelope.recipient) for one in transport.messages] == ["sue@x.test"]
