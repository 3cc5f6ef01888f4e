"""Tags of MJML -> those that say again what is said already: the library takes one of two in silence."""

from collections.abc import Iterator, Sequence

from mailer.errors import did_you_mean
from mailer.layout.elements import WITHOUT_CLOSING_TAG
from mailer.layout.fault import Fault
from mailer.layout.markup import Tag

_ONCE = frozenset({"mj-title", "mj-preview", "mj-breakpoint"})


def check_twice(tag: Tag) -> Iterator[Fault]:
    """Yield a fault for each attribute that a tag has twice."""
    names = [name for name, _ in tag.attributes]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield Fault(f"'{name}' is given twice on <{tag.name}>", tag.position, "keep one of them")


def check_classes(tags: Sequence[Tag]) -> Iterator[Fault]:
    """Yield a fault for each mj-class that nobody defined, and for two that set the same on one element."""
    classes = {
        tag.get("name"): {name for name, _ in tag.attributes} for tag in tags if tag.name == "mj-class"
    }
    for tag in tags:
        said: set[str] = set()
        for name in tag.get("mj-class").split():
            own = classes.get(name, set()) - {"name"}
            if name not in classes:
                near = did_you_mean(name, classes)
                yield Fault(f"there is no mj-class '{name}'{near}", tag.position)
            if twice := own & said:
                message = f"two of the mj-class names both set '{min(twice)}'"
                yield Fault(message, tag.position, "keep them apart")
            said |= own


def check_only_one(tags: Sequence[Tag]) -> Iterator[Fault]:
    """Yield a fault for what a page has once, or one element's defaults, said twice."""
    seen: set[tuple[str, str]] = set()
    holders: list[str] = []
    for tag in tags:
        inside = holders[-1] if holders else ""
        if said := _said_once(tag, inside):
            if said in seen:
                message = f"a second <{tag.name}>{said[1] and f' for {said[1]!r}'}"
                yield Fault(message, tag.position, "join the two")
            seen.add(said)
        if tag.kind == "open" and tag.name not in WITHOUT_CLOSING_TAG:
            holders.append(tag.name)
        elif tag.kind == "close" and holders:
            holders.pop()


def check_ids(tags: Sequence[Tag]) -> Iterator[Fault]:
    """Yield a fault for each element whose id another has before it."""
    seen: set[str] = set()
    for tag in tags:
        name = tag.get("id")
        if name and name in seen:
            message = f"a second element with the id '{name}'"
            yield Fault(message, tag.position, "an id is for one element, a class for many")
        seen.add(name)


def _said_once(tag: Tag, inside: str) -> tuple[str, str] | None:
    """Return what the tag says that may be said once, and for what, or nothing."""
    if tag.kind == "close":
        return None
    if inside == "mj-attributes":
        return f"{inside} {tag.name}", tag.get("name")
    return (tag.name, "") if tag.name in _ONCE else None
