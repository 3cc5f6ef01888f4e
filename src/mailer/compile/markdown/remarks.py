"""What the author should know about a text, with the lines it is about."""

from typing import NamedTuple

from mailer.finding import Severity

MOST_REMARKS = 100
"""Told of one text; further slips are mended all the same."""


class Remark(NamedTuple):
    """
    One thing found in a text.

    `line` counts from 1 in that text; `written` is what stands there, as the author wrote it.
    """

    rule: str
    severity: Severity
    message: str
    hint: str
    line: int
    written: str
