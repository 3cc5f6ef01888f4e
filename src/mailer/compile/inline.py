"""
HTML fragment + CSS -> HTML fragment with style attributes; fragment + page -> page.

The one file that knows premailer and cssutils, imported when first used: they are most of a cold start.
"""

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from importlib import import_module
from types import ModuleType
from typing import Any

from mailer.compile.fragment import names_in
from mailer.errors import CompileError

_STAGE = "inline"
_OPENING = '<div class="md">'
_CLOSING = "<!--end of content--></div>"
_DOCUMENT = f"<!DOCTYPE html><html><head></head><body>{_OPENING}%s{_CLOSING}</body></html>"
_COMMENT = re.compile(r"/\*.*?\*/|<!--.*?-->", re.DOTALL)
_RULE = re.compile(r"(?P<selectors>[^{}]*)\{[^{}]*\}")
_FETCHES = re.compile(r"<\s*(?P<name>link|style|base)\b", re.IGNORECASE)
_LOST = re.compile(r"@|\*|:(?!(?:first|last)-child\b)|\[[^\]]*,|(?:^|[\s>+~,])[A-Z]|(?:^|,)\s*\.md\s*(?:,|$)")
"""Selectors that premailer drops without a word, breaks on, or would write onto our own wrapper."""

_NAME = re.compile(r"[a-z][a-z0-9_-]*", re.IGNORECASE)
_CONDITION = re.compile(r":[a-z-]+|\[[^\]]*\]")
_AROUND = frozenset({"md", "div", "body", "html"})
"""What stands around the fragment while it is inlined."""

_KINDS = 64
"""Sets of names in a content, each with the rules that fit it, that are kept."""
_REMEMBERED = 1024
"""Rules of style sheets that are kept as premailer reads them: reading one takes longer than using it."""


def inline(fragment: str, css: str) -> str:
    """
    Return the fragment with each rule of `css` written into the elements it is for.

    Selectors see the fragment inside `<div class="md">`. `css` holds only rules that a style attribute can
    hold: no at-rules, no `:hover`. Markers come out as they went in. Raises CompileError.
    """
    _refuse_style_sheets(fragment)
    _refuse_lost_rules(css)
    try:
        page = _inlined(_DOCUMENT % fragment, css, names_in(fragment) | _AROUND)
    except Exception as error:  # cssutils, cssselect and lxml each raise their own
        raise CompileError(
            f"the CSS cannot be inlined: {error}", stage=_STAGE, hint="look at the selectors of content.css"
        ) from error
    _, opening, rest = page.partition(_OPENING)
    content, closing, after = rest.rpartition(_CLOSING)
    if not opening or not closing or "".join(after.split()) != "</body></html>":
        raise CompileError(
            "the content closes an element that it never opened",
            stage=_STAGE,
            hint="look for a closing tag such as </div> too many in the Markdown",
        )
    return content


def splice(page: str, placeholder: str, fragment: str) -> str:
    """Return the page with the fragment in the place of the one `placeholder`."""
    found = page.count(placeholder)
    if found != 1:
        raise CompileError(
            f"the layout shows the content {found} times",
            stage=_STAGE,
            hint="write {{ content }} once, in an <mj-text>",
        )
    return page.replace(placeholder, fragment)


def _refuse_style_sheets(fragment: str) -> None:
    if _FETCHES.search(fragment) and (found := _FETCHES.search(_COMMENT.sub("", fragment))):
        raise CompileError(
            f"<{found['name'].lower()}> in the content: nothing is fetched, and styles belong to the layout",
            stage=_STAGE,
            hint="move the rules to layouts/content.css",
        )


@lru_cache(maxsize=8)
def _rules_of(css: str) -> tuple[tuple[frozenset[frozenset[str]], str], ...]:
    """Return the rules of a style sheet, each with the names that its selectors are about."""
    return tuple(
        (frozenset(_names_of(selector) for selector in rule["selectors"].split(",")), rule[0])
        for rule in _RULE.finditer(_COMMENT.sub("", css))
    )


