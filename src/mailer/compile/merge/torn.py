"""Blocks that would tear the page apart for some recipients -> CompileError."""

import re
from collections.abc import Mapping

from mailer.compile.marker import MARKER
from mailer.compile.merge.pieces import OPEN_TAG
from mailer.compile.merge.render import STAGE, Tag
from mailer.errors import CompileError

_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


def torn(tag: Tag, how: str) -> CompileError:
    """Return the error for a tag at a place where it cannot stand."""
    written = f"{{% {tag.keyword} %}}" if tag.keyword else "this merge field"
    return CompileError(
        f"{written} would tear the page apart: {how}",
        stage=STAGE,
        position=tag.position,
        hint="put the whole element between the tags",
    )


def check_attributes(fragment: str, tags: Mapping[str, Tag]) -> None:
    """Refuse a block that opens in an attribute and does not close there, and any tag beside one."""
    for element in OPEN_TAG.finditer(fragment):
        if "zxq" not in element[0]:
            continue
        for word in MARKER.finditer(_QUOTED.sub("", element[0])):
            if tag := tags.get(word[0]):
                raise torn(tag, "it stands inside an HTML tag, outside of an attribute's quotes")
        for value in _QUOTED.finditer(element[0]):
            _check_value(value[0], f"<{element['name']}>", tags)


def _check_value(value: str, element: str, tags: Mapping[str, Tag]) -> None:
    opened: list[Tag] = []
    for tag in filter(None, (tags.get(word[0]) for word in MARKER.finditer(value))):
        if tag.role == "o":
            opened.append(tag)
        elif tag.role in "me" and not (opened and opened[-1].group == tag.group):
            raise torn(tag, f"it closes in an attribute of {element} and opens elsewhere")
        elif tag.role == "e":
            opened.pop()
    if opened:
        raise torn(opened[-1], f"it opens in an attribute of {element} and does not close there")
