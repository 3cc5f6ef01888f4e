"""Every issue of the corpus builds and loses no word, or is refused where it cannot be built."""

import re
from collections import Counter
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from tests.compile.newsletter import compile_in, filled, make_newsletter
from tests.compile.page import read_page
from tests.compile.validator import errors

from mailer.errors import IssueError
from mailer.message.personalize import Filled

ROOT = Path(__file__).parents[2]
ISSUES = ROOT / ".." / "shared" / "corpus" / "issues"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an issue cannot be built yet, and the line of the file that says so."""

    line: int
    message: str


BUILDS = None
EXPECTED: dict[str, Refusal | None] = {
    "NixOS__nixos-weekly": BUILDS,
    "haskellweekly__haskellweekly": BUILDS,
    "haskellweekly__haskellweekly/data/newsletter/2016/issue-35": Refusal(1, "the issue has no subject"),
    "kubernetes-sigs__lwkd": BUILDS,
    "rust-lang__this-week-in-rust": BUILDS,
    "sample": BUILDS,
    "bitcoinops__bitcoinops.github.io/_posts/de/newsletters/2025-06-13": Refusal(121, "details-list.md"),
    "bitcoinops__bitcoinops.github.io/_posts/en/newsletters/2019-05-14": Refusal(15, "references.md"),
    "bitcoinops__bitcoinops.github.io/_posts/en/newsletters/2019-10-16": Refusal(18, "references.md"),
    "bitcoinops__bitcoinops.github.io/_posts/en/newsletters/2021-05-26": Refusal(230, "references.md"),
    "bitcoinops__bitcoinops.github.io/_posts/en/newsletters/2022-03-02": Refusal(122, "references.md"),
    "bitcoinops__bitcoinops.github.io/_posts/en/newsletters/2025-12-19": Refusal(1119, "recap-ad.md"),
    "bitcoinops__bitcoinops.github.io/_posts/fr/newsletters/2023-03-08": Refusal(135, "details-list.md"),
    "bitcoinops__bitcoinops.github.io/_posts/ja/newsletters/2022-03-02": Refusal(94, "references.md"),
    "bitcoinops__bitcoinops.github.io/_posts/zh/newsletters/2020-04-15": Refusal(41, "references.md"),
    "bitcoinops__bitcoinops.github.io/_posts/zh/newsletters/2023-03-08": Refusal(42, "details-list.md"),
}
"""What becomes of the issues below a path; the longest path that fits counts."""

FILES = sorted(path for path in ISSUES.rglob("*") if path.suffix in {".md", ".markdown"})

FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n|\A(?:[A-Z]\w+: [^\n]*\n)+", re.DOTALL)
TEMPLATE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
"""What one issue must leave to the layout."""
COMMENTS = re.compile(r"<!--.*?-->", re.DOTALL)
HTML_TAG = re.compile(r"</?[A-Za-z][\w-]*(?:\s[^<>]*)?/?>")
NOT_SHOWN = re.compile(
    r"""^[ ]{0,3}\[(?!\^)[^\]]+\]:.*$    # what a reference leads to
    | \]\([^()\s]*(?:\([^()]*\)[^()]*)*(?:[ ][^()]*)?\)   # what a link leads to
    | \]\[[^\]]*\]                       # the label of a reference at a use
    | \[\^[^\]]+\]:?                     # the label of a footnote
    | \{:[^}]*\}                         # attributes
    | ^[ ]*(?:```|~~~).*$                # fences and their language
    | ^[ >]*\d+[.)](?=\s)                # numbers of items""",
    re.MULTILINE | re.VERBOSE,
)
WORD = re.compile(r"[\u3040-\u9fff]|[^\W_\u3040-\u9fff]+")
"""A word; without spaces between words, a letter."""


def expectation(path: Path) -> Refusal | None:
    name = path.relative_to(ISSUES).as_posix()
    return EXPECTED[max((known for known in EXPECTED if name.startswith(known)), key=len)]


def words(text: str) -> Counter[str]:
    return Counter(WORD.findall(unquote(unescape(text))))


def read_source(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")


def words_of_source(source: str) -> Counter[str]:
    body = COMMENTS.sub(" ", TEMPLATE.sub(" ", FRONT_MATTER.sub("", source, count=1)))
    return words(HTML_TAG.sub(" ", NOT_SHOWN.sub(" ", body)))


class Shown(HTMLParser):
    """Collects what a page shows: its text, and what stands for its images."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.text.append(dict(attrs).get("alt") or " ")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def lost_from_page(source: Counter[str], html: str) -> Counter[str]:
    """Return the words that a page lacks, whether or not a tag such as `</code>` parts two words."""
    shown = Shown()
    shown.feed(html[html.index("<body") :])
    return (source - words("".join(shown.text))) & (source - words(" ".join(shown.text)))


def lost_from_text(source: Counter[str], text: str) -> Counter[str]:
    """Return the words that a text part lacks; where a link shows its own address, any case will do."""
    lowered: Counter[str] = Counter()
    for word, count in source.items():
        lowered[word.lower()] += count
    return lowered - words(text.lower())


def check_words(source: str, done: Filled) -> None:
    written = words_of_source(source)
    assert written.total() > 150
    assert lost_from_page(written, done.html) == Counter()
    assert lost_from_text(written, done.text) == Counter()


def issues(*, building: bool) -> list[Path]:
    return [path for path in FILES if (expectation(path) is BUILDS) is building]


def name_of(path: Path) -> str:
    return f"{path.relative_to(ISSUES).parts[0].partition('__')[2]}-{path.parts[-3]}-{path.stem}"[:70]


INCLUDED = re.compile(r"\{% include ([\w./-]+)")
LIQUID_COMMENT = re.compile(r"\{% comment %\}.*?\{% endcomment %\}", re.DOTALL)
WITH_LIQUID = [
    path for path in FILES if "bitcoinops" in path.as_posix() and INCLUDED.search(read_source(path))
]

pytestmark = pytest.mark.skipif(not FILES, reason="../shared/corpus is not there")


@pytest.mark.parametrize("path", issues(building=True), ids=name_of)
def test_an_issue_keeps_every_word_in_page_and_text(path: Path) -> None:
    check_words(read_source(path), filled(compile_in(ROOT, path)))


@pytest.mark.parametrize("path", issues(building=True), ids=name_of)
def test_an_issue_makes_a_page_without_leftovers(path: Path) -> None:
    done = filled(compile_in(ROOT, path))

    assert read_page(done.html).faults == []
    assert errors(done.html) == []
    assert not re.search(r"\{%|\{\{|zxq", done.html + done.text)


@pytest.mark.parametrize("path", issues(building=True), ids=name_of)
def test_the_text_has_every_address_whole_and_no_other_long_line(path: Path) -> None:
    done = filled(compile_in(ROOT, path))
    addresses = {
        unescape(found) for found in re.findall(r'<a [^>]*href="(https?:[^"]+)"[^>]*>(?!</a>)', done.html)
    }
    long = [line for line in done.text.split("\n") if len(line) > 78 and not line.startswith("    ")]

    assert {address for address in addresses if address not in done.text} == set()
    assert [line for line in long if "://" not in line] == []


@pytest.mark.parametrize("path", issues(building=False), ids=name_of)
def test_an_issue_is_refused_where_it_cannot_be_built(path: Path) -> None:
    expected = expectation(path)
    assert expected

    with pytest.raises(IssueError) as refused:
        compile_in(ROOT, path)

    assert refused.value.position.line == expected.line
    assert expected.message in refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize("path", issues(building=False), ids=name_of)
def test_an_issue_builds_once_its_author_mends_what_was_refused(tmp_path: Path, path: Path) -> None:
    source = STYLE.sub("", read_source(path))
    front_matter = FRONT_MATTER.match(source)
    start = front_matter.end() if front_matter else 0
    mended = tmp_path / "issue.md"
    mended.write_text((source[:start] or "---\nsubject: Mended\n---\n") + TEMPLATE.sub(" ", source[start:]))
    done = filled(compile_in(ROOT, mended))

    check_words(read_source(mended), done)
    assert read_page(done.html).faults == []


@pytest.mark.parametrize("path", WITH_LIQUID, ids=name_of)
def test_an_issue_with_liquid_builds_where_its_includes_are(tmp_path: Path, path: Path) -> None:
    source = STYLE.sub("", read_source(path))
    make_newsletter(tmp_path, issue=source)
    for name in INCLUDED.findall(source):
        included = tmp_path / "_includes" / name
        included.parent.mkdir(parents=True, exist_ok=True)
        included.write_text("{% assign seen = page.title %}\n")
    done = filled(compile_in(tmp_path, tmp_path / "issues" / "owls.md"))
    visible = LIQUID_COMMENT.sub(" ", source)

    check_words(visible, done)
    assert read_page(done.html).faults == []
    assert not re.search(r"\{%|\{\{|zxq", done.html + done.text)


def test_every_expectation_is_of_an_issue() -> None:
    names = [path.relative_to(ISSUES).as_posix() for path in FILES]

    assert [known for known in EXPECTED if not any(name.startswith(known) for name in names)] == []
