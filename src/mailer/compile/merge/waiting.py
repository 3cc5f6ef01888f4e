"""
Template -> template in which calls stand for the tags that must wait for a recipient.

A tag waits where it uses a per-recipient name, or a name set or looped from one. What it uses beside that is
worked out now and written into it as a literal.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from mailer.compile.marker import Role
from mailer.compile.merge.call import WaitingTag, call_for, parts_of, place_of
from mailer.compile.merge.refused import PER_RECIPIENT, refuse_misuse, refuse_namespace, refuse_targets
from mailer.compile.merge.spoken import languages
from mailer.compile.merge.usage import (
    after_equals,
    captures,
    fields_in,
    merge_fields,
    named_values,
    targets,
    uses,
)
from mailer.errors import SourceError
from mailer.template.faults import fault_at
from mailer.template.sandbox import Sandbox
from mailer.template.scan import ScannedTag, Token, scan
from mailer.template.source import Source

_MIDDLE = {"elif": ("if",), "else": ("if", "for")}
_TRIMMED = frozenset({"if", "elif", "else", "endif", "for", "endfor", "set", "endset", "with", "endwith"})
_LEAVING = frozenset({"break", "continue"})
_OPAQUE = frozenset({"filter", "call"})
_HOLDING = frozenset({"set", "macro"})
"""Blocks whose text is kept under a name."""


@dataclass(slots=True)
class _Block:
    """An open block: whether it waits, the per-recipient names outside of it, and the tag that opened it."""

    keyword: str
    waits: bool
    names: frozenset[str]
    tag: ScannedTag
    holds: bool = False
    """Whether a tag that waits stands in it."""
    asked: frozenset[str] = frozenset()
    """The recipient's fields that its conditions ask for."""


@dataclass(slots=True)
class _Pass:
    """
    One walk over the tags of a source.

    `names` have values that are known per recipient only, `held` name texts in which tags wait;
    `late` are set somewhere for some recipients only, so that every `set` of them waits.
    """

    source: Source
    sandbox: Sandbox
    waiting: list[WaitingTag]
    names: frozenset[str] = PER_RECIPIENT
    held: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()
    blocks: list[_Block] = field(default_factory=list)

    def inside_waiting(self) -> bool:
        return any(block.waits for block in self.blocks)

    def open(self, tag: ScannedTag, *, waits: bool = False) -> None:
        self.blocks.append(_Block(tag.keyword, waits, self.names, tag))


def rewrite(source: Source, sandbox: Sandbox, waiting: list[WaitingTag]) -> str:
    """
    Return the source with a call in place of each tag that waits; the tags are added to `waiting`.

    Lines stay lines. A compile-time block tag alone on its line leaves no line behind. Raises
    jinja2.TemplateSyntaxError and the source's kind of SourceError.
    """
    asks = any(name in source.text for name in PER_RECIPIENT)
    if "{%" not in source.text and not asks:
        return source.text
    if asks:
        sandbox.parse(source.text, source.path, source.path)
    tags = list(scan(sandbox, source.text))
    walk = _Pass(source, sandbox, waiting, late=_set_late(tags, source, sandbox)) if asks else None
    pieces: list[str] = []
    done = 0
    for tag in tags:
        replaced = _call_for(tag, walk) if walk else None
        if replaced is None:
            start, end, replaced = _trimmed(tag, source.text, done)
        else:
            start, end = tag.start, tag.end
        pieces += [source.text[done:start], replaced]
        done = end
    return "".join([*pieces, source.text[done:]])


def _set_late(tags: Sequence[ScannedTag], source: Source, sandbox: Sandbox) -> frozenset[str]:
    """Return the names that are set for some recipients only: others need an earlier value."""
    late: frozenset[str] = frozenset()
    while True:
        walk = _Pass(source, sandbox, [], late=late)
        for tag in tags:
            _call_for(tag, walk)
        if walk.late == late:
            return late
        late = walk.late