@lru_cache(maxsize=8)
def _refuse_lost_rules(css: str) -> None:
    """Refuse what premailer would fetch (`@import`) or lose."""
    plain = _COMMENT.sub("", css)
    for rule in _RULE.finditer(plain):
        selectors = rule["selectors"].strip()
        if _LOST.search(selectors):
            raise CompileError(
                f"content.css: '{selectors}' cannot be inlined",
                stage=_STAGE,
                hint="simple selectors that begin with .md; at-rules and :hover go into an <mj-style>",
            )
    if rest := _RULE.sub("", plain).strip():
        raise CompileError(
            f"content.css: '{rest[:40]}' is no rule",
            stage=_STAGE,
            hint="rules are written selector { property: value; }; at-rules go into an <mj-style>",
        )


def _inlined(document: str, css: str, names: frozenset[str]) -> str:
    premailer = _premailer()
    work = premailer(
        document,
        css_text=[css],
        keep_style_tags=False,
        strip_important=True,
        disable_leftover_css=True,
        allow_network=False,
        disable_validation=True,
        remove_classes=False,
        align_floating_images=False,
        cssutils_logging_level=logging.CRITICAL,
        disable_basic_attributes=["width", "height", "bgcolor", "align", "valign"],
        exclude_pseudoclasses=True,
    )
    work.names = names
    page: str = work.transform(pretty_print=False)
    return page


@cache
def _premailer() -> Any:
    """
    Return premailer's class, taught to save time.

    It reads only rules whose names the document has, and each of them once. It writes no attributes beside
    `style`, so it need not look which.
    """
    with _without("requests", "urllib.request"):
        import_module("cssutils").log.setLevel(logging.CRITICAL)
        plain: Any = import_module("premailer").Premailer
    remembered: dict[str, Any] = {}
    fitting: dict[tuple[str, frozenset[str]], Any] = {}

    def rules_of(self: Any, css: str, index: int) -> Any:
        if (css, self.names) in fitting:
            return fitting[css, self.names], []
        if len(fitting) >= _KINDS:
            fitting.clear()
        found = []
        for number, (selectors, text) in enumerate(_rules_of(css)):
            if not any(names <= self.names for names in selectors):
                continue
            if text not in remembered:
                if len(remembered) >= _REMEMBERED:
                    remembered.clear()
                remembered[text] = plain._parse_style_rules(self, text, index)[0]  # noqa: SLF001 - no public way
            found += [
                ((*weight[:-2], number, weight[-1]), _inside(selector), bulk)
                for weight, selector, bulk in remembered[text]
                if _names_of(selector) <= self.names
            ]
        fitting[css, self.names] = found
        return found, []

    work = {"_parse_style_rules": rules_of, "_style_to_basic_html_attributes": _write_nothing}
    return type("RememberingPremailer", (plain,), work)


def _inside(selector: str) -> str:
    """Return a selector that says no more than it must: all but our own wrapper stands inside `.md`."""
    inner = selector.removeprefix(".md ")
    return selector if inner.startswith(">") or _AROUND & _names_of(inner) else inner


def _write_nothing(_self: Any, _element: Any, _style: str, *, force: bool) -> None:
    """Stand for what copies width, align and the like from a style into attributes: all are disabled."""
    assert force


@contextmanager
def _without(*names: str) -> Iterator[None]:
    """Let libraries be imported without modules that fetch: these take longer, and nothing is fetched."""
    missing = [name for name in names if name not in sys.modules]
    sys.modules.update({name: ModuleType(name) for name in missing})
    try:
        yield
    finally:
        for name in missing:
            del sys.modules[name]


@lru_cache(maxsize=1024)
def _names_of(selector: str) -> frozenset[str]:
    """Return the elements and classes that a selector names."""
    return frozenset(_NAME.findall(_CONDITION.sub("", selector)))
