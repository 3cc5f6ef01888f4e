"""Text of an expression -> a function of a row."""

from collections.abc import Callable, Collection, Mapping

from mailer.position import Position

WHERE = Position("--where", 1)


def compile_expression(
    source: str, columns: Collection[str], *, position: Position = WHERE
) -> Callable[[Mapping[str, str]], bool]:
    """
    Return a function that tells whether a row of values meets the expression.

    The language is that of Jinja's expressions; columns are plain names (`segment == 'client' and country in
    ['de', 'at']`). A column that the row has no value for is unequal to everything and false; it is neither
    smaller nor larger. A text that looks like a number compares with a number as one. Raises SourceError at
    `position` (its column counted into the expression) for wrong syntax and for a name that is no column.
    """
    raise NotImplementedError