def _trimmed(tag: ScannedTag, text: str, done: int) -> tuple[int, int, str]:
    """Return start, end and text of a compile-time tag, its line taken in where it stands alone."""
    written = text[tag.start : tag.end]
    line_start = max(text.rfind("\n", 0, tag.start) + 1, done)
    alone = not text[line_start : tag.start].strip(" \t") and text[tag.end : tag.end + 1] == "\n"
    if tag.keyword not in _TRIMMED or not alone or (line_start and text[line_start - 1] != "\n"):
        return tag.start, tag.end, written
    inner = written.removesuffix(tag.closing)
    return line_start, tag.end + 1, f"{inner}\n{tag.closing}"


def _call_for(tag: ScannedTag, walk: _Pass) -> str | None:
    """Return the call that stands for a tag, or None where the tag runs now."""
    if tag.kind not in ("value", "block"):
        return None
    _refuse_work_on_held(tag, walk)
    if tag.kind == "value":
        return _wait(tag, walk, "v", "", tag.tokens) if uses(tag.tokens, walk.names) else None
    return _kind_of_block(tag, walk)(tag, walk)


def _kind_of_block(tag: ScannedTag, walk: _Pass) -> Callable[[ScannedTag, _Pass], str | None]:
    if tag.keyword in {"if", "for", "with"}:
        return _open
    if tag.keyword in _MIDDLE and walk.blocks and walk.blocks[-1].keyword in _MIDDLE[tag.keyword]:
        return _middle
    if tag.keyword.startswith("end"):
        return _close
    return _set if tag.keyword == "set" else _other


def _other(tag: ScannedTag, walk: _Pass) -> str | None:
    keyword = tag.keyword
    if keyword in _LEAVING:
        _refuse_leaving(tag, walk)
    if keyword in _OPAQUE or keyword in {"macro", "block"}:
        walk.open(tag)
        walk.names -= _parameters(tag)
    if uses(tag.tokens[1:], walk.names):
        raise _fault(
            tag,
            walk,
            f"{{% {keyword} %}} cannot depend on the recipient: it runs once, for everybody",
            hint=f"choose between two of them: {{% if recipient.… %}}{{% {keyword} … %}}{{% endif %}}",
        )
    return None


def _refuse_leaving(tag: ScannedTag, walk: _Pass) -> None:
    """Refuse to leave a loop where that depends on the recipient: it would be cut for all, or torn."""
    around = [block.keyword for block in walk.blocks]
    loop = len(around) - around[::-1].index("for") - 1 if "for" in around else 0
    if any(block.waits for block in walk.blocks[loop:]):
        raise _fault(
            tag,
            walk,
            f"{{% {tag.keyword} %}} cannot depend on the recipient: it would tear the page apart",
            hint="put what follows it into an {% if %}",
        )


def _parameters(tag: ScannedTag) -> frozenset[str]:
    tokens = tag.tokens
    return frozenset(
        token.text
        for before, token in pairwise(tokens)
        if tag.keyword == "macro" and token.kind == "name" and before.text in {"(", ","}
    )


def _open(tag: ScannedTag, walk: _Pass) -> str | None:
    keyword = tag.keyword
    given = targets(tag)
    refuse_targets(tag, given, walk.source)
    waits = uses(tag.tokens[1:], walk.names)
    walk.open(tag, waits=waits)
    walk.blocks[-1].asked = fields_in(tag.tokens)
    if keyword == "for":
        given |= {"loop"}
    if not waits:
        walk.names -= given
        return None
    call = _wait(tag, walk, "o", keyword, tag.tokens, skip=given)
    walk.names |= given
    return call


def _middle(tag: ScannedTag, walk: _Pass) -> str | None:
    block = walk.blocks[-1]
    if block.waits:
        call = _wait(tag, walk, "m", tag.keyword, tag.tokens)
        block.asked |= fields_in(tag.tokens)
        return call
    if uses(tag.tokens[1:], walk.names):
        raise _fault(
            tag,
            walk,
            f"this {{% {tag.keyword} %}} asks for the recipient, but its {{% {block.keyword} %}} does not",
            hint="put the recipient's test first, or nest it",
        )
    return None


