"""`{% include file key=value %}` -> Jinja's include, with its arguments as `include.key`."""

import re

from mailer.compile.liquid.expression import to_jinja
from mailer.compile.liquid.fault import LiquidFault
from mailer.compile.liquid.site import Site
from mailer.compile.liquid.tag import Tag
from mailer.compile.liquid.word import names, read_words

_CALL = re.compile(r"\s+(?P<file>[\w./-]+\.\w+)(?P<arguments>(?:\s.*)?)", re.DOTALL)
_ARGUMENT = re.compile(
    r"\s*(?P<key>[A-Za-z_][\w-]*)\s*=\s*"
    r"(?P<value>\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|[\w.\[\]-]+)(?=\s|$)",
    re.DOTALL,
)
_FOLDERS = ("_includes/", "layouts/", "")


def include(tag: Tag, site: Site) -> str:
    """Return Jinja's tags, or the tag itself where it is Jinja's already."""
    call = _CALL.fullmatch(tag.arguments.rstrip())
    if not call:
        return _refuse_computed(tag)
    file = call["file"]
    beside = (*(f"{folder}/" for folder in site.folders), "")
    folders = beside if tag.keyword == "include_relative" else _FOLDERS
    found = site.find(f"{folder}{file}" for folder in folders)
    if not found:
        hint = (
            f"put it into {' or '.join(folder or 'the project' for folder in folders)}, or take the tag out"
        )
        raise LiquidFault(f"there is no file '{file}' to include", hint)
    table = "{" + ", ".join(_arguments(call["arguments"])) + "}"
    opening = f"{{% with include = {table} %}}"
    return f"{opening}{{% include '{found[0]}' {tag.filling(opening)}%}}{{% endwith %}}"


def _refuse_computed(tag: Tag) -> str:
    if "{{" in tag.inside or tag.keyword != "include":
        hint = "write out the file's name: {% include note.md text='…' %}"
        raise LiquidFault("this include's file is not named", hint)
    return f"{tag.opening}{tag.inside}{tag.closing}"


def _arguments(text: str) -> list[str]:
    given, done = [], 0
    text = text.rstrip()
    while done < len(text):
        found = _ARGUMENT.match(text, done)
        if not found:
            hint = "write key=value, a text in quotes"
            raise LiquidFault(f"'{text[done:].split()[0]}' is no argument of an include", hint)
        given.append(f"'{found['key']}': {_value(found['value'])}")
        done = found.end()
    return given


def _value(written: str) -> str:
    value = to_jinja(written)
    if "recipient" in names(read_words(value)):
        hint = "write it in the included file: {{ recipient.… }} is known there"
        raise LiquidFault("a recipient's value cannot be handed to an include", hint)
    return value
