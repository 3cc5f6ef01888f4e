"""Hugo's shortcodes: `figure`, `ref` and `relref`; others stay and are refused by name."""

import re
from collections.abc import Callable, Mapping
from html import escape

from mailer.compile.liquid.fault import LiquidFault
from mailer.compile.liquid.site import Site
from mailer.compile.liquid.tag import Tag

_CALL = re.compile(r"\s*(?P<name>[\w./-]+)(?P<arguments>.*?)/?\s*", re.DOTALL)
_ARGUMENT = re.compile(
    r"(?:(?P<key>[A-Za-z_-]+)\s*=\s*)?(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|`(?P<raw>[^`]*)`|(?P<bare>[^\s=\"']+))"
)
_FIGURE = 'write {{< figure src="/photo.jpg" alt="…" caption="…" >}}'
_REF = 'write {{< ref "last-week.md" >}}'


def shortcode(tag: Tag, site: Site) -> str | None:
    """Return what stands for a shortcode, on one line; None where there is none like it."""
    call = _CALL.fullmatch(tag.inside)
    work = _SHORTCODES.get(call["name"]) if call else None
    return work(_arguments(call["arguments"]), site) if call and work else None


def _arguments(text: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for found in _ARGUMENT.finditer(text):
        value = next(found[one] for one in ("double", "single", "raw", "bare") if found[one] is not None)
        given.setdefault(found["key"] or "", " ".join(value.split()))
    return given


def _figure(given: Mapping[str, str], _site: Site) -> str:
    source = given.get("src") or given.get("")
    if not source:
        raise LiquidFault("this figure has no picture", _FIGURE)
    caption = ". ".join(filter(None, (given.get("title", ""), given.get("caption", ""))))
    size = f' width="{escape(given["width"])}"' if given.get("width", "").isdigit() else ""
    image = f'<img src="{escape(source)}" alt="{escape(given.get("alt") or caption)}"{size}>'
    if link := given.get("link"):
        image = f'<a href="{escape(link)}">{image}</a>'
    return f"<figure>{image}{f'<figcaption>{escape(caption)}</figcaption>' if caption else ''}</figure>"


def _reference(given: Mapping[str, str], site: Site) -> str:
    name = given.get("") or given.get("path") or ""
    if not name:
        raise LiquidFault("this reference names no page", _REF)
    return site.page_of(name)


_SHORTCODES: Mapping[str, Callable[[Mapping[str, str], Site], str]] = {
    "figure": _figure,
    "ref": _reference,
    "relref": _reference,
}
