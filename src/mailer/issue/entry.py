"""One key of the front matter."""

import re
from dataclasses import dataclass
from typing import Any

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""Characters that no HTML document can hold."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A value as read, the text it was written as (None for a list or a mapping) and its line in the file."""

    value: Any
    text: str | None
    line: int
