"""Jinja's syntax errors -> what is wrong, where, and what to do."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, TemplateSyntaxError

from mailer.errors import did_you_mean
from mailer.template.foreign import find_foreign, liquid_argument
from mailer.template.scan import ScannedTag, scanned_so_far

BLOCKS = ("autoescape", "block", "call", "filter", "for", "if", "macro", "set", "with")
"""Block tags that need an end."""

_LOOPS = ("break", "continue")
_TAGS = (*BLOCKS, *_LOOPS, "elif", "else", "extends", "from", "import", "include", "raw", "endraw")
_AT = re.compile(r"unexpected char (?P<char>.+) at (?P<offset>\d+)")
_GOT = re.compile(r"(?:got|unexpected) '(?P<word>[^']+)'")
_NOTHING_OF = re.compile(r"No (?P<kind>filter|test) named '(?P<name>[^']+)'")
_UNKNOWN_TAG = re.compile(r"Encountered unknown tag '(?P<name>[^']+)'")
_END_OF = re.compile(r"expected token 'end of (?P<what>print|statement) \w+', got (?P<got>.+)")
_ENDLESS = re.compile(r"^unexpected end of template, expected 'end of (?:print )?statement")
_EXPRESSION = "write it like: segment == 'client' and country in ['de', 'at']"
_USUAL = {
    "filter": "the usual ones are default, join, lower, replace, round, title, truncate and upper",
    "test": "the usual ones are defined, divisibleby, even, in, none and odd",
}
_ROW = "to show braces as they stand, put them between {% raw %} and {% endraw %}"


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """What is wrong with a template's syntax, the offset in its text (-1: not known), what to do next."""

    message: str
    offset: int
    hint: str = ""


def describe_syntax(error: TemplateSyntaxError, text: str, environment: Environment) -> SyntaxFault:
    """Return the fault that Jinja met in `text`; tags of Liquid and Hugo are called by their name."""
    message = (error.message or "").rstrip(".")
    tags = scanned_so_far(environment, text)
    ended = message.startswith(("Unexpected end of template", "Missing end of"))
    foreign = find_foreign(text)
    if foreign and (ended or text.count("\n", 0, foreign.offset) < error.lineno):
        return SyntaxFault(foreign.message, foreign.offset, foreign.hint)
    offset = len(text) if ended else _offset(message, text, tags, error.lineno)
    unclosed = _innermost_open([tag for tag in tags if tag.end <= offset])
    if _ENDLESS.search(message):
        begun = max(text.rfind("{{"), text.rfind("{%"), 0)
        closing = "}}" if text.startswith("{{", begun) else "%}"
        return SyntaxFault(
            f"'{text[begun : begun + 2]}' is never closed", begun, f"write {closing} where it ends"
        )
    if unclosed and (ended or message.startswith("Encountered unknown tag 'end")):
        return _unclosed(unclosed)
    return _told(message, offset, text, environment)


def describe_expression_syntax(
    error: TemplateSyntaxError, text: str, environment: Environment
) -> SyntaxFault:
    """Return the fault that Jinja met in the text of one expression, outside of any template."""
    message = (error.message or "").rstrip(".")
    if "end of " in message.partition("got")[0] or message.endswith(("template", "statement'")):
        return SyntaxFault("the expression is not finished", len(text), _EXPRESSION)
    if at := _AT.search(message):
        return SyntaxFault(f"{at['char']} is not expected here", int(at["offset"]), _EXPRESSION)
    words = _GOT.search(message) or _NOTHING_OF.search(message)
    word = words[words.lastindex or 0] if words else ""
    fault = _told(message, max(text.find(word), 0), text, environment)
    return SyntaxFault(fault.message, fault.offset, "compare with ==" if word == "=" else _EXPRESSION)


def opens_block(tag: ScannedTag) -> bool:
    """Tell whether the tag needs an end: `{% set x %}` does, `{% set x = 1 %}` does not."""
    if tag.keyword == "set":
        return all(token.text != "=" for token in tag.tokens)
    return tag.keyword in BLOCKS


def _innermost_open(tags: Sequence[ScannedTag]) -> ScannedTag | None:
    waiting: list[ScannedTag] = []
    for tag in tags:
        if opens_block(tag):
            waiting.append(tag)
        elif tag.keyword.startswith("end") and waiting:
            waiting.pop()
    return waiting[-1] if waiting else None


def _unclosed(tag: ScannedTag) -> SyntaxFault:
    word = tag.keyword
    return SyntaxFault(f"{{% {word} %}} is never closed", tag.start, f"write {{% end{word} %}} where it ends")


def _offset(message: str, text: str, tags: Sequence[ScannedTag], line: int) -> int:
    if at := _AT.search(message):
        return int(at["offset"])
    starts = [0, *(newline.end() for newline in re.finditer("\n", text)), len(text) + 1]
    first, after = starts[line - 1], starts[min(line, len(starts) - 1)]
    words = _GOT.search(message) or _NOTHING_OF.search(message) or _UNKNOWN_TAG.search(message)
    word = words[words.lastindex or 0] if words else ""
    tokens = [token for tag in tags for token in tag.tokens if first <= token.offset < after]
    named = [token.offset for token in tokens if token.text == word]
    begun = [tag.start for tag in tags if first <= tag.start < after]
    return next(iter(named or begun), _last_brace(text, first, after))


def _last_brace(text: str, first: int, after: int) -> int:
    return max(text.rfind("{{", first, after), text.rfind("{%", first, after), first)


def _told(message: str, offset: int, text: str, environment: Environment) -> SyntaxFault:
    line = text[text.rfind("\n", 0, offset) + 1 :].split("\n", 1)[0]
    if unknown := _UNKNOWN_TAG.search(message):
        return _unknown_tag(unknown["name"], offset)
    if nothing := describe_unknown(message, environment):
        return SyntaxFault(nothing[0], offset, nothing[1])
    if end := _END_OF.search(message):
        shape = "{{ … }}" if end["what"] == "print" else "{% … %}"
        return SyntaxFault(
            f"{end['got']} is not expected in this {shape}", offset, liquid_argument(line) or _ROW
        )
    if at := _AT.search(message):
        return SyntaxFault(f"{at['char']} is not expected in a tag", offset, _ROW)
    return SyntaxFault(message, offset, liquid_argument(line) or _ROW)


def describe_unknown(message: str, environment: Environment) -> tuple[str, str, str] | None:
    """Return message, hint and name where Jinja complains of an unknown filter or test."""
    nothing = _NOTHING_OF.search(message)
    if nothing is None:
        return None
    kind, name = nothing["kind"], nothing["name"]
    known = environment.filters if kind == "filter" else environment.tests
    return f"there is no {kind} '{name}'{did_you_mean(name, known)}", _USUAL[kind], name


def _unknown_tag(name: str, offset: int) -> SyntaxFault:
    opened = name.removeprefix("end")
    if name in _TAGS or opened in BLOCKS:
        hint = "take it out, or open its block before it"
        return SyntaxFault(f"{{% {name} %}} has nothing open that it belongs to", offset, hint)
    known = [*_TAGS, *(f"end{block}" for block in BLOCKS)]
    return SyntaxFault(f"there is no tag '{name}'{did_you_mean(name, known)}", offset, _ROW)
