"""Fields of an issue that its list has no column for."""

from mailer.compile.compiled import MergeField
from mailer.finding import Severity
from mailer.message.columns import column_findings
from mailer.position import Position

COLUMNS = ("email", "first_name", "segment")


def at(line: int) -> Position:
    return Position("issues/spring.md", line, 7)


def test_a_field_that_nothing_can_fill_is_an_error_with_the_nearest_column() -> None:
    (found,) = column_findings([MergeField("frist_name", guarded=False, position=at(3))], COLUMNS, "readers")

    assert found.severity is Severity.ERROR
    assert found.position == at(3)
    assert "readers has no column 'frist_name' (did you mean 'first_name'?)" in found.message
    assert "no default" in found.message
    assert "email, first_name, segment" in found.hint
    assert "default('…')" in found.hint


def test_an_audience_of_no_column_is_an_error_though_it_only_asks() -> None:
    field = MergeField("segmnet", guarded=True, position=at(5), audience=True)
    (found,) = column_findings([field], COLUMNS, "readers")

    assert found.severity is Severity.ERROR
    assert "'segmnet' (did you mean 'segment'?), which this audience asks for" in found.message


def test_a_field_with_a_default_is_a_warning() -> None:
    (found,) = column_findings([MergeField("fist_name", guarded=True, position=at(3))], COLUMNS, "readers")

    assert found.severity is Severity.WARNING
    assert "did you mean 'first_name'?" in found.message


def test_a_field_that_a_condition_around_it_asks_for_is_a_warning() -> None:
    (found,) = column_findings([MergeField("city", False, at(3), asked=True)], COLUMNS, "readers")
    assert found.severity is Severity.WARNING


def test_columns_of_the_list_are_nothing_to_tell() -> None:
    fields = [MergeField(name, guarded=False, position=at(1)) for name in COLUMNS]
    assert column_findings(fields, COLUMNS, "readers") == []


def test_of_several_uses_in_one_tag_the_worst_is_told_once() -> None:
    fields = [
        MergeField("city", True, at(3)),
        MergeField("city", False, at(3)),
        MergeField("city", True, at(9)),
    ]
    found = column_findings(fields, COLUMNS, "readers")

    assert [(one.position.line, one.severity) for one in found] == [
        (3, Severity.ERROR),
        (9, Severity.WARNING),
    ]
