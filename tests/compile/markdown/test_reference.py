"""Where an issue of the corpus is plain Markdown, its elements are those that markdown-it-py finds."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from tests.compile.markdown.counts import count
from tests.compile.markdown.test_corpus import FILES, read_issue

from mailer.compile.markdown import to_html

REFERENCE = MarkdownIt("commonmark").enable(["table", "strikethrough"])

DEPARTURES: Mapping[str, Mapping[str, int]] = {
    # its footnote is an item of the notes at the end, with a link back
    "2019-05-14-newsletter": {"li": 1, "a": 1},
    # stress that ends in a colon right before an ideograph: the reference shows its asterisks
    "2020-04-15-newsletter": {"strong": 1},
}
"""What we have more of, by issue."""


@pytest.mark.skipif(not FILES, reason="../shared/corpus is not there")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_elements_are_those_of_the_reference(path: Path) -> None:
    source = read_issue(path)
    ours, reference = count(to_html(source)), count(REFERENCE.render(source))

    departures = {tag: ours[tag] - reference[tag] for tag in ours | reference if ours[tag] != reference[tag]}

    assert sum(ours.values()) > 10
    assert departures == DEPARTURES.get(path.stem, {})


def test_links_that_show_their_address_are_not_counted() -> None:
    html = '<a href="http://www.a.b">www.a.b</a> <a href="u">v</a> <a href="w"><img></a> <li>'

    assert count(html) == Counter({"a": 2, "img": 1, "li": 1})
