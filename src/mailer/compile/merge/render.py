"""Template + compile-time values -> text in which markers stand for per-recipient tags."""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from jinja2 import Template, Undefined
from markupsafe import Markup

from mailer.compile.compiled import MergeField
from mailer.compile.liquid.filters import FILTERS
from mailer.compile.marker import Role, marker
from mailer.compile.merge.call import MARK, WaitingTag
from mailer.compile.merge.cell import CELL, as_cell
from mailer.compile.merge.literal import NoLiteral, literal
from mailer.compile.merge.refused import PER_RECIPIENT
from mailer.compile.merge.waiting import rewrite
from mailer.compile.people import LANGUAGE_FOR, language_for
from mailer.errors import CompileError
from mailer.position import Position
from mailer.template.faults import faults_placed
from mailer.template.sandbox import MARKDOWN_COMMENT, Sandbox
from mailer.template.scan import with_unix_newlines
from mailer.template.source import Load, Source, load_nothing

STAGE = "merge"
_MOST_LEVELS = 15
"""Blocks within blocks, above which Python does not compile what a recipient's copy is filled from."""

_LAYOUTS = 8
"""Layouts whose compiled templates are kept: compiling them takes longer than all the rest of a compile."""


@dataclass(frozen=True, slots=True)
class Tag:
    """
    One waiting tag: `source` is the Jinja tag that goes back into the finished page.

    `group` is the same for the open, middle and end tags of one block; `keyword` is `if`, `elif`, `for`, …,
    or empty for a value. `position` is where the author wrote it.
    """

    source: str
    role: Role
    group: int
    keyword: str
    position: Position


@dataclass(frozen=True, slots=True)
class Rendered:
    """Text with markers, the tags that they stand for (by marker word), and every use of a merge field."""

    text: str
    tags: Mapping[str, Tag]
    fields: tuple[MergeField, ...] = ()


@dataclass(slots=True)
class _Recorder:
    """Hands out markers while a template is rendered, and remembers what each stands for."""

    salt: str
    waiting: Sequence[WaitingTag]
    tags: dict[str, Tag] = field(default_factory=dict)
    fields: dict[MergeField, None] = field(default_factory=dict)
    words: dict[str, Markup] = field(default_factory=dict)
    """The marker of each source: equal values share one, so that equal links share a number in the text."""
    open_groups: list[int] = field(default_factory=list)
    groups: int = 0

    def mark(self, number: int, values: Sequence[Any]) -> Markup:
        """Return the marker word of one emission of a waiting tag."""
        waiting = self.waiting[number]
        source = _source(waiting, values)
        self.fields.update(dict.fromkeys(waiting.fields))
        if waiting.role == "v" and source in self.words:
            return self.words[source]
        group = self._group(waiting.role)
        if len(self.open_groups) > _MOST_LEVELS:
            raise _too_deep(waiting.position)
        word = Markup(marker(self.salt, len(self.tags), waiting.role, group))  # noqa: S704 - letters and digits
        self.tags[word] = Tag(source, waiting.role, group, waiting.keyword, waiting.position)
        self.words[source] = word
        return word

    def _group(self, role: Role) -> int:
        if role == "m":
            return self.open_groups[-1]
        if role == "e":
            return self.open_groups.pop()
        self.groups += 1
        if role == "o":
            self.open_groups.append(self.groups)
        return self.groups


_recorder: ContextVar[_Recorder] = ContextVar("recorder")


def _mark(number: int, values: Sequence[Any]) -> Markup:
    """Stand for a waiting tag in a rewritten template."""
    return _recorder.get().mark(number, values)


def _source(waiting: WaitingTag, values: Sequence[Any]) -> str:
    pieces = [waiting.parts[0]]
    for expression, value, part in zip(waiting.captures, values, waiting.parts[1:], strict=True):
        if isinstance(value, Undefined):
            value._fail_with_undefined_error()  # noqa: SLF001 - the only way to its message
        try:
            pieces += [literal(value), part]
        except NoLiteral as kind:
            raise _no_literal(expression, str(kind), waiting.position) from None
    return "".join(pieces)


