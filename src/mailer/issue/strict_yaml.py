"""
YAML -> plain values, with nothing that surprises an author or harms a machine.

`no`, `on` and `010` stay text, as YAML 1.2 has it; tags, merge keys, duplicate keys, deep nesting and aliases
that multiply are refused.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, NoReturn

import yaml

from mailer.errors import IssueError
from mailer.issue.date import DATE, read_date
from mailer.issue.entry import CONTROL, Entry
from mailer.position import Position

MAX_DEPTH = 20
MAX_EXPANDED = 200_000
"""Characters and nodes of one key's value with every alias written out."""

_SHOWN = 200
"""A longer line is no help on a screen."""

_INT = re.compile(r"[-+]?(?:0|[1-9]\d{0,17})", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:0|[1-9]\d{0,17})\.\d{1,18}", re.ASCII)
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NULL = {"", "~", "null", "Null", "NULL"}

_PREFIX = "tag:yaml.org,2002:"
_PLAIN = {None, f"{_PREFIX}str", f"{_PREFIX}seq", f"{_PREFIX}map"}


class _Loader(yaml.SafeLoader):
    """Composes nodes only; no scalar is resolved and nothing constructed by PyYAML."""

    yaml_implicit_resolvers: dict[Any, Any] = {}  # noqa: RUF012 (PyYAML's own way)
    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise yaml.MarkedYAMLError(
                problem=f"nested more than {MAX_DEPTH} deep", problem_mark=self.get_mark()
            )
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _Source:
    """Where the YAML stands, so that a fault can say so."""

    def __init__(self, block: str, path: str, lines_before: int) -> None:
        self.lines = block.split("\n")
        self.path = path
        self.lines_before = lines_before

    def fault(self, message: str, line: int, column: int = 0, *, hint: str) -> NoReturn:
        """Raise IssueError; line and column count from 0 in the block."""
        line = min(line, max(len(self.lines) - 2, 0))
        raise IssueError(
            message,
            Position(self.path, self.lines_before + line + 1, column + 1),
            hint=hint,
            source_line=self.lines[line] if len(self.lines[line]) <= _SHOWN else "",
        ) from None

    def fault_at(self, node: yaml.Node, message: str, *, hint: str) -> NoReturn:
        """Raise IssueError at a node."""
        self.fault(message, node.start_mark.line, node.start_mark.column, hint=hint)


def read_mapping(block: str, *, path: str, lines_before: int) -> dict[str, Entry]:
    """Return the entries of a YAML mapping, none for an empty block; raise IssueError for anything else."""
    source = _Source(block, path, lines_before)
    root = _compose(block, source)
    if root is None or (isinstance(root, yaml.ScalarNode) and root.value == ""):
        return {}
    if not isinstance(root, yaml.MappingNode):
        kind = "a list" if isinstance(root, yaml.SequenceNode) else "plain text"
        source.fault_at(
            root,
            f"the front matter is {kind}, not keys and values",
            hint="write `subject: …`, one key a line",
        )
    return {key.value: _entry(key, node, source) for key, node in _pairs(root, source)}


def _entry(key: yaml.ScalarNode, node: yaml.Node, source: _Source) -> Entry:
    _refuse_bomb(key, node, source)
    text = node.value if isinstance(node, yaml.ScalarNode) else None
    return Entry(_value(node, source), text, source.lines_before + key.start_mark.line + 1)


def _compose(block: str, source: _Source) -> yaml.Node | None:
    try:
        loader = _Loader(block)
        return loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        problem = error.problem or error.context or "cannot be read"
        source.fault(
            f"the front matter is not valid YAML: {problem}", line, column, hint=_hint(source, line, problem)
        )
    except yaml.reader.ReaderError as error:
        line = block.count("\n", 0, error.position)
        column = error.position - block.rfind("\n", 0, error.position) - 1
        source.fault("the front matter holds a character YAML does not allow", line, column, hint="remove it")


def _hint(source: _Source, line: int, problem: str) -> str:
    nearby = "\n".join(source.lines[max(line - 1, 0) : line + 1])
    if "{{" in nearby or "{%" in nearby:
        return "a value that begins with a merge field needs quotes: subject: '{{ … }}'"
    if "\\t" in problem or "\t" in nearby:
        return "indent with spaces: YAML allows no tab there"
    if "alias" in problem or "anchor" in problem:
        return "a value that begins with * or & needs quotes"
    return "put the value in quotes if it holds ': ' or ' #', or begins with one of & * ! % @ ` [ {"


def _pairs(node: yaml.MappingNode, source: _Source) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    seen: dict[str, int] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            source.fault_at(
                key, "a key must be plain text", hint="a value that holds {{ … }} needs quotes: '{{ … }}'"
            )
        if key.value in seen:
            first = source.lines_before + seen[key.value] + 1
            source.fault_at(
                key, f"the key '{key.value}' stands twice", hint=f"remove one; the first is in line {first}"
            )
        seen[key.value] = key.start_mark.line
        yield key, value


def _refuse_bomb(key: yaml.ScalarNode, node: yaml.Node, source: _Source) -> None:
    left, waiting = MAX_EXPANDED, [node]
    while waiting:
        current = waiting.pop()
        left -= 1
        if isinstance(current, yaml.ScalarNode):
            left -= len(current.value)
        elif isinstance(current, yaml.SequenceNode):
            waiting += current.value
        else:
            waiting += [part for pair in current.value for part in pair]
        if left < 0:
            source.fault_at(
                key, f"the aliases under '{key.value}' grow without bound", hint="write the values out"
            )


def _value(node: yaml.Node, source: _Source) -> Any:
    if isinstance(node, yaml.MappingNode):
        pairs = _pairs(node, source) if node.tag in _PLAIN else _refuse_tag(node, source)
        return {key.value: _value(value, source) for key, value in pairs}
    if isinstance(node, yaml.SequenceNode):
        values = node.value if node.tag in _PLAIN else _refuse_tag(node, source)
        return [_value(value, source) for value in values]
    assert isinstance(node, yaml.ScalarNode)
    return _scalar(node, source)


def _scalar(node: yaml.ScalarNode, source: _Source) -> Any:
    text: str = node.value
    if found := CONTROL.search(text):
        source.fault_at(node, f"the value holds the control character {found[0]!r}", hint="remove it")
    if node.tag not in _PLAIN:
        _refuse_tag(node, source)
    return text if node.style else _plain_scalar(node, text, source)


def _plain_scalar(node: yaml.ScalarNode, text: str, source: _Source) -> str | float | bool | date | None:
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if not DATE.fullmatch(text):
        return text
    day = read_date(text)
    if day is None:
        source.fault_at(
            node, f"there is no such day or time as {text}", hint="write YYYY-MM-DD, or put it in quotes"
        )
    return day


def _refuse_tag(node: yaml.Node, source: _Source) -> NoReturn:
    tag = node.tag.replace(_PREFIX, "!!")
    source.fault_at(
        node,
        f"the tag {tag} is not allowed in front matter",
        hint="write a plain value; quote one that begins with !",
    )
