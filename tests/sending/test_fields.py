"""What is held against the list before anything is sent: its columns, and everybody's subject."""

from dataclasses import replace

import pytest
from tests.sending.desk import ISSUE, NEEDY, Desk, row

from mailer.compile.compiled import CompiledIssue, MergeField
from mailer.errors import ChecksFailed, IssueError, RecipientsError
from mailer.ledger.base import Ledger
from mailer.position import Position
from mailer.sending.audience import Source
from mailer.sending.begin import NewSend

PLACE = Position("issues/spring.md", 2)
PERSONAL = replace(ISSUE, subject="{{ recipient.topic | default('Spring') }}", subject_position=PLACE)


class ListDesk(Desk):
    """A desk whose list has a header."""

    columns: tuple[str, ...] | None = ("email", "first_name", "topic")

    def sources(self) -> list[Source]:
        return [Source(list(self.rows), columns=self.columns)]


@pytest.fixture
def desk(ledger: Ledger) -> ListDesk:
    desk = ListDesk(ledger, [row("ada", 2, first_name="Ada"), row("bob", 3, first_name="Bob", topic="Owls")])
    desk.columns = ("email", "first_name", "topic")
    return desk


def planned(desk: Desk, issue: CompiledIssue) -> NewSend:
    prepared = desk.prepared(issue=issue, untested="a test of fields")
    assert isinstance(prepared, NewSend)
    with prepared:
        return prepared


def test_a_field_without_a_column_stops_before_anything_is_planned(desk: ListDesk) -> None:
    desk.columns = ("email", "name")
    with pytest.raises(ChecksFailed, match=r"issues/spring\.md:3: readers has no column 'first_name'"):
        planned(desk, NEEDY)


def test_an_audience_without_a_column_stops(desk: ListDesk) -> None:
    field = MergeField("segmnet", guarded=True, position=Position("issues/spring.md", 9, 14), audience=True)
    with pytest.raises(ChecksFailed, match=r"issues/spring\.md:9:14: .*'segmnet'"):
        planned(desk, replace(ISSUE, fields=(field,)))


def test_a_default_for_all_is_told_with_the_plan(desk: ListDesk) -> None:
    desk.columns = ("email", "frist_name")
    told = "\n".join(planned(desk, ISSUE).plan.lines())
    assert (
        "warning: issues/spring.md:3: readers has no column 'first_name' (did you mean 'frist_name'?)" in told
    )


@pytest.mark.parametrize("columns", [None, ("email", "first_name")])
def test_nothing_is_told_where_the_column_is_there_or_columns_are_not_known(
    desk: ListDesk, columns: tuple[str, ...] | None
) -> None:
    desk.columns = columns
    assert planned(desk, ISSUE).plan.findings == []


def test_a_subject_that_is_empty_for_one_stops_with_the_line_in_the_list(desk: ListDesk) -> None:
    issue = replace(
        PERSONAL, subject="{{ recipient.topic | replace('Owls', '') if recipient.topic else 'A' }}"
    )
    with pytest.raises(RecipientsError) as caught:
        planned(desk, issue)

    assert caught.value.rows == ((3, "bob@x.test: Subject is empty (issues/spring.md:2)"),)
    assert "list.csv:3" in str(caught.value)


@pytest.mark.parametrize("topic", ["=?utf-8?q?A=0D=0ABcc=3A_x=40evil.test?=", "\u202eslwo", "\u2028"])
def test_a_value_that_no_subject_can_hold_stops_too(desk: ListDesk, topic: str) -> None:
    desk.rows.append(row("eve", 4, topic=topic))
    with pytest.raises(RecipientsError) as caught:
        planned(desk, PERSONAL)
    assert [line for line, _ in caught.value.rows] == [4]


def test_a_value_that_a_filter_refuses_stops_too(desk: ListDesk) -> None:
    desk.rows.append(row("eve", 4, count="many"))
    text = "{{ 10 // (recipient.count | default('1') | length - 4) }}"
    with pytest.raises(RecipientsError) as caught:
        planned(desk, replace(ISSUE, text=text))
    assert [line for line, _ in caught.value.rows] == [4]


def test_an_empty_subject_of_all_points_into_the_issue(desk: ListDesk) -> None:
    with pytest.raises(IssueError, match=r"issues/spring\.md:2: Subject is empty"):
        planned(desk, replace(ISSUE, subject=" ", subject_position=PLACE))