def _close(tag: ScannedTag, walk: _Pass) -> str | None:
    if not walk.blocks or tag.keyword != f"end{walk.blocks[-1].keyword}":
        return None
    block = walk.blocks.pop()
    if block.keyword != "if":
        walk.names = block.names
    if block.holds and block.keyword in _HOLDING:
        walk.held |= {block.tag.tokens[1].text}
    return _wait(tag, walk, "e", tag.keyword, tag.tokens) if block.waits else None


def _set(tag: ScannedTag, walk: _Pass) -> str | None:
    given = targets(tag)
    refuse_targets(tag, given, walk.source)
    value = after_equals(tag.tokens)
    if not value:
        walk.open(tag)
        if walk.inside_waiting():
            raise _fault(
                tag,
                walk,
                "a {% set %} block cannot stand in a block that asks for the recipient",
                hint="set it before, or give it a value: {% set name = … %}",
            )
        walk.names -= given
        return None
    if walk.inside_waiting():
        walk.late |= given
    if not (uses(value, walk.names) or given & walk.late):
        walk.names -= given
        walk.held -= given
        return None
    refuse_namespace(tag, walk.source)
    call = _wait(tag, walk, "s", "set", tag.tokens, skip=given)
    walk.names |= given
    return call


def _refuse_work_on_held(tag: ScannedTag, walk: _Pass) -> None:
    """Refuse anything but printing a text in which tags wait: it is not known yet."""
    tokens = tag.tokens
    if not uses(tokens, walk.held) or (tag.keyword == "set" and not uses(after_equals(tokens), walk.held)):
        return
    printed = tag.kind == "value" and (len(tokens) == 1 or (tokens[1].text, tokens[-1].text) == ("(", ")"))
    if not printed:
        name = next(tokens[index].text for index in named_values(tokens) if tokens[index].text in walk.held)
        raise _fault(
            tag,
            walk,
            f"'{name}' holds a recipient's value: it can be printed, and nothing else",
            hint=f"write {{{{ {name} }}}}, and use filters and tests on the recipient's value itself",
        )


def _wait(
    tag: ScannedTag,
    walk: _Pass,
    role: Role,
    keyword: str,
    tokens: Sequence[Token],
    *,
    skip: frozenset[str] = frozenset(),
) -> str:
    """Note a waiting tag and return the call for it, with the white space signs and newlines of the tag."""
    refuse_misuse(tag, tokens, walk.source, walk.sandbox)
    _refuse_inside_opaque(tag, walk)
    for block in walk.blocks:
        block.holds = True
    named = captures(tokens, walk.names | skip | ({keyword} if keyword else set()))
    captured = sorted([*named, *languages(tokens)], key=lambda one: one.start)
    expressions = tuple(one.expression for one in captured)
    position = place_of(tag, walk.source)
    walk.waiting.append(
        WaitingTag(
            role,
            keyword,
            parts_of(tag, captured, walk.source.text, role),
            expressions,
            position,
            tuple(merge_fields(tokens, keyword, position, _asked(tag, walk))),
        )
    )
    return call_for(tag, len(walk.waiting) - 1, expressions, walk.source.text)


def _asked(tag: ScannedTag, walk: _Pass) -> frozenset[str]:
    """Return the fields that the blocks around a tag ask for; the block that it opens is not around it."""
    around = [block for block in walk.blocks if block.tag is not tag]
    return frozenset().union(*(block.asked for block in around))


def _refuse_inside_opaque(tag: ScannedTag, walk: _Pass) -> None:
    for block in walk.blocks:
        if block.keyword in _OPAQUE:
            raise _fault(
                tag,
                walk,
                f"a recipient's value cannot stand inside {{% {block.keyword} %}}",
                hint="end that block before it; a filter goes onto the value itself: {{ … | upper }}",
            )


def _fault(tag: ScannedTag, walk: _Pass, message: str, *, hint: str = "") -> SourceError:
    return fault_at(walk.source, message, hint=hint, offset=tag.start)
