"""`callout`: a note, a warning or a quote, set apart."""

from mailer.compile.blocks.block import Block, Values, refuse_empty
from mailer.compile.blocks.element import WIDTH, boxed, make, put_first, width_at
from mailer.compile.blocks.setting import Setting
from mailer.compile.blocks.values import TEXT, choice
from mailer.compile.fragment import Element

KINDS = ("note", "warning", "quote")
_AROUND = 44
"""Pixels of padding and border at both sides."""


def shape(element: Element, _values: Values, _setting: Setting) -> None:
    """Refuse an empty one."""
    refuse_empty(element, "callout")


def html(element: Element, values: Values, setting: Setting) -> None:
    """Make a box with its title and, below a quote, who said it."""
    inner = width_at(element, setting.width) - _AROUND
    kind = values.get("kind", KINDS[0])
    cell = boxed(element, f"callout {kind}")
    cell.set(WIDTH, str(inner))
    if title := _title(values, setting):
        label = make("p")
        label.append(make("strong", title))
        put_first(cell, label)
    if values.get("by"):
        cell.append(make("p", f"\N{EM DASH} {values['by']}"))


def text(element: Element, values: Values, setting: Setting) -> None:
    """Put the title before the first words; mark a quote as one."""
    if title := _title(values, setting):
        first = element[0] if len(element) and element[0].tag == "p" else None
        if first is None:
            put_first(element, make("p", f"{title}:"))
        else:
            first.text = f"{title}: {(first.text or '').lstrip()}"
    if values.get("by"):
        element.append(make("p", f"-- {values['by']}"))
    if values.get("kind") == "quote":
        element.tag = "blockquote"


def _title(values: Values, setting: Setting) -> str:
    """Return the title that the author gave, else the word for the kind: colour alone tells some nothing."""
    kind = values.get("kind", KINDS[0])
    return values.get("title", setting.words.get(kind, ""))


BLOCK = Block(
    html=html,
    text=text,
    shape=shape,
    keys={"kind": choice(*KINDS), "title": TEXT, "by": TEXT},
    word="kind",
)
