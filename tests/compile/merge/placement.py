"""One piece of Markdown rendered for a recipient: by merging, and with the values put in first."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any, NamedTuple

from jinja2 import Environment, Undefined

from mailer.compile.markdown import to_html
from mailer.compile.marker import choose_salt
from mailer.compile.merge.render import render_issue
from mailer.compile.merge.restore import restore, restore_text
from mailer.compile.merge.send import compile_send_template
from mailer.compile.merge.settle import settle
from mailer.compile.polish import polish
from mailer.compile.text import to_text
from mailer.errors import IssueError
from mailer.template.source import Source

Recipient = Mapping[str, Any]

VALUES: Mapping[str, Any] = {
    "site": {"github": {"url": "https://example.github.io"}},
    "issue": {
        "title": "The issue",
        "talks": [
            {"id": 1, "title": "On owls", "city": "Berlin"},
            {"id": 2, "title": "On bats", "city": "Paris"},
        ],
    },
}
CLIENT: Recipient = {
    "segment": "client",
    "first_name": "Ada",
    "id": "42",
    "city": "Berlin",
    "colour": "#336699",
    "page": "https://example.com/u/42?a=1&b=2",
    "interests": ["apples", "bats & co", "owls"],
    "odd": "a < b & c",
}
LEAD: Recipient = {
    "segment": "lead",
    "first_name": 'O\'Neil <b>"x" & co',
    "id": "7",
    "page": "http://example.com/lead",
    "interests": [],
    "odd": "<script>alert('x')</script> *no* [link](http://evil.example)",
}
RECIPIENTS = {"client": CLIENT, "lead": LEAD}

_ODD = re.compile(r"[^\w ./:?=%#+-]")


class Parts(NamedTuple):
    html: str
    text: str


def merged(source: str, recipient: Recipient) -> Parts:
    """Compile, then fill for the recipient."""
    sources = merge_sources(source)
    html = compile_send_template(sources.html, html=True).render(recipient)
    return Parts(html, compile_send_template(sources.text, html=False).render(recipient))


def merge_sources(source: str) -> Parts:
    """Compile: the fragment and the text part with their merge fields open."""
    rendered = render_issue(Source(source, "issue.md", 1, IssueError), VALUES, salt=choose_salt(source))
    settled = settle(polish(to_html(rendered.text)).html, rendered.tags)
    return Parts(restore(settled.html, settled.tags), restore_text(to_text(settled.html), settled.tags))


def eager(source: str, recipient: Recipient) -> Parts:
    """
    Put the values in before Markdown runs.

    A value that Markdown or HTML could take for markup is a plain word until the end.
    """
    hidden: list[str] = []

    def hide(value: Any) -> Any:
        if isinstance(value, Undefined) or not _ODD.search(str(value)):
            return value
        if str(value) not in hidden:
            hidden.append(str(value))
        return f"Hidden{hidden.index(str(value))}x"

    environment = Environment(finalize=hide, comment_start_string="{#*", comment_end_string="*#}")
    markdown = environment.from_string(source).render({**VALUES, "recipient": recipient})
    fragment = polish(to_html(markdown)).html
    return Parts(
        re.sub(r"Hidden(\d+)x", lambda found: escape(hidden[int(found[1])]), fragment),
        re.sub(r"Hidden(\d+)x", lambda found: hidden[int(found[1])], to_text(fragment)),
    )
