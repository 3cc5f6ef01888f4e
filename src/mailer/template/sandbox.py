"""The sandbox: Jinja with own globals only, strict about what is undefined, bounded in what it may do."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, Template, TemplateNotFound, Undefined, nodes
from jinja2.ext import LoopControlExtension
from jinja2.lexer import Lexer
from jinja2.nodes import EvalContext
from jinja2.runtime import Context, LoopContext, Macro, markup_join, str_join
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace, missing, pass_eval_context
from jinja2.visitor import NodeTransformer

from mailer.template.budget import (
    check_contents,
    check_text,
    limited_concat,
    paid,
    printable,
    rendered,
    spend_include,
    turns,
)
from mailer.template.growth import (
    BINARY_OPERATORS,
    FILTERS_BOUNDED,
    bounded_range,
    check_call,
    check_format,
)
from mailer.template.lexer import fast_lexer
from mailer.template.source import Load, Source, load_nothing

GLOBALS: Mapping[str, Any] = MappingProxyType({"range": bounded_range, "dict": dict, "namespace": Namespace})
"""All that a template finds beside its values."""

_OF_LOOPS = frozenset(("first", "last", "index", "index0"))
"""What layouts ask of loops, thousands of times in a compile."""

MARKDOWN_COMMENT = ("{#*", "*#}")
"""Comment delimiters of Markdown sources, where `{#id}` is an attribute list."""

PAGE_COMMENT = ("{#", "#}")
"""Jinja's own comment delimiters."""

Rewrite = Callable[[Source], str]
"""What a template's source is turned into before it is compiled; it must keep the lines."""


class Complaint(str):  # noqa: SLOT000 - a text with a few words beside it
    """The message of an undefined value, with the word and the words that are known instead."""

    is_name: bool
    word: str
    known: tuple[str, ...]


class Unknown(StrictUndefined):
    """A name or an attribute that is not there; any use of it is an error that can name its neighbours."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        complaint = Complaint(super()._undefined_message)
        complaint.word = str(self._undefined_name)
        owner = self._undefined_obj
        complaint.is_name = owner is missing
        complaint.known = tuple(map(str, owner)) if isinstance(owner, Mapping) else ()
        return complaint


class _Bounds(NodeTransformer):
    """
    Wraps what Jinja compiles to plain Python and what can therefore run away: loops and `~`.

    And `in`, because Python asks whether a text holds another only of texts, not of a missing value.
    """

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - named by Jinja
        self.generic_visit(node)
        node.iter = _call("turns", [node.iter])
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 - named by Jinja
        self.generic_visit(node)
        return _call("joined", [*node.nodes])

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802 - named by Jinja
        self.generic_visit(node)
        first, *more = node.ops
        if more or first.op not in ("in", "notin") or _is_no_text(first.expr):
            return node
        held = _call("holds", [first.expr, node.expr])
        return held if first.op == "in" else nodes.Not(held, lineno=node.lineno)


def _is_no_text(node: nodes.Expr) -> bool:
    if isinstance(node, nodes.Const):
        return not isinstance(node.value, str)
    return isinstance(node, (nodes.List, nodes.Tuple, nodes.Dict))


def _call(attribute: str, arguments: list[Any]) -> nodes.Expr:
    line = arguments[0].lineno
    function = nodes.EnvironmentAttribute(attribute, lineno=line)
    return nodes.Call(function, arguments, [], None, None, lineno=line)


class _Loader(BaseLoader):
    """Hands the templates of `load` to Jinja, rewritten, and remembers them in the sandbox's `sources`."""

    def __init__(self, load: Load, rewrite: Rewrite | None) -> None:
        self._load = load
        self._rewrite = rewrite

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, None]:
        assert isinstance(environment, Sandbox)
        source = self._load(template)
        if source is None:
            raise TemplateNotFound(template)
        environment.sources[template] = source
        return self.rewritten(source), source.path, None

    def rewritten(self, source: Source) -> str:
        return self._rewrite(source) if self._rewrite else source.text


