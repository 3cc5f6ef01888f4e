"""The stages that blocks go through, without a layout."""

import re
from dataclasses import replace

from tests.compile.page import read_page

from mailer.compile.blocks import Setting, expand
from mailer.compile.blocks.setting import Target
from mailer.compile.content import render_content
from mailer.compile.markdown import to_html
from mailer.compile.merge.restore import restore, restore_text
from mailer.compile.merge.send import compile_send_template
from mailer.compile.merge.settle import settle
from mailer.compile.polish import polish
from mailer.compile.text import to_text
from mailer.errors import IssueError
from mailer.issue.document import Issue
from mailer.template.source import Source

WORDS = {"note": "Note", "warning": "Warning"}
SETTING = Setting(words=WORDS)
PARTIALS = {
    "parts/event.md": "**{{ title }}** at {{ place }}",
    "parts/bad.md": "Fine.\n\n::: crad\nText\n:::",
    "parts/staff.md": "::: audience segment == 'staff'\nStaff.\n:::",
}


def compiled(markdown: str, target: Target = "email", setting: Setting = SETTING) -> str:
    """Return the source that the send fills: of the page, or of the text part."""
    values = {
        "site": {"url": "https://e.com", "height": 30},
        "newsletter": {"name": "Field Notes"},
        "issue": {},
        "lang": "en",
    }
    content, places = render_content(Issue("a.md", "a", markdown), values, load)
    setting = replace(setting, places=places, target=target)
    fragment = polish(to_html(content.text), base_url="https://example.com", setting=setting).html
    settled = settle(fragment, content.tags)
    expanded = expand(settled.html, setting)
    if target == "text":
        return restore_text(to_text(expanded), settled.tags)
    return restore(expanded, settled.tags)


def load(name: str) -> Source | None:
    """Find a partial."""
    return Source(PARTIALS[name], name, 1, IssueError) if name in PARTIALS else None


def page(markdown: str, setting: Setting = SETTING, /, **recipient: str) -> str:
    """Return one recipient's HTML."""
    template = compile_send_template(compiled(markdown, "email", setting), html=True)
    return template.render(recipient)


def plain(markdown: str, setting: Setting = SETTING, /, **recipient: str) -> str:
    """Return one recipient's text."""
    template = compile_send_template(compiled(markdown, "text", setting), html=False)
    return template.render(recipient)


def refusal(markdown: str) -> IssueError:
    """Return the error that a text is refused with."""
    try:
        compiled(markdown)
    except IssueError as error:
        return error
    raise AssertionError("not refused")


def as_outlook(html: str) -> str:
    """Return what Outlook for Windows reads: what is meant for it alone, and not what is kept from it."""
    html = re.sub(r"<o:\w+\s*/>", "", html)  # an element of Office's own, which is XML
    shown = re.sub(r"<!--\[if !mso.*?<!\[endif\]-->", "", html, flags=re.DOTALL)
    return re.sub(r"<!--\[if [^\]!]*mso[^\]]*\]>(.*?)<!\[endif\]-->", r"\1", shown, flags=re.DOTALL)


def balanced(html: str) -> bool:
    """Tell whether conditions are whole, and tags in order for Outlook and for all others."""
    whole = html.count("<!--[if") == html.count("<![endif]-->")
    faults = read_page(as_outlook(html)).faults + read_page(html).faults
    return whole and "[if" not in as_outlook(html) and not faults


def tags(html: str, name: str) -> list[str]:
    """Return the opening tags of this name."""
    return re.findall(rf"<{name}\b[^>]*>", html)
