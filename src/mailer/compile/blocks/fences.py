"""
Markdown as its author wrote it -> the same with its fences read: each fault at its line.

Templates have not run yet, so that lines are the author's; what a template will bring is left open. Blocks
that are templates' tags in other words (`audience`, `include`) become these; others get a number, by which
their place is known later.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailer.compile.blocks.arguments import UNKNOWN, read_values
from mailer.compile.blocks.block import Block, BlockFault
from mailer.compile.blocks.callout import KINDS
from mailer.compile.blocks.setting import Place
from mailer.compile.blocks.table import BLOCKS
from mailer.compile.markdown.block import Block as MarkdownBlock
from mailer.compile.markdown.blocks import parse_blocks
from mailer.compile.markdown.definitions import Definitions
from mailer.compile.markdown.directive import NUMBER, Directive, read_opening
from mailer.compile.markdown.leaves import Paragraph
from mailer.errors import SourceError, did_you_mean
from mailer.position import Position
from mailer.template.faults import fault_at
from mailer.template.sandbox import MARKDOWN_COMMENT, Sandbox
from mailer.template.scan import ScannedTag, scanned_so_far
from mailer.template.source import Source

_FENCE = ":::"
_RAW_ENDS = re.compile(r"\A\{%[-+]?[ \t]*raw[ \t]*[-+]?%\}|\{%[-+]?[ \t]*endraw[ \t]*[-+]?%\}\Z")
_BROUGHT = re.compile(f"{UNKNOWN}+")
_TAGS_AT_END = re.compile(r"(?:\{%[^{}]*%\}[ \t]*)+\Z")
_TRANSPARENT = frozenset({"audience", "only"})
"""Blocks that may stand between another and what it must be inside of."""

_LITERAL = r"to show colons as they are, write \:::"


def read_fences(source: Source, places: list[Place]) -> Source:
    """
    Return the source with numbered fences; the places of the blocks are added to `places`.

    Raises the source's kind of SourceError for a fence without its other half, an unknown block or value,
    and a block where it cannot stand.
    """
    if _FENCE not in source.text:
        return source
    reader = _Reader(source, source.text.split("\n"), places)
    lines = _visible(source.text)
    document = parse_blocks([text for _, text in lines], Definitions(), _mend_nothing, extras=True)
    numbers = [number for number, _ in lines]
    for block in _walk(document):
        if isinstance(block, Directive):
            reader.read(block, numbers)
        elif isinstance(block, Paragraph):
            reader.refuse_stray(block, numbers)
    return Source("\n".join(reader.lines), source.path, source.first_line, source.error)


def _visible(text: str) -> list[tuple[int, str]]:
    """Return the lines, each with its number, as Markdown will see them; lines of tags alone are gone."""
    pieces, done = [], 0
    for tag in scanned_so_far(Sandbox(autoescape=False, comment=MARKDOWN_COMMENT), text):
        pieces += [text[done : tag.start], _as_seen(tag, text[tag.start : tag.end])]
        done = tag.end
    shown = "".join([*pieces, text[done:]])
    both = enumerate(zip(text.split("\n"), shown.split("\n"), strict=True), start=1)
    return [(number, seen) for number, (line, seen) in both if seen.strip() or not line.strip()]


def _as_seen(tag: ScannedTag, written: str) -> str:
    """Return what Markdown will see of a tag: a value, nothing but its lines, or what it leaves as it is."""
    if tag.kind == "raw":
        return _RAW_ENDS.sub("", written)
    lines = "\n" * written.count("\n")
    return UNKNOWN + lines if tag.kind == "value" else lines


def _mend_nothing(text: str, _line: int) -> str:
    return text


def _walk(block: MarkdownBlock) -> Iterator[MarkdownBlock]:
    waiting = [block]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += one.children[::-1]


def _check_surroundings(directive: Directive, block: Block) -> None:
    """Refuse content in a block that has none, and a block outside of the one it belongs to."""
    name = directive.name
    if not block.holds and directive.children:
        raise BlockFault(f"'{name}' holds nothing", f"close it before the text: ::: {name} … :::", name)
    around = directive.parent
    while around and not (isinstance(around, Directive) and around.name not in _TRANSPARENT):
        around = around.parent
    if block.inside and getattr(around, "name", "") != block.inside:
        raise BlockFault(
            f"'{name}' stands outside of '{block.inside}'", f"put ::: {block.inside} around", name
        )


@dataclass(frozen=True, slots=True)
class _Reader:
    """The lines of a source, which change as fences are read."""

    source: Source
    lines: list[str]
    places: list[Place]

    def read(self, directive: Directive, numbers: list[int]) -> None:
        """Check a block, and number or rewrite its fences."""
        first = numbers[directive.line - 1]
        try:
            block = self._known(directive)
            if block.rewrite:
                self._rewrite(directive, block, first, numbers[directive.end - 1])
            else:
                read_values(directive.opening.arguments, directive.name, block)
                self._number(first)
        except BlockFault as fault:
            raise self._error(fault.message, fault.hint, first, fault.word) from None

    def refuse_stray(self, paragraph: Paragraph, numbers: list[int]) -> None:
        """Refuse colons that neither open nor close a block."""
        for place, line in enumerate(paragraph.lines):
            if line.startswith(_FENCE):
                number = numbers[paragraph.first_line + place - 1]
                if not line.strip(": \t"):
                    raise self._error(
                        "these colons close nothing", f"take them out; {_LITERAL}", number, _FENCE
                    )
                hint = f"a block begins like ::: card; {_LITERAL}"
                raise self._error("these colons begin no block", hint, number, _FENCE)

    def _known(self, directive: Directive) -> Block:
        name = directive.name
        if name not in BLOCKS:
            hint = f"there are {', '.join(BLOCKS)}"
            if name in KINDS:
                hint = f"write ::: callout {name}"
            raise BlockFault(f"there is no block '{name}'{did_you_mean(name, BLOCKS)}", hint, name)
        if not directive.closed:
            hint = "write ::: on a line of its own below it"
            if not BLOCKS[name].holds:
                hint = f"write it on one line: ::: {name} … :::"
            raise BlockFault(f"'{name}' is never closed", hint, _FENCE)
        _check_surroundings(directive, BLOCKS[name])
        return BLOCKS[name]

    def _rewrite(self, directive: Directive, block: Block, first: int, last: int) -> None:
        assert block.rewrite
        line = self.lines[first - 1]
        start = line.index(_FENCE)
        if not block.holds and line[:start].strip(" "):
            raise BlockFault(f"'{directive.name}' cannot stand in a list or a quote", "", _FENCE)
        if block.holds and first == last:
            raise BlockFault(f"'{directive.name}' holds nothing", "write ::: below what it holds", _FENCE)
        written = read_opening(line[start:])
        opening, closing = block.rewrite(written.arguments if written else "")
        self.lines[first - 1] = line[:start] + opening
        if first != last:
            fence = self.lines[last - 1]
            self.lines[last - 1] = fence[: fence.index(_FENCE)] + closing

    def _number(self, first: int) -> None:
        line = self.lines[first - 1]
        column = line.index(_FENCE) + 1
        position = Position(self.source.path, self.source.first_line + first - 1, column)
        self.places.append(Place(position, line))
        tags = _TAGS_AT_END.search(line)
        end = tags.start() if tags else len(line)
        self.lines[first - 1] = f"{line[:end].rstrip()}{NUMBER}{len(self.places) - 1}{line[end:]}"

    def _error(self, message: str, hint: str, line: int, word: str) -> SourceError:
        """Return the fault at a word of a line, behind the fence that it begins with."""
        written = self.source.text.split("\n")
        before = sum(len(one) + 1 for one in written[: line - 1])
        shown = written[line - 1]
        message = _BROUGHT.sub("{{ … }}", message)
        fence = max(shown.find(_FENCE), 0)
        column = fence if word == _FENCE else max(shown.find(word, fence), fence)
        return fault_at(self.source, message, hint=hint, offset=before + column)
