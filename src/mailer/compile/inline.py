"""
HTML fragment + CSS -> HTML fragment with style attributes; fragment + page -> page.

The one file that knows premailer and cssutils, imported when first used: they are most of a cold start.
"""

import logging
import re
from functools import cache
from importlib import import_module
from typing import Any

from mailer.errors import CompileError

_STAGE = "inline"
_OPENING = '<div class="md">'
_CLOSING = "</div>"
_DOCUMENT = f"<!DOCTYPE html><html><head></head><body>{_OPENING}%s{_CLOSING}</body></html>"
_COMMENT = re.compile(r"/\*.*?\*/|<!--.*?-->", re.DOTALL)
_FETCHES = re.compile(r"@import\b", re.IGNORECASE)
_SHEETS = re.compile(r"<\s*(?P<name>link|style|base)\b", re.IGNORECASE)


def inline(fragment: str, css: str) -> str:
    """
    Return the fragment with each rule of `css` written into the elements it is for.

    Selectors see the fragment inside `<div class="md">`. `css` holds only rules that a style attribute can
    hold: no at-rules, no `:hover`. Markers come out as they went in. Raises CompileError for what would fetch.
    """
    _refuse_fetching(fragment, css)
    try:
        page = _inlined(_DOCUMENT % fragment, css)
    except Exception as error:  # cssutils, cssselect and lxml each raise their own
        raise CompileError(
            f"the CSS cannot be inlined: {error}", stage=_STAGE, hint="look at the selectors of content.css"
        ) from error
    return page[page.index(_OPENING) + len(_OPENING) : page.rindex(_CLOSING)]


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


def _refuse_fetching(fragment: str, css: str) -> None:
    if _FETCHES.search(_COMMENT.sub("", css)) or _FETCHES.search(css):
        raise CompileError("@import in content.css: nothing is fetched", stage=_STAGE, hint="copy the rules")
    if found := _SHEETS.search(_COMMENT.sub("", fragment)):
        raise CompileError(
            f"<{found['name'].lower()}> in the content: nothing is fetched and styles belong to the layout",
            stage=_STAGE,
            hint="move the rules to layouts/content.css",
        )


def _inlined(document: str, css: str) -> str:
    premailer = _premailer()
    page: str = premailer(
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
    ).transform()
    return page


@cache
def _premailer() -> Any:
    import_module("cssutils").log.setLevel(logging.CRITICAL)
    return import_module("premailer").Premailer
