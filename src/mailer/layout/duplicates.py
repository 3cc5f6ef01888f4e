"""Tags of MJML -> the first that says again what is said already: the library takes one of two in silence."""

from collections.abc import Sequence
from typing import NoReturn

from mailer.errors import LayoutError, did_you_mean
from mailer.layout.elements import WITHOUT_CLOSING_TAG
from mailer.layout.markup import Tag

_ONCE = frozenset({"mj-title", "mj-preview", "mj-breakpoint"})


def _fail(at: Tag, message: str, hint: str = "") -> NoReturn:
    raise LayoutError(message, at.position, hint=hint)


def check_twice(tag: Tag) -> None:
    """Raise LayoutError for an attribute that a tag has twice."""
    names = [name for name, _ in tag.attributes]
    for name in names:
        if names.count(name) > 1:
            _fail(tag, f"'{name}' is given twice on <{tag.name}>", "keep one of them")


def check_classes(tags: Sequence[Tag]) -> None:
    """Refuse an mj-class that nobody defined, and two on one element that say the same attribute twice."""
    classes = {
        tag.get("name"): {name for name, _ in tag.attributes} for tag in tags if tag.name == "mj-class"
    }
    for tag in tags:
        said: set[str] = set()
        for name in tag.get("mj-class").split():
            if name not in classes:
                _fail(tag, f"there is no mj-class '{name}'{did_you_mean(name, classes)}")
            if twice := (classes[name] & said) - {"name"}:
                _fail(tag, f"two of the mj-class names both set '{min(twice)}'", "keep them apart")
            said |= classes[name]


def check_only_one(tags: Sequence[Tag]) -> None:
    """Raise LayoutError for what a page has once, or one element's defaults, said twice."""
    seen: set[tuple[str, str]] = set()
    holders: list[str] = []
    for tag in tags:
        inside = holders[-1] if holders else ""
        if said := _said_once(tag, inside):
            if said in seen:
                _fail(tag, f"a second <{tag.name}>{said[1] and f' for {said[1]!r}'}", "join the two")
            seen.add(said)
        if tag.kind == "open" and tag.name not in WITHOUT_CLOSING_TAG:
            holders.append(tag.name)
        elif tag.kind == "close" and holders:
            holders.pop()


def check_ids(tags: Sequence[Tag]) -> None:
    """Raise LayoutError for an id that two elements have."""
    seen: set[str] = set()
    for tag in tags:
        name = tag.get("id")
        if name and name in seen:
            _fail(tag, f"a second element with the id '{name}'", "an id is for one element, a class for many")
        seen.add(name)


def _said_once(tag: Tag, inside: str) -> tuple[str, str] | None:
    """Return what the tag says that may be said once, and for what, or nothing."""
    if tag.kind == "close":
        return None
    if inside == "mj-attributes":
        return f"{inside} {tag.name}", tag.get("name")
    return (tag.name, "") if tag.name in _ONCE else None
