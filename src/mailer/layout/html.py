"""HTML inside MJML -> its faults: an element where it cannot stand, an attribute that mail loses."""

from collections.abc import Iterator, Sequence

from mailer.layout.fault import Fault
from mailer.layout.markup import Tag
from mailer.layout.values import fault_of_address

_BELONGS_IN: dict[str, frozenset[str]] = {
    "li": frozenset({"ul", "ol"}),
    "dt": frozenset({"dl"}),
    "dd": frozenset({"dl"}),
    "tr": frozenset({"table", "thead", "tbody", "tfoot", "mj-table"}),
    "td": frozenset({"tr"}),
    "th": frozenset({"tr"}),
    "thead": frozenset({"table", "mj-table"}),
    "tbody": frozenset({"table", "mj-table"}),
    "tfoot": frozenset({"table", "mj-table"}),
    "caption": frozenset({"table", "mj-table"}),
    "figcaption": frozenset({"figure"}),
}
_HOLDS_ONLY: dict[str, frozenset[str]] = {
    "tr": frozenset({"td", "th"}),
    "ul": frozenset({"li"}),
    "ol": frozenset({"li"}),
    "table": frozenset({"tr", "thead", "tbody", "tfoot", "caption", "colgroup", "col"}),
}
_ENDS_A_PARAGRAPH = frozenset(
    """
    address article aside blockquote center details div dl figure footer h1 h2 h3 h4 h5 h6 header hr main
    nav ol p pre section table ul
    """.split()  # noqa: SIM905 - read as words
)
"""What a browser closes an open <p> for (HTML, section 13.1.2.4)."""

_BEGIN_ANEW = frozenset({"td", "th", "caption"})
"""A paragraph or link around these is not one around what they hold."""


def check_nesting(tag: Tag, around: Sequence[Tag]) -> Iterator[Fault]:
    """Yield a fault where HTML stands in what cannot hold it; `around` has the outermost first."""
    name, parent = tag.name.lower(), around[-1].name.lower() if around else ""
    if name in _BELONGS_IN and parent not in _BELONGS_IN[name]:
        places = " or ".join(f"<{one}>" for one in sorted(_BELONGS_IN[name]))
        yield _misplaced(tag, parent, f"it belongs in {places}")
    elif parent in _HOLDS_ONLY and name not in _HOLDS_ONLY[parent]:
        kinds = " or ".join(f"<{one}>" for one in sorted(_HOLDS_ONLY[parent]))
        yield _misplaced(tag, parent, f"<{parent}> holds {kinds}")
    inside = _without_a_break(around)
    if name in _ENDS_A_PARAGRAPH and "p" in inside:
        yield _misplaced(tag, "p", "close the paragraph before it")
    if name == "a" and "a" in inside:
        yield _misplaced(tag, "a", "close the link before it")


def _misplaced(tag: Tag, around: str, hint: str) -> Fault:
    return Fault(f"<{tag.name}> cannot stand inside <{around}>", tag.position, hint)


def _without_a_break(around: Sequence[Tag]) -> set[str]:
    names: set[str] = set()
    for tag in reversed(around):
        if tag.name.lower() in _BEGIN_ANEW:
            break
        names.add(tag.name.lower())
    return names


def check_attributes(tag: Tag) -> Iterator[Fault]:
    """Yield a fault for each attribute that runs something or leads where no mail program follows."""
    for name, value in tag.attributes:
        if name.lower().startswith("on"):
            yield Fault(f"'{name}' on <{tag.name}>: mail programs run nothing", tag.position, "remove it")
        if name.lower() in {"href", "src", "background"} and (fault := fault_of_address(value)):
            yield Fault(f'{name}="{value}" on <{tag.name}>: {fault}', tag.position)
