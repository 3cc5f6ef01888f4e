"""Liquid's block tags -> Jinja's, by their first word."""

import re
from collections.abc import Callable, Mapping

from mailer.compile.liquid.case import close_case, open_case, when
from mailer.compile.liquid.expression import condition, to_jinja
from mailer.compile.liquid.fault import LiquidFault
from mailer.compile.liquid.highlight import close_code, open_code
from mailer.compile.liquid.include import include
from mailer.compile.liquid.loop import loop
from mailer.compile.liquid.site import Site
from mailer.compile.liquid.tag import Tag
from mailer.compile.liquid.word import divided, read_words, stripped, written

_ASSIGNMENT = re.compile(r"\s+(?P<name>[A-Za-z_]\w*)\s*=(?P<value>.*\S.*)", re.DOTALL)
_NAME = re.compile(r"\s*['\"]?(?P<name>[A-Za-z_]\w*)['\"]?\s*")
_ISSUE = (".md", ".markdown")

Translate = Callable[[Tag, str, Site], str]
"""What stands for a tag of a text."""


def _asks(keyword: str) -> Translate:
    def translated(tag: Tag, _text: str, _site: Site) -> str:
        asked = condition(tag.arguments)
        if keyword == tag.keyword and asked == tag.arguments:
            return f"{tag.opening}{tag.inside}{tag.closing}"
        return tag.holding(f"{keyword}{asked}")

    return translated


def _unless(tag: Tag, _text: str, _site: Site) -> str:
    return tag.holding(f"if not ({condition(tag.arguments).strip()})")


def _end_of_if(tag: Tag, _text: str, _site: Site) -> str:
    return tag.holding("endif")


def _end_of_set(tag: Tag, _text: str, _site: Site) -> str:
    return tag.holding("endset")


def _assign(tag: Tag, _text: str, _site: Site) -> str:
    found = _ASSIGNMENT.fullmatch(tag.arguments)
    if not found:
        raise LiquidFault("this assign gives no name a value", "write {% assign name = value %}")
    return tag.holding(f"set {found['name']} ={to_jinja(found['value'])}")


def _capture(tag: Tag, _text: str, _site: Site) -> str:
    found = _NAME.fullmatch(tag.arguments)
    if not found:
        raise LiquidFault("this capture has no name", "write {% capture name %}…{% endcapture %}")
    return tag.holding(f"set {found['name']}")


def _set(tag: Tag, _text: str, _site: Site) -> str:
    return f"{tag.opening}{to_jinja(tag.inside)}{tag.closing}"


def _post_url(tag: Tag, _text: str, site: Site) -> str:
    return site.page_of(tag.arguments.strip())


def _link(tag: Tag, _text: str, site: Site) -> str:
    name = tag.arguments.strip()
    return site.page_of(name) if name.partition("#")[0].endswith(_ISSUE) else site.file_at(name)


def _cycle(tag: Tag, _text: str, _site: Site) -> str:
    *_, values = divided(read_words(tag.arguments), ":")  # a name before the values means nothing here
    given = [written(stripped(value)) for value in divided(values, ",")]
    if not all(given):
        raise LiquidFault("this cycle has nothing to go through", "write {% cycle 'odd', 'even' %}")
    return f"{{{{ loop.cycle({', '.join(given)}) {tag.filling('')}}}}}"


def _comment(_tag: Tag, _text: str, _site: Site) -> str:
    raise LiquidFault("{% comment %} is never closed", "write {% endcomment %} where it ends")


BLOCKS: Mapping[str, Translate] = {
    "assign": _assign,
    "capture": _capture,
    "case": lambda tag, text, _site: open_case(tag, text),
    "comment": _comment,
    "cycle": _cycle,
    "elif": _asks("elif"),
    "elsif": _asks("elif"),
    "endcapture": _end_of_set,
    "endcase": lambda tag, text, _site: close_case(tag, text),
    "endhighlight": lambda tag, text, _site: close_code(tag, text),
    "endunless": _end_of_if,
    "for": lambda tag, _text, _site: loop(tag),
    "highlight": lambda tag, text, _site: open_code(tag, text),
    "if": _asks("if"),
    "include": lambda tag, _text, site: include(tag, site),
    "include_cached": lambda tag, _text, site: include(tag, site),
    "include_relative": lambda tag, _text, site: include(tag, site),
    "link": _link,
    "post_url": _post_url,
    "set": _set,
    "unless": _unless,
    "when": lambda tag, text, _site: when(tag, text),
}
