"""The issue that compiles are measured with, and other issues made of it: longer ones, later versions."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

from mailer.compile import compile_issue
from mailer.compile.markdown import to_html
from mailer.issue.document import Issue
from mailer.issue.read import read_issue
from mailer.layout.load import load_layout
from mailer.project import open_project

ROOT = Path(__file__).parents[1]
_SAMPLE = ROOT / ".." / "shared" / "corpus" / "issues" / "sample" / "2019-04-17-client.md"
_OWN = ROOT / "issues" / "2026-10-05-client.md"
PATH = _SAMPLE if _SAMPLE.is_file() else _OWN


def versions(length: int = 1) -> Iterator[Issue]:
    """Yield the sample, so many times as long, each time with other words: no compile has met it before."""
    issue = read_issue(PATH)
    number = 0
    while True:
        number += 1
        words = issue.body.replace(" the ", f" the {number} ")
        yield replace(
            issue,
            subject=f"Number {number}",
            preheader=f"What is in number {number}",
            body="\n\n".join([words] * length),
        )


def compiler(length: int = 1) -> Callable[[], object]:
    """Return what compiles the next version, everything read already."""
    project = open_project(ROOT)
    issues = versions(length)
    layout = load_layout(next(issues).layout, ROOT / "layouts", aliases={})
    newsletter = project.newsletter()
    site = project.config.site
    return lambda: compile_issue(next(issues), layout, newsletter, site=site)


def markdown() -> str:
    """Return the sample's Markdown, its one template value filled in."""
    return read_issue(PATH).body.replace("{{ site.github.url }}", "https://example.github.io")


def content() -> str:
    """Return the sample's content as HTML."""
    return to_html(markdown())


def layout_page() -> str:
    """Return the MJML that our layout gives for the sample, its content in place: the same page as ours."""
    module = import_module("mailer.compile.stages")
    with patch.object(module, "mjml_to_html", side_effect=module.mjml_to_html) as to_html:
        compiler()()
    page = re.sub(r' data-at="[^"]*"', "", to_html.call_args.args[0])
    page = re.sub(r"zxq[0-9a-z]+zx", "https://example.com/x", page)
    return re.sub(r"zxcontent\w+", lambda _: content(), page)
