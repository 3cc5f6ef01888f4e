"""Template + values -> text."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from jinja2 import Template

from mailer.template.faults import faults_placed
from mailer.template.sandbox import Sandbox
from mailer.template.scan import with_unix_newlines
from mailer.template.source import Load, Source, load_nothing

_REMEMBERED = 16
"""Templates that are kept compiled: compiling takes ten times as long as rendering."""


def render_source(
    source: Source, values: Mapping[str, Any], *, autoescape: bool = False, load: Load = load_nothing
) -> str:
    """Return what the template gives for these values; raises the source's kind of SourceError."""
    entry = replace(source, text=with_unix_newlines(source.text))
    # what is included may change at any time, so it is read anew
    enter = _entered if load is load_nothing else _entered.__wrapped__
    sandbox, template = enter(entry, autoescape=autoescape, load=load)
    with faults_placed(sandbox, entry, (*values, *sandbox.globals)):
        return sandbox.run(template, values)


@lru_cache(maxsize=_REMEMBERED)
def _entered(entry: Source, *, autoescape: bool, load: Load) -> tuple[Sandbox, Template]:
    sandbox = Sandbox(autoescape=autoescape, load=load)
    with faults_placed(sandbox, entry, ()):
        return sandbox, sandbox.enter(entry)
