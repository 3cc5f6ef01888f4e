"""compile_expression: the language of `--where`."""

from collections.abc import Mapping

import pytest

from mailer.errors import SourceError
from mailer.position import Position
from mailer.template.expression import compile_expression

COLUMNS = ("email", "segment", "country", "age", "name")
ROW: Mapping[str, str] = {"email": "a@example.com", "segment": "client", "age": "7", "name": "Ada"}
"""`country` is missing."""


def meets(expression: str, row: Mapping[str, str] = ROW) -> bool:
    return compile_expression(expression, COLUMNS)(row)


def refused(expression: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        meets(expression)
    return caught.value


@pytest.mark.parametrize(
    "expression",
    [
        "segment == 'client'",
        "segment != 'lead'",
        "segment in ['client', 'lead']",
        "segment not in ('lead',)",
        "'example.com' in email",
        "email.endswith('.com')",
        "segment == 'client' and not country",
        "segment == 'lead' or name",
        "not country",
        "country != 'de'",
        "not country == 'de'",
        "not (country in ['de', 'at'])",
        "country is not defined",
        "not (country < 'z') and not (country > 'a')",
        "not country.startswith('d')",
        "age == 7",
        "age < 10 and age > 6.5 and age >= 7 and age <= 7",
        "age | int > 6",
        "age in [5, 7]",
        "age not in [5]",
        "country not in segment",
        "country not in 'de at'",
        "name | lower == 'ada'",
        "(segment if age else country) == 'client'",
        "name != 5",
        "not (name < 5) and not (name > 5)",
        "true",
        "segment ~ age == 'client7'",
    ],
)
def test_a_row_meets(expression: str) -> None:
    assert meets(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "segment == 'Client'",
        "country",
        "country == ''",
        "country == country",
        "country == none",
        "country in ['de', 'at']",
        "country < 'z'",
        "country > 0",
        "age > 7",
        "name == 5",
        "'x' in country",
        "country in segment",
        "country in 'de at'",
        "country in country",
        "false",
        "segment == 'client' and country == 'de'",
    ],
)
def test_a_row_does_not_meet(expression: str) -> None:
    assert not meets(expression)


def test_an_empty_value_counts_as_missing() -> None:
    assert meets("not country and country != 'de'", {**ROW, "country": ""})


def test_many_rows_are_told_apart() -> None:
    is_client = compile_expression("segment == 'client'", COLUMNS)
    assert [is_client({"segment": one}) for one in ("client", "lead", "client")] == [True, False, True]
    assert not is_client({})


@pytest.mark.parametrize(
    ("expression", "column", "message"),
    [
        ("segmnt == 'client'", 1, "there is no column 'segmnt' (did you mean 'segment'?)"),
        ("age > 3 and contry", 13, "there is no column 'contry' (did you mean 'country'?)"),
        ("recipient.segment == 'x'", 1, "there is no column 'recipient'"),
        ("segment = 'client'", 9, "unexpected '='"),
        ("segment ==", 11, "the expression is not finished"),
        ("(segment == 'a'", 16, "the expression is not finished"),
        ("segment == 'client", 12, '"\'" is not expected here'),
        ("segment | uper == 'X'", 11, "there is no filter 'uper' (did you mean 'upper'?)"),
        ("segment is empty", 12, "there is no test 'empty'"),
        ("segment country", 9, "unexpected 'country'"),
        ("", 1, "the expression is not finished"),
        ("email.__class__", 7, "'__class__' is not for expressions"),
    ],
)
def test_a_wrong_expression_is_refused_at_its_column(expression: str, column: int, message: str) -> None:
    error = refused(expression)
    assert error.position == Position("--where", 1, column)
    assert error.message.startswith(message)


def test_the_column_is_counted_from_where_the_expression_stands() -> None:
    with pytest.raises(SourceError) as caught:
        compile_expression("segmnt", COLUMNS, position=Position("mailer.toml", 12, 20))
    assert caught.value.position == Position("mailer.toml", 12, 20)


@pytest.mark.parametrize(
    "expression",
    [
        "'a' * 9999999999",
        "10 ** (10 ** 8) > 1",
        "('x' | center(99999999)) == name",
        "lipsum()",
        "email.__class__.__mro__",
        "email | attr('__class__')",
        "email['__class__']",
        "'{0.__class__}'.format(email) == name",
        "((1,).__class__)",
        "name + 1 == 2",
        "1 / 0 == 1",
        "(" * 2000,
    ],
)
def test_what_no_expression_may_do_is_an_error(expression: str) -> None:
    assert refused(expression).position.path == "--where"
