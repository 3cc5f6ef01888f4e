"""Text of an expression -> a function of a row."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from jinja2 import Template, TemplateAssertionError, TemplateSyntaxError, Undefined, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.parser import Parser

from mailer.errors import SourceError, did_you_mean
from mailer.position import Position
from mailer.template.budget import fresh_budget
from mailer.template.faults import VALUES_ONLY, describe, fault_at
from mailer.template.sandbox import Sandbox
from mailer.template.source import Source
from mailer.template.syntax import describe_expression_syntax

WHERE = Position("--where", 1)

_HOLDS = "1"
_INNER_NAME = re.compile(r"__\w+__")


class Missing(Undefined):
    """A value that a row does not have: false, an empty text, unequal to everything, in no order."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return False

    def __ne__(self, other: object) -> bool:
        return True

    __hash__ = Undefined.__hash__

    def __lt__(self, *_other: Any, **_named: Any) -> Any:
        return False

    __le__ = __gt__ = __ge__ = __lt__

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr("", name)


class Cell(str):
    """A text that compares with a number as a number, if it looks like one."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return self._number() == other if isinstance(other, (int, float)) else str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __lt__(self, other: Any) -> bool:
        return self._number() < other if isinstance(other, (int, float)) else str.__lt__(self, other)

    def __le__(self, other: Any) -> bool:
        return self._number() <= other if isinstance(other, (int, float)) else str.__le__(self, other)

    def __gt__(self, other: Any) -> bool:
        return self._number() > other if isinstance(other, (int, float)) else str.__gt__(self, other)

    def __ge__(self, other: Any) -> bool:
        return self._number() >= other if isinstance(other, (int, float)) else str.__ge__(self, other)

    def _number(self) -> float:
        try:
            return float(self)
        except ValueError:
            return float("nan")  # neither equal to a number, nor smaller, nor larger


def compile_expression(
    source: str, columns: Collection[str], *, position: Position = WHERE
) -> Callable[[Mapping[str, str]], bool]:
    """
    Return a function that tells whether a row of values meets the expression.

    The language is that of Jinja's expressions; columns are plain names (`segment == 'client' and country in
    ['de', 'at']`). A column that the row has no value for is unequal to everything and false; it is neither
    smaller nor larger. A text that looks like a number compares with a number as one. Raises SourceError at
    `position` (its column counted into the expression) for wrong syntax and for a name that is no column;
    the function raises it for an expression that fails on a row.
    """
    sandbox = Sandbox(autoescape=False, undefined=Missing)
    expression = Source(source, position.path, position.line or 1)
    try:
        tree = _parse(sandbox, source)
        _refuse_unknown_steps(tree, sandbox)
        # asked first: looking for names folds `[42]` into one constant
        as_cell = Cell if _has_numbers(tree) else str
        names = find_undeclared_variables(tree) - set(sandbox.globals)
        meets = _test_of_rows(sandbox, tree, names, as_cell)
    except Exception as error:  # noqa: BLE001 - RecursionError, ValueError for a long number, …
        raise _moved(_fault(error, sandbox, expression), position) from None
    _check_names(names, columns, expression, position)
    _refuse_inner_names(tree, expression, position)

    def meets_or_tells(row: Mapping[str, str]) -> bool:
        try:
            return meets(row)
        except Exception as error:  # noqa: BLE001 - an expression can raise anything at all
            raise _moved(_fault(error, sandbox, expression), position) from None

    return meets_or_tells


def _parse(sandbox: Sandbox, text: str) -> nodes.Template:
    parser = Parser(sandbox, text, state="variable")
    expression = parser.parse_expression()
    if not parser.stream.eos:
        raise TemplateSyntaxError(f"unexpected '{parser.stream.current.value}'", 1)
    printed = nodes.Output([nodes.TemplateData(_HOLDS, lineno=1)], lineno=1)
    body: list[nodes.Node] = [nodes.If(expression, [printed], [], [], lineno=1)]
    tree = nodes.Template(body, lineno=1)
    tree.set_environment(sandbox)
    return tree


def _test_of_rows(
    sandbox: Sandbox, tree: nodes.Template, names: set[str], as_cell: Callable[[str], str]
) -> Callable[[Mapping[str, str]], bool]:
    template = Template.from_code(sandbox, sandbox.compile(tree), sandbox.make_globals(None))
    # one context for all rows: making it costs more than the test
    context = template.new_context()
    render = template.root_render_func

    def meets(row: Mapping[str, str]) -> bool:
        context.parent = {**sandbox.globals, **{name: as_cell(row[name]) for name in names if row.get(name)}}
        with fresh_budget():
            return any(render(context))

    return meets


def _has_numbers(tree: nodes.Template) -> bool:
    constants = (node.value for node in tree.find_all(nodes.Const))
    if any(isinstance(value, (int, float)) for value in constants):
        return True
    return any(tree.find_all((nodes.Filter, nodes.Call)))


def _fault(error: Exception, sandbox: Sandbox, expression: Source) -> SourceError:
    if isinstance(error, TemplateSyntaxError):
        fault = describe_expression_syntax(error, expression.text, sandbox)
        return fault_at(expression, fault.message, hint=fault.hint, offset=fault.offset)
    return describe(error, sandbox, expression, ())


def _check_names(names: set[str], columns: Collection[str], expression: Source, position: Position) -> None:
    for name in sorted(names - set(columns)):
        near = did_you_mean(name, columns)
        hint = f"the columns are {', '.join(columns)}"
        if name == "recipient":
            near, hint = "", "name the column alone: segment, not recipient.segment"
        fault = fault_at(expression, f"there is no column '{name}'{near}", hint=hint, line=1, word=name)
        raise _moved(fault, position)


def _refuse_unknown_steps(tree: nodes.Template, sandbox: Sandbox) -> None:
    """Refuse filters and tests that do not exist; Jinja would wait for the first row."""
    for kind, node_type, known in (
        ("filter", nodes.Filter, sandbox.filters),
        ("test", nodes.Test, sandbox.tests),
    ):
        for node in tree.find_all(node_type):
            if node.name not in known:
                raise TemplateAssertionError(f"No {kind} named {node.name!r}.", 1)


def _refuse_inner_names(tree: nodes.Template, expression: Source, position: Position) -> None:
    """Refuse `email.__class__`, which would read as a missing value."""
    constants = (node.value for node in tree.find_all(nodes.Const) if isinstance(node.value, str))
    for text in (*(node.attr for node in tree.find_all(nodes.Getattr)), *constants):
        if found := _INNER_NAME.search(text):
            name = found[0]
            fault = fault_at(
                expression, f"'{name}' is not for expressions", hint=VALUES_ONLY, line=1, word=name
            )
            raise _moved(fault, position)


def _moved(fault: SourceError, position: Position) -> SourceError:
    """Return the fault with its column counted from where the expression stands in its file."""
    place, start = fault.position, max(position.column - 1, 0)
    shown = Position(place.path, position.line, place.column + start if place.column else position.column)
    source_line = "" if start else fault.source_line
    return SourceError(fault.message, shown, hint=fault.hint, source_line=source_line)
