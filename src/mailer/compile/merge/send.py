"""Self-contained Jinja source -> one recipient's text."""

from collections.abc import Mapping
from typing import Protocol


class SendTemplate(Protocol):
    """A compiled template, to be rendered once per recipient."""

    def render(self, recipient: Mapping[str, str], *, unsubscribe_url: str = "", view_url: str = "") -> str:
        """
        Fill the merge fields.

        A missing value is false in a test, unequal to everything and an empty list; where it would be printed
        without a default, MessageError names the field (in a sample: its name in brackets is printed).
        """
        ...


def compile_send_template(source: str, *, html: bool, sample: bool = False) -> SendTemplate:
    """
    Compile `html`, `text` or `subject` of a compiled issue for sending; `html` escapes values.

    `sample` is the flavour for looking at: a missing value is printed as its name in brackets. Values are never
    compiled. Thread-safe.
    """
    raise NotImplementedError
