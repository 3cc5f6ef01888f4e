"""The cases in `tests/compile/cases`: constructs of newsletters, our extras, markers of deferred tags."""

import pytest
from tests.compile.markdown.casefile import CASES, Case, read_cases, shorten_markers, with_markers

from mailer.compile.markdown import to_html

FILES = ("constructs.md", "extras.md", "markers.md")


@pytest.mark.parametrize(
    "case", [pytest.param(one, id=one.title) for name in FILES for one in read_cases(name)]
)
def test_case(case: Case) -> None:
    assert shorten_markers(to_html(with_markers(case.source))) == case.expected


@pytest.mark.parametrize("name", FILES)
def test_every_case_of_a_file_is_read(name: str) -> None:
    assert len(read_cases(name)) == (CASES / name).read_text(encoding="utf-8").count("~~~~~~~~ html")
