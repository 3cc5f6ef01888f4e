"""Layout -> the rules of style that are written into the content."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from mailer.layout.code import CODE_CLASSES
from mailer.layout.layout import Layout
from mailer.template.render import render_source
from mailer.template.source import Source

BUILT_IN = "builtin/content.css"
"""It asks for the theme and the direction alone, so its rules are kept; a project's own may ask for more."""

_REMEMBERED = 8
"""Themes, in each direction of writing, whose rules are kept."""


def content_css(layout: Layout, sources: Mapping[str, Source], values: Mapping[str, Any]) -> str:
    """Return the CSS; raises LayoutError at the line of the template that is wrong."""
    if layout.content_css == BUILT_IN:
        return _built_in(sources[BUILT_IN], values["dir"], json.dumps(layout.theme))
    return render_source(sources[layout.content_css], values, load=sources.get)


@lru_cache(maxsize=_REMEMBERED)
def _built_in(source: Source, direction: str, theme: str) -> str:
    """Return the built-in rules; the theme comes as JSON, because what is looked up must be hashable."""
    values = {"dir": direction, "theme": json.loads(theme), "code_classes": CODE_CLASSES}
    return render_source(source, values)
