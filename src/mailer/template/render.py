"""Template + values -> text."""

from collections.abc import Mapping
from typing import Any

from mailer.template.source import Load, Source, load_nothing


def render_source(
    source: Source, values: Mapping[str, Any], *, autoescape: bool = False, load: Load = load_nothing
) -> str:
    """Return what the template gives for these values; raises the source's kind of SourceError."""
    raise NotImplementedError
