"""
Template -> template in which calls stand for the tags that must wait for a recipient.

A tag waits where it uses a per-recipient name, or a name set or looped from one. What it uses beside that is
worked out now and written into it as a literal.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mailer.compile.compiled import MergeField
from mailer.compile.marker import Role
from mailer.position import Position
from mailer.template.faults import VALUES_ONLY, fault_at
from mailer.template.sandbox import Sandbox
from mailer.template.scan import ScannedTag, Token, scan
from mailer.template.source import Source

PER_RECIPIENT = frozenset({"recipient", "unsubscribe_url", "view_url"})
MARK = "zxmark"
"""The function that the rewritten template calls."""

_BUILT_IN = frozenset({"range", "dict", "namespace", "true", "false", "none", "True", "False", "None"})
_WORDS = frozenset({"and", "or", "not", "in", "is", "if", "else", "recursive", "for", "set", "with", "elif"})
_MIDDLE = {"elif": ("if",), "else": ("if", "for")}
_TRIMMED = frozenset({"if", "elif", "else", "endif", "for", "endfor", "set", "endset", "with", "endwith"})
_OPAQUE = {"filter": "endfilter", "call": "endcall"}
_INNER_NAME = re.compile(r"__\w+__")
_HTML_TAG = re.compile(r"<[A-Za-z][\w-]*\s(?:[^<>\"']|\"[^\"]*\"|'[^']*')*\Z")


@dataclass(frozen=True, slots=True)
class WaitingTag:
    """
    A tag that waits: `parts` is its source, cut where the values of `captures` go between.

    `captures` are the compile-time expressions in it (`site.name`).
    """

    role: Role
    keyword: str
    parts: tuple[str, ...]
    captures: tuple[str, ...]
    position: Position
    fields: tuple[MergeField, ...] = ()


@dataclass(slots=True)
class _Block:
    """An open block: its keyword, whether it waits, and the per-recipient names outside of it."""

    keyword: str
    waits: bool
    names: frozenset[str]
    tag: ScannedTag


@dataclass(slots=True)
class _Pass:
    """One walk over the tags of a source."""

    source: Source
    waiting: list[WaitingTag]
    names: frozenset[str] = PER_RECIPIENT
    blocks: list[_Block] = field(default_factory=list)

    def inside_waiting(self) -> bool:
        return any(block.waits for block in self.blocks)


def rewrite(source: Source, sandbox: Sandbox, waiting: list[WaitingTag]) -> str:
    """
    Return the source with a call in place of each tag that waits; the tags are added to `waiting`.

    Lines stay lines. A compile-time block tag alone on its line leaves no line behind. Raises
    jinja2.TemplateSyntaxError and the source's kind of SourceError.
    """
    if "{%" not in source.text and not any(name in source.text for name in PER_RECIPIENT):
        return source.text
    sandbox.parse(source.text, source.path, source.path)
    walk = _Pass(source, waiting)
    pieces: list[str] = []
    done = 0
    for tag in scan(sandbox, source.text):
        replaced = _call_for(tag, walk)
        if replaced is None:
            start, end, replaced = _trimmed(tag, source.text, done)
        else:
            start, end = tag.start, tag.end
        pieces += [source.text[done:start], replaced]
        done = end
    return "".join([*pieces, source.text[done:]])


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
    if tag.kind == "value":
        return _wait(tag, walk, "v", "", tag.tokens) if _uses(tag.tokens, walk.names) else None
    if tag.kind == "block":
        return _block_call(tag, walk)
    return None


def _block_call(tag: ScannedTag, walk: _Pass) -> str | None:
    keyword = tag.keyword
    if keyword in {"if", "for", "with"}:
        return _open(tag, walk)
    if keyword in _MIDDLE and walk.blocks and walk.blocks[-1].keyword in _MIDDLE[keyword]:
        return _middle(tag, walk)
    if keyword.startswith("end"):
        return _close(tag, walk)
    if keyword == "set":
        return _set(tag, walk)
    if keyword in _OPAQUE or keyword in {"macro", "block"}:
        walk.blocks.append(_Block(keyword, waits=False, names=walk.names, tag=tag))
    if _uses(tag.tokens[1:], walk.names):
        raise _fault(tag, walk, f"{{% {keyword} %}} cannot depend on the recipient")
    return None


def _open(tag: ScannedTag, walk: _Pass) -> str | None:
    keyword = tag.keyword
    waits = _uses(tag.tokens[1:], walk.names)
    walk.blocks.append(_Block(keyword, waits, walk.names, tag))
    targets = _targets(tag)
    if not waits:
        walk.names -= targets
        return None
    call = _wait(tag, walk, "o", keyword, tag.tokens, skip=targets)
    walk.names |= targets | ({"loop"} if keyword == "for" else set())
    return call


def _middle(tag: ScannedTag, walk: _Pass) -> str | None:
    block = walk.blocks[-1]
    if block.waits:
        return _wait(tag, walk, "m", tag.keyword, tag.tokens)
    if _uses(tag.tokens[1:], walk.names):
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
    return _wait(tag, walk, "e", tag.keyword, tag.tokens) if block.waits else None


def _set(tag: ScannedTag, walk: _Pass) -> str | None:
    targets = _targets(tag)
    if not any(token.text == "=" for token in tag.tokens):
        walk.blocks.append(_Block("set", waits=False, names=walk.names, tag=tag))
        if walk.inside_waiting():
            raise _fault(tag, walk, "a {% set %} block cannot stand in a block that asks for the recipient")
        return None
    if not (_uses(_after_equals(tag.tokens), walk.names) or walk.inside_waiting()):
        walk.names -= targets
        return None
    call = _wait(tag, walk, "s", "set", tag.tokens, skip=targets)
    walk.names |= targets
    return call


def _after_equals(tokens: Sequence[Token]) -> Sequence[Token]:
    equals = next(index for index, token in enumerate(tokens) if token.text == "=")
    return tokens[equals + 1 :]


def _targets(tag: ScannedTag) -> frozenset[str]:
    """Return the names that a `for`, `with` or `set` tag gives values to."""
    names = [token for token in tag.tokens[1:] if token.kind == "name"]
    if tag.keyword == "for":
        before = next((token.offset for token in names if token.text == "in"), 0)
        return frozenset(token.text for token in names if token.offset < before)
    if tag.keyword == "set":
        before = next((token.offset for token in tag.tokens if token.text == "="), tag.end)
        return frozenset(token.text for token in names if token.offset < before)
    if tag.keyword == "with":
        return frozenset(
            token.text for token, after in _pairs(tag.tokens[1:]) if after == "=" and token in names
        )
    return frozenset()


def _pairs(tokens: Sequence[Token]) -> Iterator[tuple[Token, str]]:
    for index, token in enumerate(tokens):
        yield token, tokens[index + 1].text if index + 1 < len(tokens) else ""


def _names(tokens: Sequence[Token]) -> Iterator[int]:
    """Yield the places of tokens that name values: no attribute, filter, test, keyword or argument name."""
    for index, token in enumerate(tokens):
        before = tokens[index - 1].text if index else ""
        after = tokens[index + 1].text if index + 1 < len(tokens) else ""
        is_test = before == "is" or (before == "not" and index > 1 and tokens[index - 2].text == "is")
        if token.kind != "name" or before in {".", "|"} or is_test:
            continue
        if token.text in _WORDS or token.text in _BUILT_IN or (after == "=" and before in {"(", ","}):
            continue
        yield index


def _uses(tokens: Sequence[Token], names: frozenset[str] | set[str]) -> bool:
    return any(tokens[index].text in names for index in _names(tokens))


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
    _refuse_inside_html_tag(tag, walk, role)
    _refuse_inside_opaque(tag, walk)
    _refuse_inner_names(tokens, walk)
    text = walk.source.text
    captures = list(_captures(tokens, walk.names | skip | ({keyword} if keyword else set())))
    inner_start, inner_end = tag.start + len(tag.opening), tag.end - len(tag.closing)
    cuts = [inner_start, *(place for _, start, end in captures for place in (start, end)), inner_end]
    parts = [text[cuts[i] : cuts[i + 1]] for i in range(0, len(cuts), 2)]
    walk.waiting.append(
        WaitingTag(
            role,
            keyword,
            _with_delimiters(parts, role),
            tuple(expression for expression, _, _ in captures),
            _position(tag, walk.source),
            tuple(_fields(tokens, keyword, _position(tag, walk.source))),
        )
    )
    values = ", ".join(expression for expression, _, _ in captures)
    newlines = "\n" * text.count("\n", tag.start, tag.end)
    opening, closing = (
        "-" if sign.strip("{}%#").startswith("-") else "" for sign in (tag.opening, tag.closing)
    )
    return f"{{{{{opening} {MARK}({len(walk.waiting) - 1}, [{values}]){newlines} {closing}}}}}"


def _with_delimiters(parts: list[str], role: Role) -> tuple[str, ...]:
    opening, closing = ("{{", "}}") if role == "v" else ("{%", "%}")
    parts = [part.replace("\n", " ") for part in parts]
    parts[0] = f"{opening} {parts[0].lstrip()}"
    parts[-1] = f"{parts[-1].rstrip()} {closing}"
    return tuple(parts)


def _captures(tokens: Sequence[Token], waiting: frozenset[str] | set[str]) -> Iterator[tuple[str, int, int]]:
    """Yield text, start and end of each compile-time value with its attributes: `site.name`, `row[0]`."""
    for index in _names(tokens):
        token = tokens[index]
        if token.text in waiting:
            continue
        text, end, last = token.text, token.offset + len(token.text), index
        while (step := _attribute(tokens, last)) is not None:
            size, piece = step
            after = tokens[last + size + 1].text if last + size + 1 < len(tokens) else ""
            if after == "(":
                break
            last += size
            text += piece
            end = tokens[last].offset + len(tokens[last].text)
        yield text, token.offset, end


def _attribute(tokens: Sequence[Token], index: int) -> tuple[int, str] | None:
    """Return how many tokens the attribute after `index` has, and its text; None where there is none."""
    following = [token.text for token in tokens[index + 1 : index + 4]]
    kinds = [token.kind for token in tokens[index + 1 : index + 4]]
    if following[:1] == ["."] and kinds[1:2] in (["name"], ["integer"]):
        return 2, f".{following[1]}"
    if following[:1] == ["["] and kinds[1:2] in (["string"], ["integer"]) and following[2:] == ["]"]:
        return 3, f"[{following[1]}]"
    return None


def _fields(tokens: Sequence[Token], keyword: str, position: Position) -> Iterator[MergeField]:
    for index in _names(tokens):
        if tokens[index].text != "recipient":
            continue
        step = _attribute(tokens, index)
        if step is None:
            continue
        size, piece = step
        after = [token.text for token in tokens[index + size + 1 : index + size + 3]]
        guarded = keyword in {"if", "elif"} or after in (["|", "default"], ["|", "d"]) or after[:1] == ["is"]
        yield MergeField(piece.strip(".[]'\""), guarded, position)


def _position(tag: ScannedTag, source: Source) -> Position:
    column = tag.start - source.text.rfind("\n", 0, tag.start)
    return Position(source.path, source.first_line + tag.line - 1, column)


def _refuse_inside_html_tag(tag: ScannedTag, walk: _Pass, role: Role) -> None:
    """Refuse `<a {% if … %}class="c"{% endif %}>`: a marker there would tear the tag apart."""
    text = walk.source.text
    paragraph = max(text.rfind("\n\n", 0, tag.start), 0)
    if _HTML_TAG.search(text, paragraph, tag.start) and ">" in text[tag.end :].split("\n\n")[0]:
        what = "a merge field" if role == "v" else f"{{% {tag.keyword} %}}"
        raise _fault(
            tag,
            walk,
            f"{what} cannot stand inside an HTML tag, outside of an attribute's quotes",
            hint="put the test around the whole element",
        )


def _refuse_inside_opaque(tag: ScannedTag, walk: _Pass) -> None:
    for block in walk.blocks:
        if block.keyword in _OPAQUE:
            raise _fault(tag, walk, f"a recipient's value cannot stand inside {{% {block.keyword} %}}")


def _refuse_inner_names(tokens: Sequence[Token], walk: _Pass) -> None:
    """Refuse `recipient.__class__` now; the sandbox would refuse it in the middle of a send."""
    for token in tokens:
        if found := _INNER_NAME.search(token.text):
            raise fault_at(
                walk.source,
                f"'{found[0]}' is not for templates",
                hint=VALUES_ONLY,
                offset=token.offset + found.start(),
            )


def _fault(tag: ScannedTag, walk: _Pass, message: str, *, hint: str = "") -> Exception:
    return fault_at(walk.source, message, hint=hint, offset=tag.start)
