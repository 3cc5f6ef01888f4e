"""What a loop assigns and Jinja forgets: Liquid's names live on after it."""

from collections.abc import Iterator, Sequence

from mailer.compile.liquid.fault import LiquidFault
from mailer.compile.liquid.tag import Tag
from mailer.compile.liquid.word import names, read_words

_STEPS = {"for": 1, "endfor": -1}


def refuse_lost(assign: Tag, tags: Sequence[Tag]) -> None:
    """Refuse an assign in a loop whose name is used outside of the loop."""
    inside = _in_loop_with(assign, tags)
    name = assign.arguments.split("=")[0].strip()
    if inside and any(name in names(read_words(tag.inside)) for tag in tags if tag not in inside):
        hint = "a name set in a loop ends with its turn: choose another, or work it out without a loop"
        raise LiquidFault(f"'{name}' is assigned in a loop and used outside of it", hint)


def _in_loop_with(assign: Tag, tags: Sequence[Tag]) -> list[Tag]:
    """Return the tags of the outermost loop around a tag; none where there is no loop."""
    return next((loop for loop in _loops(tags) if assign in loop), [])


def _loops(tags: Sequence[Tag]) -> Iterator[list[Tag]]:
    depth, loop = 0, list[Tag]()
    for tag in tags:
        depth += _STEPS.get(tag.keyword, 0)
        loop += [tag] if depth or tag.keyword == "endfor" else []
        if loop and not depth:
            yield loop
            loop = []
