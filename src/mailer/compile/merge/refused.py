"""Uses of a recipient's values that could only fail later, in the middle of a send -> SourceError now."""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from jinja2 import TemplateAssertionError

from mailer.compile.merge.usage import attribute, named_values, text_at
from mailer.template.faults import VALUES_ONLY, fault_at
from mailer.template.sandbox import Sandbox
from mailer.template.scan import ScannedTag, Token
from mailer.template.source import Source

PER_RECIPIENT = frozenset({"recipient", "unsubscribe_url", "view_url"})

_NAME_A_FIELD = "name a field of the recipient: {{ recipient.first_name }}"
_INNER_NAME = re.compile(r"__\w+__")
_MAKING_HTML = frozenset({"markdownify", "newline_to_br", "safe"})
_HTML_TAG = re.compile(r"<[A-Za-z][\w-]*\s(?:[^<>\"']|\"[^\"]*\"|'[^']*')*\Z")


def refuse_misuse(tag: ScannedTag, tokens: Sequence[Token], source: Source, sandbox: Sandbox) -> None:
    """
    Refuse a waiting tag whose text cannot be right, whoever the recipient is.

    Raises the source's kind of SourceError, and jinja2.TemplateAssertionError for an unknown filter or test.
    """
    _refuse_inside_html_tag(tag, source)
    for token in tokens:
        if found := _INNER_NAME.search(token.text):
            offset = token.offset + found.start()
            raise fault_at(source, f"'{found[0]}' is not for templates", hint=VALUES_ONLY, offset=offset)
    for index in named_values(tokens):
        if tokens[index].text in PER_RECIPIENT:
            _refuse_other_than_text(tokens, index, source)
    _refuse_steps(tag, tokens, source, sandbox)


def refuse_targets(tag: ScannedTag, names: AbstractSet[str], source: Source) -> None:
    """Refuse a tag that gives another value to a per-recipient name."""
    for name in sorted(names & PER_RECIPIENT):
        raise fault_at(
            source,
            f"'{name}' is the recipient's and cannot be set",
            hint="choose another name",
            offset=tag.start,
        )


def refuse_namespace(tag: ScannedTag, source: Source) -> None:
    """Refuse `{% set space.name = recipient.… %}`: the namespace is gone when the tag is filled."""
    if text_at(tag.tokens, 2) == ".":
        raise fault_at(
            source,
            "a namespace cannot take what depends on the recipient",
            hint="set a name without a dot, or nest the tests",
            offset=tag.start,
        )


def _refuse_other_than_text(tokens: Sequence[Token], index: int, source: Source) -> None:
    """Refuse the recipient as a whole, and what only tables and functions have: fields are texts."""
    shown, last = tokens[index].text, index
    if shown == "recipient":
        step = attribute(tokens, index)
        if step is None:
            raise fault_at(
                source, "the recipient as a whole is no text", hint=_NAME_A_FIELD, offset=tokens[index].offset
            )
        shown, last = shown + step[1], index + step[0]
    if fault := _not_of_a_text(tokens, last, shown):
        raise fault_at(source, fault, hint=_NAME_A_FIELD, offset=tokens[index].offset)


def _not_of_a_text(tokens: Sequence[Token], last: int, shown: str) -> str:
    after = text_at(tokens, last + 1)
    if after == "(":
        return f"{shown} is a text and cannot be called"
    step = attribute(tokens, last)
    if step is None or tokens[last + 2].kind == "integer":
        return ""
    is_method = after == "." and text_at(tokens, last + 3) == "(" and hasattr(str, tokens[last + 2].text)
    return "" if is_method else f"{shown} is a text and has no '{step[1].strip(chr(46) + chr(91) + chr(93))}'"


def _refuse_steps(tag: ScannedTag, tokens: Sequence[Token], source: Source, sandbox: Sandbox) -> None:
    """Refuse filters and tests that do not exist, and the filter that would let a value be HTML."""
    for kind, token in _steps(tokens):
        known = sandbox.filters if kind == "filter" else sandbox.tests
        if token.text not in known:
            raise TemplateAssertionError(
                f"No {kind} named '{token.text}'.", tag.line, source.path, source.path
            )
        if kind == "filter" and token.text in _MAKING_HTML:
            raise fault_at(
                source,
                f"'{token.text}' cannot be used beside a recipient's value: a list may hold anything",
                hint="take it out; HTML of your own stands outside of the tag",
                offset=token.offset,
            )


def _steps(tokens: Sequence[Token]) -> Iterator[tuple[str, Token]]:
    for index, token in enumerate(tokens):
        before = text_at(tokens, index - 1)
        if token.kind == "name" and before == "|":
            yield "filter", token
        elif token.kind == "name" and token.text != "not" and _follows_is(tokens, index):
            yield "test", token


def _follows_is(tokens: Sequence[Token], index: int) -> bool:
    before = text_at(tokens, index - 1)
    return before == "is" or (before == "not" and text_at(tokens, index - 2) == "is")


def _refuse_inside_html_tag(tag: ScannedTag, source: Source) -> None:
    """Refuse `<a {% if … %}class="c"{% endif %}>`: a marker there would tear the tag apart."""
    text = source.text
    paragraph = max(text.rfind("\n\n", 0, tag.start), 0)
    if _HTML_TAG.search(text, paragraph, tag.start) and ">" in text[tag.end :].split("\n\n")[0]:
        what = f"{{% {tag.keyword} %}}" if tag.keyword else "a merge field"
        raise fault_at(
            source,
            f"{what} cannot stand inside an HTML tag, outside of an attribute's quotes",
            hint="put the test around the whole element",
            offset=tag.start,
        )
