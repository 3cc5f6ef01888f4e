"""Compiled template -> the texts that stand in it, the same for every rendering."""

from collections.abc import Iterator
from types import CodeType

from jinja2 import Template


def constants_of(template: Template) -> frozenset[str]:
    """
    Return every text that a template may print as it stands.

    Jinja compiles what lies between two tags to a string literal, so it is among the constants of the code.
    So are names and the texts within tags: there are more constants here than are ever printed, never fewer.
    """
    functions = [template.root_render_func, *template.blocks.values()]
    return frozenset(text for function in functions for text in _texts(function.__code__))


def _texts(code: CodeType) -> Iterator[str]:
    for constant in code.co_consts:
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, CodeType):
            yield from _texts(constant)