def _too_deep(position: Position) -> CompileError:
    message = f"more than {_MOST_LEVELS} blocks that wait for the recipient stand in one another"
    return CompileError(message, stage=STAGE, position=position, hint="take a few levels out")


def _no_literal(expression: str, kind: str, position: Position) -> CompileError:
    hint = "make it a text first: {% set day = issue.date.strftime('%d %B') %}"
    if kind == "Macro":
        hint = "a macro runs once, for everybody: write out what it would print"
    message = f"'{expression}' is a {kind}, which cannot stand beside a recipient's value"
    return CompileError(message, stage=STAGE, position=position, hint=hint)


def _sandbox(*, autoescape: bool, comment: tuple[str, str], load: Load) -> tuple[Sandbox, list[WaitingTag]]:
    """Return a sandbox whose templates mark what waits, and the growing list of what waits in them."""
    waiting: list[WaitingTag] = []
    sandbox = Sandbox(
        autoescape=autoescape,
        comment=comment,
        load=load,
        rewrite=lambda source: rewrite(source, sandbox, waiting),
    )
    sandbox.globals |= {MARK: _mark, LANGUAGE_FOR: language_for}
    sandbox.filters |= {**FILTERS, CELL: as_cell}
    return sandbox, waiting


def render_issue(
    source: Source, values: Mapping[str, Any], *, salt: str, load: Load = load_nothing
) -> Rendered:
    """
    Run the compile-time tags of a Markdown source; nothing is escaped, comments are `{#* … *#}`.

    Raises IssueError (or what the source says) with the line in the author's file.
    """
    if "{" not in source.text:
        return Rendered(with_unix_newlines(source.text), {})
    sandbox, waiting = _sandbox(autoescape=False, comment=MARKDOWN_COMMENT, load=load)
    entry = replace(source, text=with_unix_newlines(source.text))
    with faults_placed(sandbox, entry, _known(values)):
        return _run(sandbox, sandbox.enter(entry), values, _Recorder(salt, waiting))


def without_columns(rendered: Rendered) -> Rendered:
    """Return it with lines alone as positions: a text of the front matter begins somewhere in its line."""
    tags = {word: replace(tag, position=_line_of(tag.position)) for word, tag in rendered.tags.items()}
    fields = tuple(replace(one, position=_line_of(one.position)) for one in rendered.fields)
    return replace(rendered, tags=tags, fields=fields)


def _line_of(position: Position) -> Position:
    return replace(position, column=0)


def mark_values(*expressions: str, salt: str) -> Rendered:
    """Return the markers of per-recipient values that no author wrote, one a line."""
    words = [marker(salt, number, "v", number) for number in range(len(expressions))]
    tags = {
        word: Tag(f"{{{{ {expression} }}}}", "v", number, "", Position("mailer"))
        for number, (word, expression) in enumerate(zip(words, expressions, strict=True))
    }
    return Rendered("\n".join(words), tags)


def render_layout(
    sources: Mapping[str, Source], entry: str, values: Mapping[str, Any], *, salt: str
) -> Rendered:
    """
    Run the compile-time tags of the layout template `entry`, which may extend and include the others.

    Values are escaped (pass `Markup` for what is HTML or holds markers already). Raises LayoutError.
    """
    sandbox, waiting = _layout_sandbox(tuple(sources.items()))
    with faults_placed(sandbox, sources[entry], _known(values)):
        return _run(sandbox, sandbox.get_template(entry), values, _Recorder(salt, waiting))


@lru_cache(maxsize=_LAYOUTS)
def _layout_sandbox(sources: tuple[tuple[str, Source], ...]) -> tuple[Sandbox, list[WaitingTag]]:
    return _sandbox(autoescape=True, comment=MARKDOWN_COMMENT, load=dict(sources).get)


def _known(values: Mapping[str, Any]) -> tuple[str, ...]:
    return (*values, *PER_RECIPIENT)


def _run(sandbox: Sandbox, template: Template, values: Mapping[str, Any], recorder: _Recorder) -> Rendered:
    token = _recorder.set(recorder)
    try:
        text = sandbox.run(template, values)
    finally:
        _recorder.reset(token)
    return Rendered(text, recorder.tags, tuple(recorder.fields))
