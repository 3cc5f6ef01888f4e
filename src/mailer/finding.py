"""What a check tells the author."""

from dataclasses import dataclass
from enum import StrEnum

from mailer.position import Position


class Severity(StrEnum):
    """How much a finding matters: an error stops a send."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check tells the author: the rule's id, what is wrong, what to do next and where."""

    rule: str
    severity: Severity
    message: str
    hint: str
    position: Position
