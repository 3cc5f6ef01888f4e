"""Waiting tags -> the places at which copies part, as their author wrote them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from mailer.compile.compiled import Parting
from mailer.compile.merge.render import Tag

_ASKING = frozenset({"if", "elif", "for"})


def partings_of(*tags: Mapping[str, Tag]) -> tuple[Parting, ...]:
    """Return the tags that ask something of the recipient, each once, of several templates."""
    return tuple(dict.fromkeys(parting for one in tags for parting in _partings(one)))


def _partings(tags: Mapping[str, Tag]) -> Iterator[Parting]:
    found: dict[str, Parting] = {}
    last: dict[int, str] = {}
    for word, tag in tags.items():
        if tag.keyword in _ASKING or (tag.role in "vs" and " if " in tag.source):
            found[word] = Parting(tag.source, tag.position)
            last[tag.group] = word
        elif tag.keyword == "else" and tag.group in last:
            asking = last[tag.group]
            found[asking] = replace(found[asking], otherwise=tag.position)
    yield from found.values()
