"""
HTML fragment + CSS -> HTML fragment with style attributes; fragment + page -> page.

The one file that knows premailer and cssutils, imported when first used: they are most of a cold start.
"""

import logging
import re
from functools import cache, lru_cache
from importlib import import_module
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

_REMEMBERED = 8
"""Style sheets whose rules are kept: one for each theme and direction that a run may meet."""


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
    if found := _FETCHES.search(_COMMENT.sub("", fragment)):
        raise CompileError(
            f"<{found['name'].lower()}> in the content: nothing is fetched, and styles belong to the layout",
            stage=_STAGE,
            hint="move the rules to layouts/content.css",
        )


@lru_cache(maxsize=_REMEMBERED)
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

    It parses the same style sheet only once, and looks only for rules whose names the document has.
    """
    import_module("cssutils").log.setLevel(logging.CRITICAL)
    plain: Any = import_module("premailer").Premailer
    remembered: dict[tuple[str, int], Any] = {}

    def rules_of(self: Any, css: str, index: int) -> Any:
        if (css, index) not in remembered:
            if len(remembered) >= _REMEMBERED:
                remembered.clear()
            remembered[css, index] = plain._parse_style_rules(self, css, index)  # noqa: SLF001 - no public way
        rules, leftover = remembered[css, index]
        return [rule for rule in rules if _names_of(rule[1]) <= self.names], leftover

    return type("RememberingPremailer", (plain,), {"_parse_style_rules": rules_of})


@lru_cache(maxsize=1024)
def _names_of(selector: str) -> frozenset[str]:
    """Return the elements and classes that a selector names."""
    return frozenset(_NAME.findall(_CONDITION.sub("", selector)))
