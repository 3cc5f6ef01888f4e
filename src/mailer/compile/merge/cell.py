"""A recipient's value, as expressions see it: numbers compare as numbers, a missing one is unequal to all."""

from typing import Any

from jinja2 import Undefined

from mailer.template.expression import Cell, Missing

CELL = "cell"
"""The filter that the columns of an audience go through."""


def as_cell(value: Any) -> Any:
    """Return the value as `--where` would have it."""
    return Missing(name=CELL) if isinstance(value, Undefined) or not value else Cell(value)
