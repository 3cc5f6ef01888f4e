"""No issue of the corpus loses text: every word of its source is in the HTML."""

import re
import sys
from collections import Counter
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

from mailer.compile.markdown import to_html

ISSUES = Path(__file__).parents[3] / ".." / "shared" / "corpus" / "issues"
FILES = sorted(path for path in ISSUES.rglob("*") if path.suffix in {".md", ".markdown"})

FRONT_MATTER = re.compile(r"\A---\r?\n.*?\n---\r?\n|\A(?:[A-Z]\w+: [^\n]*\n)+", re.DOTALL)
LIQUID = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
WORD = re.compile(r"[^\W_]+")

NOT_SHOWN = re.compile(
    r"""^[ ]{0,3}\[[^\]]+\]:.*$          # what a reference leads to, shown only where it is used
    | \]\[[^\]]*\]                       # the label at a use
    | \[\^[^\]]+\]:?                     # the label of a footnote
    | \{:[^}]*\}                         # attributes
    | [ ]markdown="1"                    # what asks for Markdown in HTML
    | ^[ ]*(?:```|~~~).*$                # fences and their language
    | ^[ ]*\d+[.)]                       # numbers of items""",
    re.MULTILINE | re.VERBOSE,
)


def read_issue(path: Path) -> str:
    source = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    return LIQUID.sub("liquid", FRONT_MATTER.sub("", source, count=1))


def words(text: str) -> Counter[str]:
    return Counter(WORD.findall(unquote(unescape(text))))


@pytest.mark.skipif(not FILES, reason="../shared/corpus is not there")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_word_of_an_issue_comes_through(path: Path) -> None:
    source = read_issue(path)

    lost = words(NOT_SHOWN.sub(" ", source)) - words(to_html(source))

    assert lost == Counter()


@pytest.mark.skipif(not FILES, reason="../shared/corpus is not there")
def test_the_sample_keeps_its_items() -> None:
    html = to_html(read_issue(next(path for path in FILES if path.stem == "2019-04-17-client")))

    assert html.count("<li>") == 11
    assert html.count("<ul>") == 2


@pytest.mark.skipif(not FILES, reason="../shared/corpus is not there")
def test_work_grows_with_the_length_of_a_text_and_no_faster() -> None:
    sample = read_issue(next(path for path in FILES if path.stem == "2019-04-17-client")) + "\n\n"
    to_html(sample)

    assert count_calls(sample * 20) <= 20 * 1.05 * count_calls(sample)


def count_calls(source: str) -> int:
    calls = Counter[str]()
    before = sys.getprofile()
    sys.setprofile(lambda _frame, event, _argument: calls.update([event]))
    try:
        to_html(source)
    finally:
        sys.setprofile(before)
    return calls["call"] + calls["c_call"]
