"""Template + values -> text."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mailer.template.faults import faults_placed
from mailer.template.sandbox import Sandbox
from mailer.template.scan import with_unix_newlines
from mailer.template.source import Load, Source, load_nothing


def render_source(
    source: Source, values: Mapping[str, Any], *, autoescape: bool = False, load: Load = load_nothing
) -> str:
    """Return what the template gives for these values; raises the source's kind of SourceError."""
    return render_in(Sandbox(autoescape=autoescape, load=load), source, values)


def render_in(sandbox: Sandbox, source: Source, values: Mapping[str, Any]) -> str:
    """Return what the template gives in a sandbox of the caller's."""
    entry = replace(source, text=with_unix_newlines(source.text))
    with faults_placed(sandbox, entry, (*values, *sandbox.globals)):
        return sandbox.run(sandbox.enter(entry), values)
