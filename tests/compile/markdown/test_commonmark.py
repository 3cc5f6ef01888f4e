"""Every example of the CommonMark specification, extras switched off."""

import json
from html.parser import HTMLParser
from itertools import groupby
from pathlib import Path
from typing import TypedDict

import pytest

from mailer.compile.markdown.engine import build

SPECIFICATION = Path(__file__).parents[3] / ".." / "shared" / "data" / "commonmark" / "commonmark.json"
BLOCKS = frozenset(
    ("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "hr", "div")
)


class Example(TypedDict):
    example: int
    section: str
    markdown: str
    html: str


def read_sections() -> dict[str, list[Example]]:
    if not SPECIFICATION.exists():
        return {}
    examples: list[Example] = json.loads(SPECIFICATION.read_text(encoding="utf-8"))
    return {section: list(group) for section, group in groupby(examples, key=lambda one: one["section"])}


SECTIONS = read_sections()


class Normal(HTMLParser):
    """Reduces HTML to what it means: attributes sorted, entities resolved, no white space between blocks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.preformatted = 0
        self.at_block = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._enter(tag)
        self.preformatted += tag == "pre"
        self.parts.append(f"<{tag} {sorted((name, value or '') for name, value in attrs)}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._enter(tag)
        self.parts.append(f"<{tag} {sorted((name, value or '') for name, value in attrs)}>")

    def handle_endtag(self, tag: str) -> None:
        self._enter(tag)
        self.preformatted -= tag == "pre"
        self.parts.append(f"</{tag}>")

    def _enter(self, tag: str) -> None:
        self.at_block = tag in BLOCKS
        if self.at_block and not self.preformatted and self.parts:
            self.parts[-1] = self.parts[-1].rstrip()

    def handle_data(self, data: str) -> None:
        if not self.preformatted:
            data = (" " * data[:1].isspace()) + " ".join(data.split()) + " " * data[-1:].isspace()
            data = data.lstrip() if self.at_block else data
        self.at_block = False
        self.parts.append(data)

    def handle_comment(self, data: str) -> None:
        self.parts.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.parts.append(f"<!{decl}>")

    def unknown_decl(self, data: str) -> None:
        self.parts.append(f"<![{data}]>")

    def handle_pi(self, data: str) -> None:
        self.parts.append(f"<?{data}>")


def normalize(html: str) -> str:
    reader = Normal()
    reader.feed(html)
    reader.close()
    return "".join(reader.parts).strip()


def to_commonmark(source: str) -> str:
    return build(lang="en", extras=False, lines=False).convert(source)


@pytest.mark.skipif(not SECTIONS, reason="../shared/data/commonmark is not there")
@pytest.mark.parametrize("section", SECTIONS)
def test_examples_of_the_specification(section: str) -> None:
    wrong = [
        one["example"]
        for one in SECTIONS[section]
        if normalize(to_commonmark(one["markdown"])) != normalize(one["html"])
    ]

    assert wrong == []


@pytest.mark.skipif(not SECTIONS, reason="../shared/data/commonmark is not there")
def test_the_specification_is_whole() -> None:
    assert sum(len(examples) for examples in SECTIONS.values()) == 652