class Sandbox(ImmutableSandboxedEnvironment):
    """
    An environment in which a template reaches its values and nothing else.

    `sources` holds every template taken in so far by its name, so that a fault can be placed.
    """

    intercepted_binops = frozenset(BINARY_OPERATORS)
    concat = staticmethod(limited_concat)
    turns = staticmethod(turns)

    def __init__(
        self,
        *,
        autoescape: bool,
        comment: tuple[str, str] = PAGE_COMMENT,
        load: Load = load_nothing,
        rewrite: Rewrite | None = None,
        undefined: type[Undefined] = Unknown,
    ) -> None:
        self._loader = _Loader(load, rewrite)
        super().__init__(
            autoescape=autoescape,
            comment_start_string=comment[0],
            comment_end_string=comment[1],
            undefined=undefined,
            keep_trailing_newline=True,
            finalize=printable,
            loader=self._loader,
            extensions=[LoopControlExtension],
        )
        self.sources: dict[str, Source] = {}
        self.globals = dict(GLOBALS)
        self.filters = dict(FILTERS_BOUNDED)
        self.binop_table.update(BINARY_OPERATORS)

    @property
    def lexer(self) -> Lexer:
        """The lexer, which all sandboxes with the same delimiters share."""
        return fast_lexer(self.comment_start_string, self.comment_end_string)

    def enter(self, source: Source) -> Template:
        """Compile a template that no loader knows; it is called by its path."""
        self.sources[source.path] = source
        code = self.compile(self._loader.rewritten(source), source.path, source.path)
        return Template.from_code(self, code, self.make_globals(None))

    def run(self, template: Template, values: Mapping[str, Any]) -> str:
        """Render with a full allowance; errors come as they are, their lines still to be found."""
        return "".join(self.chunks(template, values))

    def chunks(self, template: Template, values: Mapping[str, Any]) -> list[str]:
        """Do what `run` does, but leave apart what stands in the template and what its tags print."""
        # Jinja's new_context goes through the globals one by one, which takes longer than a recipient's text
        context = Context(self, {**self.globals, **values}, template.name, template.blocks)
        return rendered(template.root_render_func(context))

    def _generate(self, source: nodes.Template, *arguments: Any, **named: Any) -> str:
        bounded: nodes.Template = _Bounds().visit(source)
        return super()._generate(bounded, *arguments, **named)

    def _load_template(self, name: str, *arguments: Any) -> Template:
        spend_include()
        return super()._load_template(name, *arguments)

    @pass_eval_context
    def joined(self, eval_context: EvalContext, *parts: Any) -> str:
        """Do what `~` does, within bounds."""
        check_contents(parts)
        check_text(sum(len(part) for part in parts if isinstance(part, str)))
        join: Callable[[Iterable[Any]], str] = markup_join if eval_context.autoescape else str_join
        return join(parts)

    @staticmethod
    def holds(container: Any, item: Any) -> bool:
        """Do what `in` does; a missing value is in no text, where it may be asked for at all."""
        if isinstance(item, Undefined) and isinstance(container, str):
            return bool(item)
        return item in container

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Look a name up in a table before looking for a method: a column may be called `items`."""
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        if type(obj) is LoopContext and attribute in _OF_LOOPS:
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def wrap_str_format(self, value: Any) -> Any:
        """Return a safe `str.format` or None, having checked the widths in the text."""
        wrapped = super().wrap_str_format(value)
        if wrapped is not None:
            check_format(value.__self__)
        return wrapped

    def call(self, context: Context, obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Call what a template may call, within bounds; a macro is bounded by what stands in it."""
        if type(obj) is Macro:
            return paid(context.call(obj, *args, **kwargs))
        check_call(obj, args, kwargs)
        if isinstance(obj, LoopContext) and args:
            args = (turns(args[0]), *args[1:])
        return paid(super().call(context, obj, *args, **kwargs))
